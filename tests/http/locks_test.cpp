// Locks and the If header: RFC 4918 6, 7, 9.10, 9.11, 10.4. What litmus also sees is here where it
// matters for calendars, other users and other servers.

#include "base/clock.hpp"
#include "http/acl_support.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

std::string lockinfo(const std::string& scope, const std::string& owner = "me") {
    return xml_body("D:lockinfo", "<D:lockscope><D:" + scope +
                                      "/></D:lockscope><D:locktype><D:write/></D:locktype>"
                                      "<D:owner>" +
                                      owner + "</D:owner>");
}

/// The token of a new lock, "" if there is none.
std::string lock(User& user, const std::string& path, const std::string& scope = "exclusive",
                 Fields headers = {}) {
    const auto reply = user.request("LOCK", path, lockinfo(scope), std::move(headers));
    const auto token = reply.header("Lock-Token").value_or("");
    return reply.status == 200 || reply.status == 201 ? token : "";
}

/// A tagged list: of a lock below what is requested.
Fields with_of(const TestServer& server, const std::string& token) {
    return {{"If", "<" + server.files("a/b/") + "> (" + token + ")"}};
}

Fields with(const std::string& token) { return {{"If", "(" + token + ")"}}; }

}  // namespace

TEST_CASE(
    "RFC 4918 7: a locked object is changed and removed only with the token, by who locked it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "admin"};
    server.put("calendar/a.ics", event("A"));
    server.request("MKCALENDAR", "work/");
    const auto path = server.calendars("calendar/a.ics");
    const auto token = lock(server, path);
    REQUIRE_FALSE(token.empty());

    for (auto* user : {static_cast<User*>(&server), &server.as("admin")}) {
        const auto refused = user->put(path, event("B"));
        CHECK(refused.status == 423);
        CHECK(precondition(refused) == "D:lock-token-submitted");
        CHECK(refused.body.find(path) != std::string::npos);
        CHECK(user->erase(path).status == 423);
        CHECK(user->request("MOVE", path, "", {{"Destination", server.calendars("work/a.ics")}})
                  .status == 423);
        CHECK(user->proppatch(path, "<X:n xmlns:X=\"urn:x\"/>").status() == 423);
    }
    CHECK(server.as("admin").put(path, event("B"), with(token)).status == 423);
    CHECK(server.get(path).status == 200);
    CHECK(server.put(path, event("B", one_hour, "x"), with(token)).status >= 400);  // another UID
    CHECK(server.put("calendar/b.ics", event("B")).status == 201);
    CHECK(server.request("COPY", path, "", {{"Destination", server.calendars("work/a.ics")}})
              .status == 201);
    CHECK(server.erase(path, with(token)).status == 204);
    CHECK(server.put(path, event("A")).status == 201);  // RFC 4918 9.6: the lock went with it
}

TEST_CASE("RFC 4918 7.4: a locked collection takes and loses members only with the token") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto token = lock(server, server.calendars("calendar/"), "exclusive", {{"Depth", "0"}});
    REQUIRE_FALSE(token.empty());
    const auto etag = server.get("calendar/a.ics").header("ETag").value_or("");
    CHECK(server.put("calendar/b.ics", event("B")).status == 423);
    const auto add = server.propfind("calendar/", "D:add-member").only().hrefs("D:add-member");
    REQUIRE(add.size() == 1);
    CHECK(server.request("POST", add.front(), event("C"), {{"Content-Type", "text/calendar"}})
              .status == 423);
    CHECK(server.erase("calendar/a.ics").status == 423);
    CHECK(server
              .request("MOVE", "calendar/a.ics", "",
                       {{"Destination", server.calendars("calendar/c.ics")}})
              .status == 423);
    CHECK(server.request("DELETE", "calendar/").status == 423);
    // Depth 0 leaves what is in it free.
    CHECK(server
              .put("calendar/a.ics", server.get("calendar/a.ics").body,
                   {{"If-Match", std::string(etag)}})
              .status == 204);
    const auto tagged = "<" + server.calendars("calendar/") + "> (" + token + ")";
    CHECK(server.put("calendar/b.ics", event("B"), {{"If", tagged}}).status == 201);
}

