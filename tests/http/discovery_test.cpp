// How a client that knows a host name and a login finds its calendars and address books.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends::test;

namespace {

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
}

}  // namespace

TEST_CASE(
    "RFC 6764 5: the well-known addresses lead to /dav/ without a login, whatever the method") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string path :
         {"/.well-known/caldav", "/.well-known/carddav", "/.well-known/caldav/"})
        for (const std::string method : {"GET", "HEAD", "PROPFIND", "OPTIONS"}) {
            CAPTURE(path);
            CAPTURE(method);
            const auto reply = server.nobody().request(method, path, {}, {{"Depth", "0"}});
            CHECK(reply.status == 301);
            CHECK(reply.header("Location") == "/dav/");
        }
}

TEST_CASE("RFC 7617 2: whoever has not logged in is asked for it with a realm") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string path :
         {"/", "/dav/", "/dav/principals/", "/dav/principals/users/alice/", "/dav/calendars/alice/",
          "/dav/calendars/alice/calendar/", "/dav/addressbooks/alice/contacts/",
          "/dav/no/such/thing/at/all"}) {
        CAPTURE(path);
        const auto reply = server.nobody().propfind(path, "D:current-user-principal").reply();
        CHECK(reply.status == 401);
        CHECK(reply.header("WWW-Authenticate").value_or("").starts_with("Basic realm=\""));
    }
}

TEST_CASE("a wrong password, an unknown login and a broken header are all the same 401") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    // alice:wrong, nobody:nobody, "alice" without a colon, no base64, another scheme
    for (const std::string value :
         {"Basic YWxpY2U6d3Jvbmc=", "Basic bm9ib2R5Om5vYm9keQ==", "Basic YWxpY2U=", "Basic !!!",
          "Bearer YWxpY2U6YWxpY2U=", "Basic "}) {
        CAPTURE(value);
        const auto reply = server.nobody().request("PROPFIND", "/dav/", {},
                                                   {{"Depth", "0"}, {"Authorization", value}});
        CHECK(reply.status == 401);
        CHECK(reply.header("WWW-Authenticate").value_or("").starts_with("Basic realm=\""));
        CHECK(reply.body.find("alice") == std::string::npos);
    }
}

TEST_CASE("RFC 5397 3: current-user-principal is told at every address") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.put("calendar/a.ics", event("A")).status == 201);
    for (const std::string path :
         {"/", "/dav/", "/dav", "/dav/principals/", "/dav/principals/users/",
          "/dav/principals/groups/", "/dav/principals/users/alice/", "/dav/calendars/",
          "/dav/calendars/alice/", "/dav/calendars/alice", "/dav/calendars/alice/calendar/",
          "/dav/calendars/alice/calendar/a.ics", "/dav/addressbooks/", "/dav/addressbooks/alice/",
          "/dav/addressbooks/alice/contacts/"}) {
        CAPTURE(path);
        const auto answer = server.propfind(path, "D:current-user-principal");
        REQUIRE(answer.status() == 207);
        CHECK(answer.only().hrefs("D:current-user-principal") ==
              std::vector<std::string>{"/dav/principals/users/alice/"});
    }
}

TEST_CASE("a principal leads to both homes, and a home to its collections") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto principal = server.propfind(
        server.principal(),
        "C:calendar-home-set CR:addressbook-home-set D:principal-URL D:displayname D:resourcetype "
        "C:calendar-user-address-set C:calendar-user-type D:principal-collection-set");
    const auto& alice = principal.at(server.principal());
    CHECK(alice.hrefs("C:calendar-home-set") == std::vector<std::string>{"/dav/calendars/alice/"});
    CHECK(alice.hrefs("CR:addressbook-home-set") ==
          std::vector<std::string>{"/dav/addressbooks/alice/"});
    CHECK(alice.hrefs("D:principal-URL") == std::vector<std::string>{server.principal()});
    CHECK(contains(alice.children("D:resourcetype"), "D:principal"));
    CHECK(contains(alice.hrefs("C:calendar-user-address-set"), "mailto:alice@example.com"));
    CHECK(contains(alice.hrefs("C:calendar-user-address-set"), server.principal()));
    CHECK(alice.text("C:calendar-user-type") == "INDIVIDUAL");
    CHECK(alice.hrefs("D:principal-collection-set") ==
          std::vector<std::string>{"/dav/principals/"});

    const auto calendars = server.propfind(
        server.calendars(), "D:resourcetype C:supported-calendar-component-set", "1");
    CHECK(calendars.hrefs() ==
          std::vector<std::string>{"/dav/calendars/alice/", "/dav/calendars/alice/calendar/",
                                   "/dav/calendars/alice/inbox/", "/dav/calendars/alice/outbox/",
                                   "/dav/calendars/alice/tasks/"});
    const auto& calendar = calendars.at("/dav/calendars/alice/calendar/");
    CHECK(calendar.children("D:resourcetype") ==
          std::vector<std::string>{"D:collection", "C:calendar"});
    CHECK(calendar.children("C:supported-calendar-component-set").size() >= 3);
    const auto* tasks =
        calendars.at("/dav/calendars/alice/tasks/").element("C:supported-calendar-component-set");
    REQUIRE(tasks != nullptr);
    REQUIRE(tasks->children().size() == 1);
    CHECK(*tasks->children().front()->attribute("name") == "VTODO");

    const auto books = server.propfind(server.books(), "D:resourcetype", "1");
    CHECK(books.hrefs() == std::vector<std::string>{"/dav/addressbooks/alice/",
                                                    "/dav/addressbooks/alice/contacts/"});
    CHECK(books.at("/dav/addressbooks/alice/contacts/").children("D:resourcetype") ==
          std::vector<std::string>{"D:collection", "CR:addressbook"});
}

