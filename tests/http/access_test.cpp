// Who sees what: nobody sees anything of anybody else, and can't tell whether it is there.

#include "base/text.hpp"
#include "directory/directory.hpp"
#include "store/principals.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

/// All that an answer tells but its date and request id.
std::string told(const Reply& reply) {
    std::string text = std::to_string(reply.status) + "\n";
    for (const auto& [name, value] : reply.headers)
        if (name != "Date") text += name + ": " + value + "\n";
    return text + reply.body;
}

}  // namespace

TEST_CASE("another user gets the same answer for what exists and what does not") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.put("calendar/a.ics", event("A"));
    server.put(server.books("contacts/a.vcf"), card("A"));
    auto& bob = server.as("bob");
    const auto propfind = xml_body("D:propfind", "<D:prop><D:displayname/><D:getetag/></D:prop>");
    const auto sync = xml_body("D:sync-collection", "<D:sync-token/><D:sync-level>1</D:sync-level>"
                                                    "<D:prop><D:getetag/></D:prop>");
    const auto multiget =
        xml_body("C:calendar-multiget", "<D:prop><C:calendar-data/></D:prop>"
                                        "<D:href>/dav/calendars/alice/calendar/a.ics</D:href>");
    const auto patch = xml_body("D:propertyupdate",
                                "<D:set><D:prop><D:displayname>x</D:displayname></D:prop></D:set>");
    const struct {
        std::string method;
        std::string body;
        Fields headers;
    } requests[] = {
        {"PROPFIND", propfind, {{"Depth", "0"}}},
        {"PROPFIND", propfind, {{"Depth", "1"}}},
        {"GET", "", {}},
        {"GET", "", {{"If-None-Match", "*"}}},
        {"HEAD", "", {}},
        {"PUT", event("A"), {{"Content-Type", "text/calendar"}}},
        {"PUT", event("A"), {{"Content-Type", "text/calendar"}, {"If-Match", "*"}}},
        {"PUT", event("A"), {{"Content-Type", "text/calendar"}, {"If-None-Match", "*"}}},
        {"PUT", "broken", {{"Content-Type", "text/calendar"}}},
        {"DELETE", "", {}},
        {"DELETE", "", {{"If-Match", "*"}}},
        {"PROPPATCH", patch, {}},
        {"REPORT", sync, {{"Depth", "0"}}},
        {"REPORT", multiget, {{"Depth", "1"}}},
        {"MKCALENDAR", "", {}},
        {"OPTIONS", "", {}},
    };
    const std::pair<std::string, std::string> pairs[] = {
        {"/dav/calendars/alice/calendar/a.ics", "/dav/calendars/alice/calendar/b.ics"},
        {"/dav/calendars/alice/calendar/a.ics", "/dav/calendars/alice/none/a.ics"},
        {"/dav/calendars/alice/calendar/a.ics", "/dav/calendars/nobody/calendar/a.ics"},
        {"/dav/calendars/alice/calendar/", "/dav/calendars/alice/none/"},
        {"/dav/calendars/alice/calendar/", "/dav/calendars/nobody/calendar/"},
        {"/dav/calendars/alice/", "/dav/calendars/nobody/"},
        {"/dav/addressbooks/alice/contacts/a.vcf", "/dav/addressbooks/alice/contacts/b.vcf"},
        {"/dav/addressbooks/alice/contacts/", "/dav/addressbooks/nobody/contacts/"},
    };
    for (const auto& [there, not_there] : pairs)
        for (const auto& [method, body, headers] : requests) {
            CAPTURE(method);
            CAPTURE(there);
            CAPTURE(not_there);
            const auto one = bob.request(method, there, body, headers);
            const auto other = bob.request(method, not_there, body, headers);
            CHECK(told(one) == told(other));
            if (method != "OPTIONS") CHECK((one.status >= 403 && one.status <= 405));
        }
    CHECK(summary(server.get("calendar/a.ics").body) == "A");
}