TEST_CASE("RFC 4918 7.5: a deep lock covers what is below, and what comes to be below") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const auto* path : {"a/", "a/b/"}) server.request("MKCOL", server.files(path), "");
    server.put(server.files("a/b/1"), "one");
    const auto token = lock(server, server.files("a/"));
    REQUIRE_FALSE(token.empty());
    CHECK(server.put(server.files("a/b/1"), "two").status == 423);
    CHECK(server.put(server.files("a/b/2"), "two").status == 423);
    CHECK(server.request("MKCOL", server.files("a/c/"), "").status == 423);
    CHECK(server
              .put(server.files("a/b/1"), "two",
                   {{"If", "<" + server.files("a/") + "> (" + token + ")"}})
              .status == 204);
    CHECK(lock(server, server.files("a/b/1")).empty());
    CHECK(lock(server, server.files("a/b/")).empty());
    // Removed only by its root's URL or one that it covers: RFC 4918 9.11.
    CHECK(server.request("UNLOCK", server.files("a/b/1"), "", {{"Lock-Token", token}}).status ==
          204);
    CHECK(server.put(server.files("a/b/1"), "three").status == 204);
}

TEST_CASE("RFC 4918 9.6.1: a collection is not deleted while something in it is locked") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.request("MKCOL", server.files("a/"), "");
    server.request("MKCOL", server.files("a/b/"), "");
    server.put(server.files("a/1"), "one");
    server.put(server.files("a/2"), "two");
    const auto token = lock(server, server.files("a/1"));
    const auto other = lock(server, server.files("a/b/"));
    const auto refused = Multistatus{server.request("DELETE", server.files("a/"))};
    CHECK(refused.hrefs() == std::vector{server.files("a/1"), server.files("a/b/")});
    CHECK(refused.at(server.files("a/1")).status == 423);
    CHECK(refused.at(server.files("a/1")).error == "D:lock-token-submitted");
    CHECK(server.get(server.files("a/2")).body == "two");
    const auto shown = "<" + server.files("a/1") + "> (" + token + ")";
    const auto half =
        Multistatus{server.request("DELETE", server.files("a/"), "", {{"If", shown}})};
    CHECK(half.only().href == server.files("a/b/"));
    const auto both = shown + " <" + server.files("a/b/") + "> (" + other + ")";
    CHECK(server.request("DELETE", server.files("a/"), "", {{"If", both}}).status == 204);
}

TEST_CASE(
    "RFC 4918 9.9.4: a MOVE or COPY that something locked in a collection prevents names it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const auto* name : {"a/", "a/b/", "z/"}) server.request("MKCOL", server.files(name), "");
    server.put(server.files("a/b/1"), "one");
    server.put(server.files("z/2"), "two");
    REQUIRE_FALSE(lock(server, server.files("a/b/1")).empty());
    const auto refused = [&](const char* method, const char* from, const char* to) {
        CAPTURE(method);
        const auto reply = Multistatus{
            server.request(method, server.files(from), "", {{"Destination", server.files(to)}})};
        CHECK(reply.only().href == server.files("a/b/1"));
        CHECK(reply.only().status == 423);
    };
    refused("MOVE", "a/", "c/");
    refused("MOVE", "z/", "a/");
    refused("COPY", "z/", "a/");
    refused("COPY", "z/2", "a");
    CHECK(server.get(server.files("a/b/1")).body == "one");
    CHECK(server.get(server.files("z/2")).body == "two");
    CHECK(server.get(server.files("c/")).status == 404);
}