TEST_CASE("a client can walk from the root to its own homes") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    const auto root = server.propfind("/dav/", "D:resourcetype", "1").hrefs();
    CHECK(root == std::vector<std::string>{"/dav/", "/dav/addressbooks/", "/dav/calendars/",
                                           "/dav/files/", "/dav/principals/"});
    CHECK(server.propfind("/dav/calendars/", "D:resourcetype", "1").hrefs() ==
          std::vector<std::string>{"/dav/calendars/", "/dav/calendars/alice/"});
    CHECK(server.propfind("/dav/addressbooks/", "D:resourcetype", "1").hrefs() ==
          std::vector<std::string>{"/dav/addressbooks/", "/dav/addressbooks/alice/"});
    CHECK(server.propfind("/dav/principals/", "D:resourcetype", "1").size() == 5);
    const auto users = server.propfind("/dav/principals/users/", "D:displayname", "1").hrefs();
    CHECK(contains(users, "/dav/principals/users/alice/"));
    CHECK(contains(users, "/dav/principals/users/bob/"));
}

TEST_CASE("RFC 4918 10.1: OPTIONS names what is real, and needs no login") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string path : {"/", "/dav/", "/dav/calendars/alice/calendar/", "*"}) {
        CAPTURE(path);
        const auto reply = path[0] == '*'
                               ? server.connection().request("OPTIONS", "*", server.authorization())
                               : server.nobody().request("OPTIONS", path);
        CHECK(reply.status == 200);
        CHECK(reply.header("DAV") ==
              "1, 2, 3, access-control, bind, calendar-proxy, "
              "calendarserver-principal-property-search, "
              "calendarserver-principal-search, calendarserver-home-sync, extended-mkcol, "
              "calendar-access, calendar-schedule, calendar-auto-schedule, calendar-availability, "
              "inbox-availability, calendar-query-extended, "
              "calendarserver-group-attendee, "
              "calendarserver-partstat-changes, calendarserver-private-comments, "
              "calendarserver-private-events, addressbook");
        const auto allow = reply.header("Allow").value_or("");
        for (const std::string method : {"PROPFIND", "PROPPATCH", "REPORT", "MKCOL", "MKCALENDAR",
                                         "PUT", "COPY", "MOVE", "LOCK", "UNLOCK"})
            CHECK(allow.find(method) != std::string::npos);
    }
}

TEST_CASE("what is not built yet is 404") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string path : {"/caldav.php/alice/", "/davical/", "/ui/", "/api/v1/",
                                   "/.well-known/jmap", "/favicon.ico"}) {
        CAPTURE(path);
        CHECK(server.get(path).status == 404);
    }
}

TEST_CASE("without memory for members and contents everything is answered from the database") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.cache.members = 0;
    config.cache.contents = 0;
    TestServer server{{"alice"}, config};
    REQUIRE(server.put("calendar/a.ics", event("A")).status == 201);
    for (int i = 0; i < 2; ++i) {
        CHECK(server.get("calendar/a.ics").body == event("A"));
        CHECK(server.propfind("calendar/", "D:getetag", "1").size() == 2);
    }
    const auto metrics = server.nobody().get("/metrics").body;
    CHECK(metrics.find("\nkalends_member_hits_total 0\n") != std::string::npos);
    CHECK(metrics.find("\nkalends_member_misses_total 0\n") == std::string::npos);
}

TEST_CASE("/healthz and /metrics answer a monitor that has no login") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(server.nobody().get("/healthz").status == 200);
    const auto metrics = server.nobody().get("/metrics");
    CHECK(metrics.status == 200);
    CHECK(metrics.content_type().starts_with("text/plain"));
    CHECK(metrics.body.find("# TYPE ") != std::string::npos);
    CHECK(metrics.body.find("\nkalends_member_hits_total ") != std::string::npos);
    CHECK(metrics.body.find("\nkalends_member_misses_total ") != std::string::npos);
    CHECK(metrics.body.find("alice") == std::string::npos);
}

TEST_CASE("a login is found in any case, and hrefs have its canonical form") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto answer = server.propfind("/dav/principals/users/ALICE/", "D:principal-URL");
    CHECK(answer.only().hrefs("D:principal-URL") ==
          std::vector<std::string>{"/dav/principals/users/alice/"});
}

TEST_CASE("RFC 4918 15.9: what a client reads first is there on every kind of resource") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.put("calendar/a.ics", event("A")).status == 201);
    REQUIRE(server.put(server.books("contacts/a.vcf"), card("A")).status == 201);
    for (const auto& path :
         {std::string("/dav/"), std::string("/dav/principals/"), std::string("/dav/calendars/"),
          server.principal(), server.calendars(), server.books(), server.calendars("calendar/"),
          server.books("contacts/"), server.calendars("calendar/a.ics"),
          server.books("contacts/a.vcf")}) {
        CAPTURE(path);
        const auto answer = server.propfind(
            path, "D:resourcetype D:current-user-principal D:current-user-privilege-set "
                  "D:supported-report-set D:principal-collection-set D:resource-id");
        const auto& one = answer.at(path);
        CHECK(one.status_of("D:resourcetype") == 200);
        CHECK(one.status_of("D:current-user-principal") == 200);
        CHECK_FALSE(one.children("D:current-user-privilege-set").empty());
        CHECK(one.status_of("D:supported-report-set") == 200);
        CHECK(one.status_of("D:principal-collection-set") == 200);
        REQUIRE(one.hrefs("D:resource-id").size() == 1);
        CHECK(one.hrefs("D:resource-id").front().starts_with("urn:uuid:"));
    }
}
