// COPY and MOVE: RFC 4918 9.8, 9.9, RFC 4791 5.3.2.1.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

Reply transfer(User& user, const std::string& method, const std::string& from,
               const std::string& to, Fields headers = {}) {
    headers.emplace_back("Destination", to);
    return user.request(method, from, "", headers);
}

Reply copy(User& user, const std::string& from, const std::string& to, Fields headers = {}) {
    return transfer(user, "COPY", from, to, std::move(headers));
}

Reply move(User& user, const std::string& from, const std::string& to, Fields headers = {}) {
    return transfer(user, "MOVE", from, to, std::move(headers));
}

std::string resource_id(User& user, const std::string& path) {
    const auto hrefs = user.propfind(path, "D:resource-id").only().hrefs("D:resource-id");
    return hrefs.empty() ? "" : hrefs.front();
}

}  // namespace

TEST_CASE("RFC 4918 9.8: a copied object has its bytes and properties, and is another resource") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    server.proppatch("calendar/a.ics", "<X:note xmlns:X=\"urn:x\">mine</X:note>");
    REQUIRE(server.request("MKCALENDAR", "work/").status == 201);
    const auto reply = copy(server, "calendar/a.ics", server.calendars("work/b.ics"));
    CHECK(reply.status == 201);
    CHECK(reply.header("Location").value_or("") == server.calendars("work/b.ics"));
    CHECK(server.get("work/b.ics").body == server.get("calendar/a.ics").body);
    CHECK(resource_id(server, "work/b.ics") != resource_id(server, "calendar/a.ics"));
    const auto all = server.propfind_xml("work/b.ics", "<D:allprop/>");
    CHECK(all.reply().body.find("mine") != std::string::npos);
    CHECK(copy(server, "calendar/a.ics", server.calendars("work/b.ics")).status == 204);
}

TEST_CASE("RFC 4918 9.9: a moved object keeps its identity, and a sync tells of both ends") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    server.proppatch("calendar/a.ics", "<X:note xmlns:X=\"urn:x\">mine</X:note>");
    REQUIRE(server.request("MKCALENDAR", "work/").status == 201);
    const auto id = resource_id(server, "calendar/a.ics");
    const auto bytes = server.get("calendar/a.ics").body;
    const auto from = server.sync(server.calendars("calendar/"), "").sync_token();
    const auto to = server.sync(server.calendars("work/"), "").sync_token();

    CHECK(move(server, "calendar/a.ics", server.calendars("work/b.ics")).status == 201);
    CHECK(server.get("calendar/a.ics").status == 404);
    CHECK(server.get("work/b.ics").body == bytes);
    CHECK(resource_id(server, "work/b.ics") == id);
    CHECK(server.propfind_xml("work/b.ics", "<D:allprop/>").reply().body.find("mine") !=
          std::string::npos);
    CHECK(server.sync(server.calendars("calendar/"), from).only().status == 404);
    CHECK(server.sync(server.calendars("work/"), to).only().href == server.calendars("work/b.ics"));
}

TEST_CASE("RFC 6578 3.5: a renamed object is a removed and a new member, also page by page") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto path = server.calendars("calendar/");
    const auto token = server.sync(path, "").sync_token();
    REQUIRE(move(server, "calendar/a.ics", server.calendars("calendar/b.ics")).status == 201);
    const auto first = server.sync(path, token, 1);
    const auto second = server.sync(path, first.sync_token(), 1);
    CHECK(first.at(path + "a.ics").status == 404);
    CHECK(second.at(path + "b.ics").status_of("D:getetag") == 200);
    CHECK(server.sync(path, second.sync_token()).size() == 0);
}

TEST_CASE("RFC 4918 10.6: with Overwrite: F what is there stays, and the answer is 412") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put(server.files("a"), "A");
    server.put(server.files("b"), "B");
    server.request("MKCOL", server.files("c/"), "");
    for (const auto* method : {"COPY", "MOVE"})
        for (const auto* to : {"b", "c"}) {
            CAPTURE(method);
            CAPTURE(to);
            CHECK(
                transfer(server, method, server.files("a"), server.files(to), {{"Overwrite", "F"}})
                    .status == 412);
        }
    CHECK(server.get(server.files("b")).body == "B");
    CHECK(copy(server, server.files("c/"), server.files("b"), {{"Overwrite", "F"}}).status == 412);
    CHECK(copy(server, server.files("a"), server.files("b"), {{"Overwrite", "T"}}).status == 204);
    CHECK(server.get(server.files("b")).body == "A");
    CHECK(move(server, server.files("a"), server.files("c"), {{"Overwrite", "T"}}).status == 204);
    CHECK(server.get(server.files("c")).body == "A");
    CHECK(server.get(server.files("a")).status == 404);
    CHECK(copy(server, server.files("b"), server.files("c"), {{"Overwrite", "X"}}).status == 400);
}

