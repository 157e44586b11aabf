// Logging in, through HTTP: app passwords and what they may do, passwords without TLS, the audit.

#include "auth/app_password.hpp"
#include "base/text.hpp"
#include "http/acl_support.hpp"
#include "store/audit.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <thread>

using namespace kalends;
using namespace kalends::test;

namespace {

/// A device of a user, with a password of its own.
struct Device {
    Device(TestServer& server, const std::string& login, bool read_only)
        : user(login), client(server.port()) {
        const auto home = server.database().home(login);
        REQUIRE(home);
        const auto made =
            auth::make_app_password(server.database(), home->principal.id, "phone", read_only);
        REQUIRE(made);
        password = *made;
    }
    Reply request(const std::string& method, const std::string& path, const std::string& body = "",
                  Fields headers = {}) {
        headers.emplace_back("Authorization",
                             "Basic " + text::base64_encode(user + ":" + password));
        return client.request(method, path, headers, body);
    }
    std::string user;
    std::string password;
    HttpClient client;
};

/// Entries behind `last`, as soon as there are so many: the audit is written in the background.
std::vector<store::AuditEntry> audit_of(TestServer& server, const store::AuditQuery& query,
                                        std::int64_t last, std::size_t count) {
    std::vector<store::AuditEntry> entries;
    for (int i = 0; i < 100 && entries.size() < count; ++i) {
        if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds{20});
        entries = store::read_audit(server.database(), query);
        std::erase_if(entries, [&](const auto& entry) { return entry.id <= last; });
    }
    return entries;
}

const std::string propfind =
    xml_body("D:propfind", "<D:prop><D:current-user-privilege-set/></D:prop>");

}  // namespace

TEST_CASE("an app password for reading reads everything and changes nothing, by any method") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    REQUIRE(server.put("calendar/a.ics", event("A")).status == 201);
    const auto calendar = server.calendars("calendar/");
    Device board{server, "alice", true};

    CHECK(board.request("GET", calendar + "a.ics").status == 200);
    CHECK(board.request("PROPFIND", calendar, propfind, {{"Depth", "1"}}).status == 207);
    CHECK(
        board
            .request("REPORT", calendar,
                     xml_body("D:sync-collection", "<D:sync-token/><D:sync-level>1"
                                                   "</D:sync-level><D:prop><D:getetag/></D:prop>"))
            .status == 207);

    const auto patch = xml_body("D:propertyupdate",
                                "<D:set><D:prop><D:displayname>x</D:displayname></D:prop></D:set>");
    const auto members =
        xml_body("D:propertyupdate", "<D:set><D:prop><D:group-member-set><D:href>/dav/principals/"
                                     "users/tor/</D:href></D:group-member-set></D:prop></D:set>");
    const auto lock = xml_body("D:lockinfo", "<D:lockscope><D:exclusive/></D:lockscope>"
                                             "<D:locktype><D:write/></D:locktype>");
    const auto entries = xml_body("D:acl", ace("D:all", "D:read"));
    const auto binding =
        xml_body("D:bind", "<D:segment>b</D:segment><D:href>" + calendar + "</D:href>");
    const auto unbinding = xml_body("D:unbind", "<D:segment>calendar</D:segment>");
    const auto elsewhere = server.calendars("elsewhere/");
    const struct {
        std::string method, path, body;
        Fields headers;
    } attempts[] = {
        {"PUT",
         calendar + "a.ics",
         event("A", one_hour, "other"),
         {{"Content-Type", "text/calendar"}}},
        {"PUT", calendar + "b.ics", event("B"), {{"Content-Type", "text/calendar"}}},
        {"PUT", server.files("x.txt"), "x", {}},
        {"POST", calendar + "?add-member", event("B"), {{"Content-Type", "text/calendar"}}},
        {"DELETE", calendar + "a.ics", "", {}},
        {"DELETE", calendar, "", {}},
        {"PROPPATCH", calendar, patch, {}},
        {"PROPPATCH", server.principal(), patch, {}},
        {"PROPPATCH", server.principal() + "calendar-proxy-write/", members, {}},
        {"MKCALENDAR", elsewhere, "", {}},
        {"MKCOL", server.files("folder/"), "", {}},
        {"COPY", calendar, "", {{"Destination", elsewhere}}},
        {"MOVE", calendar, "", {{"Destination", elsewhere}}},
        {"MOVE", calendar + "a.ics", "", {{"Destination", calendar + "b.ics"}}},
        {"ACL", calendar, entries, {}},
        {"LOCK", calendar + "a.ics", lock, {}},
        {"LOCK", calendar + "new.ics", lock, {}},
        {"BIND", server.calendars(), binding, {}},
        {"UNBIND", server.calendars(), unbinding, {}},
    };
    for (const auto& attempt : attempts) {
        const auto reply =
            board.request(attempt.method, attempt.path, attempt.body, attempt.headers);
        INFO(attempt.method << " " << attempt.path << " gave " << reply.status);
        CHECK(reply.status == 403);
    }
    CHECK(server.get("calendar/a.ics").body == event("A"));
    CHECK(server.get("calendar/b.ics").status == 404);

    const auto token =
        server.request("LOCK", "calendar/a.ics", lock).header("Lock-Token").value_or("");
    REQUIRE_FALSE(token.empty());
    CHECK(board.request("UNLOCK", calendar + "a.ics", "", {{"Lock-Token", token}}).status == 403);
    CHECK(board.request("LOCK", calendar + "a.ics", "", {{"If", "(" + token + ")"}}).status == 403);
    CHECK(server.request("UNLOCK", "calendar/a.ics", "", {{"Lock-Token", token}}).status == 204);

    Device phone{server, "alice", false};
    CHECK(phone.request("PUT", calendar + "b.ics", event("B"), {{"Content-Type", "text/calendar"}})
              .status == 201);
}