TEST_CASE("a multiget or query in one's own calendar gives nothing of another user's") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.put("calendar/a.ics", event("Secret"));
    auto& bob = server.as("bob");
    const auto answer =
        bob.report("calendar/", "C:calendar-multiget",
                   "<D:prop><D:getetag/><C:calendar-data/></D:prop>"
                   "<D:href>/dav/calendars/alice/calendar/a.ics</D:href>"
                   "<D:href>/dav/calendars/bob/calendar/../../alice/calendar/a.ics</D:href>"
                   "<D:href>/dav/calendars/alice/calendar/none.ics</D:href>");
    CHECK(answer.size() == 3);
    for (const auto& member : answer.members()) CHECK(member.status == 404);
    CHECK(answer.reply().body.find("Secret") == std::string::npos);
}

TEST_CASE("one's own home shows nothing of others, and listings of homes only one's own") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    CHECK(server.as("bob")
              .propfind("/dav/calendars/", "D:resourcetype", "1")
              .find("/dav/calendars/alice/") == nullptr);
    const auto principal = server.as("bob").propfind(
        server.principal(), "D:displayname C:calendar-home-set D:current-user-privilege-set");
    CHECK(principal.only().status_of("D:displayname") == 200);  // names are for all who log in
    CHECK(server.nobody().propfind(server.principal(), "D:displayname").status() == 401);
}

TEST_CASE("an administrator reads and writes everything") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "admin"};
    server.put("calendar/a.ics", event("A"));
    auto& admin = server.as("admin");
    CHECK(admin.get(server.calendars("calendar/a.ics")).status == 200);
    CHECK(admin.propfind(server.calendars(), "D:resourcetype", "1").size() == 5);
    CHECK(admin.put(server.calendars("calendar/b.ics"), event("B")).status == 201);
    CHECK(admin.sync(server.calendars("calendar/"), "").size() == 2);
    CHECK(admin.request("MKCALENDAR", server.calendars("made/")).status == 201);
    CHECK(admin.erase(server.calendars("made/")).status == 204);
    CHECK(summary(server.get("calendar/b.ics").body) == "B");
    // what hangs on the one who asks is still the administrator's own
    CHECK(admin.propfind(server.calendars("calendar/"), "D:current-user-principal D:owner")
              .only()
              .hrefs("D:current-user-principal") ==
          std::vector<std::string>{"/dav/principals/users/admin/"});
}

TEST_CASE("a disabled or deleted user is out at once, although the login was remembered") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    auto& bob = server.as("bob");
    CHECK(server.propfind("calendar/", "D:getetag").status() == 207);
    CHECK(bob.propfind("calendar/", "D:getetag").status() == 207);
    const auto alice_id = server.database().home("alice")->principal.id;
    kalends::store::set_disabled(server.database(), alice_id, true);
    CHECK(server.propfind("calendar/", "D:getetag").status() == 401);
    kalends::store::set_disabled(server.database(), alice_id, false);
    CHECK(server.propfind("calendar/", "D:getetag").status() == 207);
    kalends::store::delete_principal(server.database(),
                                     server.database().home("bob")->principal.id);
    CHECK(bob.propfind("calendar/", "D:getetag").status() == 401);
    CHECK(server.propfind("/dav/principals/users/bob/", "D:displayname").status() == 404);
}

TEST_CASE("many wrong passwords are throttled with 429, and right ones of others are not") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.auth.free_failures = 5;
    TestServer server{{"alice", "bob"}, config};
    CHECK(server.as("bob").propfind("calendar/", "D:getetag").status() == 207);
    int throttled = 0;
    for (int i = 0; i < 20; ++i) {
        const auto guess = kalends::text::base64_encode("alice:wrong" + std::to_string(i));
        const auto reply = server.nobody().request(
            "PROPFIND", "/dav/", {}, {{"Depth", "0"}, {"Authorization", "Basic " + guess}});
        if (reply.status == 429) {
            ++throttled;
            CHECK(std::stoi(reply.header("Retry-After").value_or("0")) > 0);
        } else {
            CHECK(reply.status == 401);
        }
    }
    CHECK(throttled >= 10);
    CHECK(server.as("bob").propfind("calendar/", "D:getetag").status() == 207);
}