TEST_CASE("what is locked and may not be seen is named by what it is in") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    auto& bob = server.as("bob");
    for (const auto* name : {"a/", "a/b/"}) server.request("MKCOL", server.files(name), "");
    server.put(server.files("a/b/secret"), "secret");
    REQUIRE(set_acl(server, server.files(), ace(bob.principal(), "D:read D:write")).status == 200);
    REQUIRE_FALSE(lock(server, server.files("a/b/secret")).empty());
    const auto remove = [&] { return Multistatus{bob.request("DELETE", server.files("a/"))}; };
    const auto deny = ace(bob.principal(), "D:read", "deny");
    CHECK(remove().only().href == server.files("a/b/secret"));
    REQUIRE(set_acl(server, server.files("a/b/secret"), deny).status == 200);
    CHECK(remove().only().href == server.files("a/b/"));
    const auto own = lock(bob, server.files("a/b/"), "exclusive", {{"Depth", "0"}});
    REQUIRE_FALSE(own.empty());
    const auto by_token = bob.request("DELETE", server.files("a/"), "", with_of(server, own));
    CHECK(Multistatus{by_token}.only().href == server.files("a/b/"));
    CHECK(server.get(server.files("a/b/secret")).body == "secret");
    REQUIRE(bob.request("UNLOCK", server.files("a/b/"), "", {{"Lock-Token", own}}).status == 204);
    REQUIRE(set_acl(server, server.files("a/b/"), deny).status == 200);
    CHECK(remove().only().href == server.files("a/"));
}

TEST_CASE("RFC 4918 6.2: shared locks tolerate each other, and one's own token is enough") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "admin"};
    server.put(server.files("a"), "A");
    auto& admin = server.as("admin");
    const auto one = lock(server, server.files("a"), "shared");
    const auto other = lock(admin, server.files("a"), "shared");
    REQUIRE_FALSE(one.empty());
    REQUIRE_FALSE(other.empty());
    CHECK(lock(admin, server.files("a"), "exclusive").empty());
    CHECK(server.put(server.files("a"), "B").status == 423);
    CHECK(server.put(server.files("a"), "B", with(other)).status == 423);
    CHECK(server.put(server.files("a"), "B", with(one)).status == 204);
    CHECK(admin.put(server.files("a"), "C", with(other)).status == 204);
}

TEST_CASE(
    "RFC 4918 7.3: a lock on what is not there makes an empty file, and nothing in a calendar") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto made = server.request("LOCK", server.files("new"), lockinfo("exclusive"));
    CHECK(made.status == 201);
    CHECK(server.get(server.files("new")).status == 200);
    CHECK(server.get(server.files("new")).body.empty());
    const auto refused = server.request("LOCK", "calendar/new.ics", lockinfo("exclusive"));
    CHECK(refused.status == 403);
    CHECK(server.get("calendar/new.ics").status == 404);
    CHECK(server.request("LOCK", server.files("none/new"), lockinfo("exclusive")).status == 409);
}

TEST_CASE("RFC 4918 6.6: a lock ends when its time is over, unless it is renewed") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put(server.files("a"), "A");
    const auto token = lock(server, server.files("a"), "exclusive", {{"Timeout", "Second-60"}});
    const auto discovered = server.propfind(server.files("a"), "D:lockdiscovery");
    CHECK(discovered.reply().body.find("<D:timeout>Second-") != std::string::npos);
    CHECK(discovered.reply().body.find("me") != std::string::npos);
    const auto refreshed = server.request("LOCK", server.files("a"), "",
                                          {{"If", "(" + token + ")"}, {"Timeout", "Second-3600"}});
    CHECK(refreshed.status == 200);
    CHECK(refreshed.header("Lock-Token").value_or("").empty());
    CHECK(server.request("LOCK", server.files("a"), "").status == 412);
    CHECK(server.request("LOCK", server.files("a"), "", with("<urn:uuid:x>")).status == 412);
    {
        const kalends::clock::Fixed later{kalends::clock::now() + 2h};
        CHECK(server.put(server.files("a"), "B").status == 204);
        CHECK(
            server.propfind(server.files("a"), "D:lockdiscovery").reply().body.find("activelock") ==
            std::string::npos);
    }
}