TEST_CASE("RFC 4918 10.3: the destination is on this server, and there") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put(server.files("a"), "A");
    const auto to = [&](const std::string& destination) {
        return copy(server, server.files("a"), destination).status;
    };
    CHECK(server.request("COPY", server.files("a")).status == 400);
    CHECK(to("b") == 400);
    CHECK(to("http://elsewhere.example/dav/files/alice/b") == 502);
    CHECK(to("http://127.0.0.1:1/dav/files/alice/b") == 502);
    CHECK(to("http://localhost:" + std::to_string(server.port()) + server.files("b")) == 201);
    CHECK(to(server.files("none/b")) == 409);
    CHECK(to(server.files("a")) == 403);
    CHECK(to(server.files()) == 403);
    CHECK(to("/dav/principals/users/alice/") == 403);
    CHECK(to(server.files(std::string(1001, 'x'))) == 400);
    CHECK(copy(server, server.files("none"), server.files("b")).status == 404);
    CHECK(copy(server, server.files(), server.files("b/")).status == 403);
}

TEST_CASE("RFC 4918 9.8.3: a collection is copied with all that is in it, or alone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.request("MKCOL", server.files("a/"), "");
    server.request("MKCOL", server.files("a/in/"), "");
    server.put(server.files("a/1"), "one");
    server.put(server.files("a/in/2"), "two");
    server.proppatch(server.files("a/"), "<D:displayname>A</D:displayname>");
    server.proppatch(server.files("a/in/2"), "<X:note xmlns:X=\"urn:x\">mine</X:note>");
    CHECK(copy(server, server.files("a/"), server.files("b/")).status == 201);
    CHECK(server.get(server.files("b/1")).body == "one");
    CHECK(server.get(server.files("b/in/2")).body == "two");
    CHECK(server.propfind(server.files("b/"), "D:displayname").only().text("D:displayname") == "A");
    CHECK(server.propfind_xml(server.files("b/in/2"), "<D:allprop/>").reply().body.find("mine") !=
          std::string::npos);
    CHECK(server.sync(server.files("b/in/"), "").size() == 1);

    CHECK(copy(server, server.files("a/"), server.files("c/"), {{"Depth", "0"}}).status == 201);
    CHECK(server.propfind(server.files("c/"), "D:getetag", "1").size() == 1);
    CHECK(copy(server, server.files("a/"), server.files("d/"), {{"Depth", "1"}}).status == 400);
    CHECK(copy(server, server.files("a/"), server.files("a/in/a/")).status == 403);
    CHECK(move(server, server.files("a/"), server.files("a/in/a/")).status == 403);
    CHECK(move(server, server.files("a/"), server.files("d/"), {{"Depth", "0"}}).status == 400);
}

TEST_CASE(
    "RFC 4918 9.9: a collection is moved, and renamed, with its identity and its sync-token") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.request("MKCALENDAR", "work/").status == 201);
    REQUIRE(server.request("MKCOL", "team/", "").status == 201);
    server.put("work/a.ics", event("A"));
    const auto id = resource_id(server, "work/");
    const auto token = server.sync(server.calendars("work/"), "").sync_token();
    CHECK(move(server, "work/", server.calendars("plans/")).status == 201);
    CHECK(move(server, "plans/", server.calendars("team/plans/")).status == 201);
    CHECK(server.get("work/a.ics").status == 404);
    CHECK(summary(server.get("team/plans/a.ics").body) == "A");
    CHECK(resource_id(server, "team/plans/") == id);
    CHECK(server.sync(server.calendars("team/plans/"), token).size() == 0);
    CHECK(move(server, "team/plans/", server.calendars("calendar/")).status == 204);
    CHECK(summary(server.get("calendar/a.ics").body) == "A");
}

TEST_CASE("a calendar takes no address book in, an address book no calendar, and a calendar none") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto wrong = move(server, "tasks/", server.books("tasks/"));
    CHECK(wrong.status == 403);
    CHECK(precondition(wrong) == "C:calendar-collection-location-ok");
    const auto book = copy(server, server.books("contacts/"), server.calendars("contacts2/"));
    CHECK(precondition(book) == "CR:addressbook-collection-location-ok");
    CHECK(copy(server, "tasks/", server.calendars("calendar/tasks/")).status == 403);
    CHECK(copy(server, "tasks/", server.files("tasks/")).status == 403);
    CHECK(copy(server, "tasks/", server.books("contacts/")).status == 403);
    // Homes share their names: DAViCal has one namespace.
    CHECK(move(server, "tasks/", server.calendars("contacts/")).status == 412);
}