TEST_CASE("what a read-only login may do is told to clients") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    Device board{server, "alice", true};
    const auto reply =
        board.request("PROPFIND", server.calendars("calendar/"), propfind, {{"Depth", "0"}});
    CHECK(reply.body.find("read-current-user-privilege-set") != std::string::npos);
    CHECK(reply.body.find("<D:write") == std::string::npos);
    CHECK(reply.body.find("<D:all") == std::string::npos);
}

TEST_CASE("the audit tells who deleted, moved, shared, and from where") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "tor"};
    const auto before = store::read_audit(server.database(), {.limit = 1});
    REQUIRE(server.put("calendar/a%20b.ics", event("A")).status == 201);
    REQUIRE(server.put("calendar/c.ics", event("C")).status == 201);
    REQUIRE(server.erase("calendar/a%20b.ics").status == 204);
    REQUIRE(server.erase("calendar/none.ics").status == 404);
    REQUIRE(server
                .request("MOVE", "calendar/c.ics", "",
                         {{"Destination", server.calendars("calendar/d.ics")}})
                .status == 201);
    REQUIRE(server
                .request("ACL", "calendar/",
                         xml_body("D:acl", ace("/dav/principals/users/tor/", "D:read")))
                .status == 200);
    const auto id = before.empty() ? 0 : before.front().id;
    const auto entries = audit_of(server, {.login = "alice", .target = server.calendars()}, id, 3);
    REQUIRE(entries.size() == 3);
    CHECK(entries[2].event == "delete");
    CHECK(entries[2].target == server.calendars("calendar/a b.ics"));
    CHECK(entries[2].peer == "127.0.0.1");
    CHECK(entries[1].event == "move");
    CHECK(entries[1].detail == "to " + server.calendars("calendar/d.ics"));
    CHECK(entries[0].event == "acl");
    CHECK(entries[0].detail == "read to /dav/principals/users/tor/");
}

TEST_CASE("a password without TLS is refused where the settings say so, and nobody is asked for "
          "one") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.auth.plain = "never";
    TestServer server{{"alice"}, config};
    const auto reply = server.request("PROPFIND", "calendar/", propfind, {{"Depth", "0"}});
    CHECK(reply.status == 403);
    CHECK(reply.body.find("TLS") != std::string::npos);
    const auto asked = server.nobody().request("PROPFIND", "/dav/", propfind, {{"Depth", "0"}});
    CHECK(asked.status == 403);
    for (const auto& [name, value] : asked.headers) CHECK(name != "WWW-Authenticate");
    CHECK(server.nobody().get("/.well-known/caldav").status == 301);
}

namespace {

using Clock = std::chrono::steady_clock;

/// How long the answer to a wrong password takes.
Clock::duration time_of_failure(std::uint16_t port, const std::string& login,
                                const std::string& method) {
    HttpClient client{port};
    const auto begin = Clock::now();
    const auto reply =
        client.request(method, "/dav/calendars/alice/calendar/x.ics",
                       {{"Authorization", "Basic " + text::base64_encode(login + ":wrong")}}, "x");
    CHECK(reply.status == 401);
    return Clock::now() - begin;
}

}  // namespace

TEST_CASE("a wrong password and an unknown login take the same time") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.auth.failure_time = std::chrono::milliseconds{700};
    TestServer server{{"alice"}, config};
    for (const std::string method : {"GET", "PUT"})
        for (const std::string login : {"alice", "nobody"})
            CHECK(time_of_failure(server.port(), login, method) >= config.auth.failure_time);
}

TEST_CASE("a wrong password holds up nobody else") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.auth.failure_time = std::chrono::seconds{5};
    config.workers.login = 1;
    TestServer server{{"alice"}, config};
    Device phone{server, "alice", false};
    Clock::time_point failed;
    std::thread guesser([&] {
        time_of_failure(server.port(), "alice", "PUT");
        failed = Clock::now();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds{200});
    CHECK(phone.request("PROPFIND", server.calendars(), propfind, {{"Depth", "0"}}).status == 207);
    const auto served = Clock::now();
    guesser.join();
    CHECK(served < failed);
}