TEST_CASE("RFC 4918 6.8: the token is shown to who made the lock and who may remove it") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob", "admin"};
    server.put(server.files("a"), "A");
    const auto token = lock(server, server.files("a"), "exclusive");
    const auto bare = token.substr(1, token.size() - 2);
    const auto seen = [&](User& user) {
        return user.propfind(server.files("a"), "D:lockdiscovery").reply().body.find(bare) !=
               std::string::npos;
    };
    CHECK(seen(server));
    CHECK(seen(server.as("admin")));
    CHECK(
        server.as("bob").request("UNLOCK", server.files("a"), "", {{"Lock-Token", token}}).status ==
        404);
    CHECK(server.as("admin")
              .request("UNLOCK", server.files("a"), "", {{"Lock-Token", token}})
              .status == 204);
}

TEST_CASE("a LOCK or UNLOCK that makes no sense is refused precisely") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put(server.files("a"), "A");
    const auto refused = [&](const std::string& body, Fields headers = {}) {
        return server.request("LOCK", server.files("a"), body, std::move(headers)).status;
    };
    CHECK(refused("<not xml") == 400);
    CHECK(refused(xml_body("D:propfind", "")) == 400);
    CHECK(refused(lockinfo("exclusive"), {{"Depth", "1"}}) == 400);
    CHECK(refused(lockinfo("exclusive"), {{"If", "nonsense"}}) == 400);
    CHECK(server.request("LOCK", server.principal(), lockinfo("exclusive")).status == 403);
    CHECK(server.request("UNLOCK", server.files("a")).status == 400);
    const auto unknown = server.request("UNLOCK", server.files("a"), "",
                                        {{"Lock-Token", "<urn:uuid:00000000-0000-0000>"}});
    CHECK(unknown.status == 409);
    CHECK(precondition(unknown) == "D:lock-token-matches-request-uri");
    CHECK(server.request("UNLOCK", server.files("none"), "", {{"Lock-Token", "<urn:x>"}}).status ==
          409);
}

TEST_CASE("a home has room for so many locks as the setting says") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.max_locks = 10;
    TestServer server{{"alice"}, config};
    for (int i = 0; i < 10; ++i)
        REQUIRE_FALSE(lock(server, server.files("f" + std::to_string(i))).empty());
    CHECK(server.request("LOCK", server.files("more"), lockinfo("exclusive")).status == 507);
}

TEST_CASE("RFC 4918 10.4: If holds for etags, tokens and other resources, with every method") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.put("calendar/a.ics", event("A"));
    const std::string etag{server.get("calendar/a.ics").header("ETag").value_or("")};
    const auto get = [&](const std::string& condition) {
        return server.get("calendar/a.ics", {{"If", condition}}).status;
    };
    CHECK(get("([" + etag + "])") == 200);
    CHECK(get("([\"other\"])") == 412);
    CHECK(get("(Not [\"other\"])") == 200);
    CHECK(get("(<DAV:no-lock>)") == 412);
    CHECK(get("(Not <DAV:no-lock>)") == 200);
    CHECK(get("([\"other\"]) ([" + etag + "])") == 200);
    CHECK(get("<" + server.calendars("none.ics") + "> ([" + etag + "])") == 412);
    CHECK(get("<" + server.calendars("calendar/a.ics") + "> ([" + etag + "])") == 200);
    CHECK(get("(((") == 400);
    // RFC 6578 5: a sync-token says that nothing has changed since.
    const auto token = server.sync(server.calendars("calendar/"), "").sync_token();
    const auto unchanged = "<" + server.calendars("calendar/") + "> (<" + token + ">)";
    CHECK(server.put("calendar/b.ics", event("B"), {{"If", unchanged}}).status == 201);
    CHECK(server.put("calendar/c.ics", event("C"), {{"If", unchanged}}).status == 412);
    // Nothing is told of what somebody else has.
    CHECK(server.as("bob")
              .get(server.calendars("calendar/a.ics"), {{"If", "([" + etag + "])"}})
              .status != 200);
}