TEST_CASE("RFC 4791 5.3.2.1: what a calendar refuses comes with its precondition") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A", one_hour, "same@x"));
    server.put("calendar/b.ics", event("B"));
    server.put(server.books("contacts/c.vcf"), card("C"));
    server.put(server.files("text"), "text", {{"Content-Type", "text/calendar"}});
    for (const auto* method : {"COPY", "MOVE"}) {
        CAPTURE(method);
        const auto to = [&](const std::string& from, const std::string& path) {
            return precondition(transfer(server, method, from, path));
        };
        CHECK(to("calendar/a.ics", server.calendars("tasks/a.ics")) ==
              "C:supported-calendar-component");
        CHECK(to(server.files("text"), server.calendars("calendar/x.ics")) ==
              "C:valid-calendar-data");
        CHECK(to(server.books("contacts/c.vcf"), server.calendars("calendar/c.ics")) ==
              "C:supported-calendar-data");
        CHECK(to("calendar/b.ics", server.books("contacts/b.vcf")) == "CR:supported-address-data");
    }
    CHECK(precondition(copy(server, "calendar/a.ics", server.calendars("calendar/c.ics"))) ==
          "C:no-uid-conflict");
    for (const auto* method : {"COPY", "MOVE"})  // over an object that has another UID
        CHECK(precondition(transfer(server, method, "calendar/a.ics",
                                    server.calendars("calendar/b.ics"))) == "C:no-uid-conflict");
    REQUIRE(server.request("MKCALENDAR", "work/").status == 201);
    server.put("work/other.ics", event("A", one_hour, "same@x"));
    const auto reply = move(server, "calendar/a.ics", server.calendars("work/a.ics"));
    CHECK(precondition(reply) == "C:no-uid-conflict");
    CHECK(reply.body.find(server.calendars("work/other.ics")) != std::string::npos);
    CHECK(server.get("calendar/a.ics").status == 200);
    CHECK(copy(server, "calendar/a.ics", server.calendars("work/")).status == 403);
}

TEST_CASE("an object becomes a file and a file an object, with what it is called") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto bytes = server.get("calendar/a.ics").body;
    CHECK(copy(server, "calendar/a.ics", server.files("a.ics")).status == 201);
    const auto file = server.get(server.files("a.ics"));
    CHECK(file.body == bytes);
    CHECK(file.header("Content-Type").value_or("").find("text/calendar") == 0);
    CHECK(server.erase("calendar/a.ics").status == 204);
    CHECK(move(server, server.files("a.ics"), server.calendars("calendar/b.ics")).status == 201);
    CHECK(server.get(server.files("a.ics")).status == 404);
    CHECK(server.get("calendar/b.ics").body == bytes);
    CHECK(server
              .report("calendar/", "C:calendar-query",
                      "<D:prop><D:getetag/></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\">"
                      "<C:comp-filter name=\"VEVENT\"/></C:comp-filter></C:filter>")
              .size() == 1);
}

TEST_CASE("what goes wrong at the source costs nothing at the destination") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const auto* path : {"docs/", "a/", "a/b/"})
        server.request("MKCOL", server.files(path), "");
    server.put(server.files("docs/1"), "one");
    server.put(server.files("a/x"), "x");
    server.put(server.files("f"), "f");
    CHECK(move(server, server.files("typo"), server.files("docs")).status == 404);
    CHECK(
        move(server, server.files("f"), server.files("docs"), {{"If-Match", "\"other\""}}).status ==
        412);
    CHECK(server.get(server.files("docs/1")).body == "one");
    // Into the place of what it is in.
    for (const auto* method : {"COPY", "MOVE"}) {
        CAPTURE(method);
        CHECK(transfer(server, method, server.files("a/b/"), server.files("a/")).status == 403);
        CHECK(transfer(server, method, server.files("a/x"), server.files("a")).status == 403);
    }
    CHECK(server.get(server.files("a/x")).body == "x");
    CHECK(server.propfind(server.files("a/b/"), "D:resourcetype").status() == 207);
}

TEST_CASE("what was moved between calendars and changed is given as it is now") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.request("MKCALENDAR", "work/").status == 201);
    const auto version = [](const std::string& title) { return event(title, one_hour, "same@x"); };
    server.put("calendar/e.ics", version("one"));
    server.put("calendar/e.ics", version("two"));
    CHECK(summary(server.get("calendar/e.ics").body) == "two");
    REQUIRE(move(server, "calendar/e.ics", server.calendars("work/e.ics")).status == 201);
    (void)server.propfind("work/", "D:getetag", "1");
    for (int i = 0; i < 5; ++i) {
        const auto title = "v" + std::to_string(i);
        REQUIRE(server.put("work/e.ics", version(title)).status == 204);
        CHECK(summary(server.get("work/e.ics").body) == title);
    }
}

TEST_CASE("RFC 9110 13: the conditions of a COPY or MOVE are about what is copied or moved") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto etag = server.put(server.files("a"), "A").header("ETag").value_or("");
    for (const auto* method : {"COPY", "MOVE"}) {
        CHECK(transfer(server, method, server.files("a"), server.files("b"),
                       {{"If-Match", "\"other\""}})
                  .status == 412);
        CHECK(server.get(server.files("b")).status == 404);
    }
    CHECK(move(server, server.files("a"), server.files("b"), Fields{{"If-Match", etag}}).status ==
          201);
}

TEST_CASE("what another may not see can't be copied, and nothing can be put where one may not") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.put("calendar/a.ics", event("A"));
    auto& bob = server.as("bob");
    const auto mine = server.calendars("calendar/a.ics");
    CHECK(copy(bob, mine, bob.calendars("calendar/a.ics")).status == 404);
    CHECK(move(bob, mine, bob.calendars("calendar/a.ics")).status == 404);
    bob.put("calendar/b.ics", event("B"));
    CHECK(copy(bob, bob.calendars("calendar/b.ics"), server.calendars("calendar/b.ics")).status ==
          404);
    CHECK(copy(bob, bob.calendars("calendar/b.ics"), server.calendars("none/b.ics")).status == 404);
    CHECK(server.get("calendar/a.ics").status == 200);
}

TEST_CASE("RFC 3744 B: a copy of a collection takes the right to read all that is in it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    auto& bob = server.as("bob");
    server.put("calendar/open.ics", event("Open"));
    server.put("calendar/secret.ics", event("Secret"));
    const auto entry = [&](const std::string& what) {
        return xml_body("D:acl", "<D:ace><D:principal><D:href>" + bob.principal() +
                                     "</D:href></D:principal><D:" + what +
                                     "><D:privilege><D:read/></D:privilege></D:" + what +
                                     "></D:ace>");
    };
    REQUIRE(server.request("ACL", "calendar/", entry("grant")).status == 200);
    REQUIRE(server.request("ACL", "calendar/secret.ics", entry("deny")).status == 200);
    CHECK(
        copy(bob, server.calendars("calendar/open.ics"), bob.calendars("calendar/a.ics")).status ==
        201);
    CHECK(copy(bob, server.calendars("calendar/secret.ics"), bob.calendars("calendar/b.ics"))
              .status == 404);
    CHECK(copy(bob, server.calendars("calendar/"), bob.calendars("stolen/")).status == 403);
    CHECK(bob.get(bob.calendars("stolen/secret.ics")).status == 404);
    REQUIRE(server.request("ACL", "calendar/secret.ics", entry("grant")).status == 200);
    CHECK(copy(bob, server.calendars("calendar/"), bob.calendars("copy/")).status == 201);
}

TEST_CASE("an administrator moves from one home to another") {
    REQUIRE_POSTGRESQL();
    TestServer server{"admin", "alice", "bob"};
    auto& alice = server.as("alice");
    auto& bob = server.as("bob");
    alice.put("calendar/a.ics", event("A"));
    CHECK(move(server, alice.calendars("calendar/a.ics"), bob.calendars("calendar/a.ics")).status ==
          201);
    CHECK(alice.get("calendar/a.ics").status == 404);
    CHECK(summary(bob.get("calendar/a.ics").body) == "A");
    CHECK(move(server, bob.calendars("calendar/"), alice.calendars("from-bob/")).status == 201);
    CHECK(summary(alice.get("from-bob/a.ics").body) == "A");
    CHECK(bob.get("calendar/a.ics").status == 404);
}

TEST_CASE("RFC 4331 6: a copy of a collection counts for the quota as a whole") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.quota = 10'000;
    TestServer server{{"alice"}, config};
    server.request("MKCOL", server.files("a/"), "");
    server.put(server.files("a/1"), std::string(6'000, 'x'));
    const auto reply = copy(server, server.files("a/"), server.files("b/"));
    CHECK(reply.status == 507);
    CHECK(precondition(reply) == "D:quota-not-exceeded");
    CHECK(server.propfind(server.files("b/"), "D:getetag").status() == 404);
}
