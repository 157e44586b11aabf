// GET of what is no object: calendars and address books as one file, pages for a browser. RFC 4918
// 5.2, 9.4; RFC 9110 12.5.1, 13.

#include "access/privilege.hpp"
#include "ical/split.hpp"
#include "support/samples.hpp"
#include "support/test_server.hpp"
#include "vcard/split.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends::test;

namespace {

const Fields browser{{"Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}};

bool contains(const Reply& reply, std::string_view text) {
    return reply.body.find(text) != std::string::npos;
}

std::size_t count(const std::string& text, std::string_view what) {
    std::size_t found = 0;
    for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++found;
    return found;
}

const std::string berlin = "BEGIN:VTIMEZONE\nTZID:Berlin\nBEGIN:STANDARD\nDTSTART:19701025T030000\n"
                           "TZOFFSETFROM:+0200\nTZOFFSETTO:+0100\nEND:STANDARD\nEND:VTIMEZONE\n";

std::string berlin_event(const std::string& name) {
    return calendar(berlin + "BEGIN:VEVENT\nUID:" + name + "\nDTSTAMP:20260101T000000Z\nSUMMARY:" +
                    name + "\nDTSTART;TZID=Berlin:20260710T100000\nEND:VEVENT\n");
}

/// An entry on the calendar, or on an object of it, that only the database knows yet.
void insert_ace(TestServer& server, const std::string& object, bool deny) {
    (void)TestServer::shared_database().query(
        "INSERT INTO ace (home_id, collection_id, object_id, position, subject, deny, privileges) "
        "SELECT c.home_id, c.collection_id, coalesce(o.object_id, 0), 1, 3, " +
        std::string(deny ? "true, " : "false, ") +
        std::to_string(kalends::access::read | kalends::access::read_current_user_privilege_set) +
        " FROM collection c JOIN principal p ON p.principal_id = c.home_id"
        " LEFT JOIN object o ON o.home_id = c.home_id AND o.collection_id = c.collection_id"
        " AND o.name = '" +
        object + "' WHERE p.login = '" + server.login() + "' AND c.name = 'calendar'");
    server.database().forget(server.database().home(server.login())->principal.id);
}

}  // namespace

TEST_CASE("a GET of a calendar gives all events and tasks in one file, each time zone once") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string name : {"a", "b", "c"})
        server.put("calendar/" + name + ".ics", berlin_event(name));
    server.put("calendar/d.ics", todo("D"));
    server.proppatch("calendar/", "<D:displayname>Work &amp; play</D:displayname>");
    const auto reply = server.get("calendar/");
    REQUIRE(reply.status == 200);
    CHECK(reply.content_type() == "text/calendar; charset=utf-8");
    CHECK(count(reply.body, "BEGIN:VCALENDAR") == 1);
    CHECK(count(reply.body, "BEGIN:VTIMEZONE") == 1);
    CHECK(count(reply.body, "BEGIN:VEVENT") == 3);
    CHECK(count(reply.body, "BEGIN:VTODO") == 1);
    CHECK(contains(reply, "X-WR-CALNAME:Work & play\r\n"));
    CHECK(reply.body.ends_with("END:VCALENDAR\r\n"));
    const auto file = kalends::ical::split(reply.body);
    CHECK(file.objects.size() == 4);
    CHECK(file.skipped.empty());
    CHECK(server.get("calendar/", {{"Accept", "*/*"}}).content_type() == reply.content_type());
    CHECK(server.head("calendar/").status == 200);
    CHECK(server.head("calendar/").etag() == reply.etag());
}

TEST_CASE("RFC 4918 15.5, 15.6: a collection has the type and the ETag that a GET of it gives") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    REQUIRE(server.request("MKCOL", "team/").status == 201);
    server.proppatch("calendar/", "<D:displayname>Work &amp; play</D:displayname>");
    insert_ace(server, "", false);
    const auto same = [](User& user, const std::string& path) {
        CAPTURE(path);
        const auto got = user.get(path);
        REQUIRE(got.status == 200);
        const auto found = user.propfind(path, "D:getetag D:getcontenttype D:getlastmodified");
        CHECK(found.only().text("D:getetag") == got.etag());
        CHECK(found.only().text("D:getcontenttype") == got.content_type());
        CHECK(found.only().text("D:getlastmodified") == got.header("Last-Modified"));
        return got.etag();
    };
    const auto calendar = server.calendars("calendar/");
    for (const auto& path : {calendar, server.books("contacts/"), server.books(""),
                             server.calendars("team/"), server.calendars("")})
        same(server, path);
    const auto empty = same(server, calendar);
    same(server.as("bob"), calendar);
    server.put("calendar/a.ics", event("A"));
    CHECK(same(server, calendar) != empty);
    const auto listed = server.propfind("", "D:getetag", "1");
    CHECK(listed.at(calendar).text("D:getetag") == same(server, calendar));

    for (const std::string path :
         {"/dav/", "/dav/principals/", "/dav/calendars/", "/dav/principals/users/alice/"}) {
        CAPTURE(path);
        const auto found = server.propfind(path, "D:getetag D:getcontenttype");
        CHECK(found.only().text("D:getcontenttype") == server.get(path).content_type());
        CHECK(found.only().status_of("D:getetag") == 404);  // its GET has none
    }
}

TEST_CASE("an empty calendar is a file too") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply = server.get("calendar/");
    CHECK(reply.status == 200);
    CHECK(reply.body.starts_with("BEGIN:VCALENDAR\r\n"));
    CHECK(reply.body.ends_with("END:VCALENDAR\r\n"));
    CHECK(server.get(server.books("contacts/")).body.empty());
}

TEST_CASE("a GET of an address book gives the cards one after another") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put(server.books("contacts/a.vcf"), card("Ann"));
    server.put(server.books("contacts/b.vcf"), card4("Bob"));
    const auto reply = server.get(server.books("contacts/"));
    CHECK(reply.content_type() == "text/vcard; charset=utf-8");
    CHECK(reply.body == card("Ann") + card4("Bob"));
    CHECK(kalends::vcard::split(reply.body).cards.size() == 2);
}

TEST_CASE("a calendar of a thousand events is streamed whole, also compressed") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    constexpr std::size_t many = 1000;
    for (std::size_t i = 0; i < many; ++i) {
        const auto name = std::to_string(i);
        server.put("calendar/" + name + ".ics", event(name, std::string(one_hour) + "DESCRIPTION:" +
                                                                std::string(3000, 'x') + "\n"));
    }
    const auto reply = server.get("calendar/");
    CHECK(kalends::ical::split(reply.body).objects.size() == many);
    const auto packed = server.get("calendar/", {{"Accept-Encoding", "gzip"}});
    CHECK(packed.header("Content-Encoding") == "gzip");
    CHECK(packed.body.size() < reply.body.size() / 4);
}

TEST_CASE("RFC 3744 3.1: a calendar that is read by others leaves out what they may not read") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.put("calendar/open.ics", event("Open"));
    server.put("calendar/secret.ics", event("Secret"));
    auto& bob = server.as("bob");
    const auto path = server.calendars("calendar/");
    CHECK(bob.get(path).status == 404);
    CHECK(server.nobody().get(path).status == 401);
    insert_ace(server, "", false);
    CHECK(contains(bob.get(path), "SUMMARY:Secret"));
    insert_ace(server, "secret.ics", true);
    for (const Fields& accept : {Fields{}, browser}) {
        const auto seen = bob.get(path, accept);
        CHECK(seen.status == 200);
        CHECK((contains(seen, "SUMMARY:Open") || contains(seen, "open.ics")));
        CHECK_FALSE(contains(seen, "ecret"));
        CHECK((contains(server.get(path, accept), "Secret") ||
               contains(server.get(path, accept), "secret.ics")));
    }
    CHECK(server.get(path).etag() != bob.get(path).etag());
}

TEST_CASE("RFC 9110 12.5.1: a browser gets a page of a calendar, and caches are told why") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a%20b.ics", event("A"));
    const auto page = server.get("calendar/", browser);
    CHECK(page.content_type() == "text/html; charset=utf-8");
    CHECK(page.header("Vary").value_or("").find("Accept") != std::string::npos);
    CHECK(contains(page, "<a href=\"" + server.calendars("calendar/a%20b.ics") + "\">a b.ics</a>"));
    CHECK(contains(page, "<td>text/calendar</td>"));
    const auto file = server.get("calendar/");
    CHECK(file.header("Vary").value_or("").find("Accept") != std::string::npos);
    CHECK(file.etag() != page.etag());
    CHECK(server.get(server.books("contacts/"), browser).content_type() ==
          "text/html; charset=utf-8");
    CHECK(server.get("calendar/", {{"Accept", "text/calendar, text/html;q=0.9"}})
              .content_type()
              .starts_with("text/calendar"));
}

TEST_CASE("RFC 9110 13.1: who polls a calendar or a listing gets it again only when it changed") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    server.put(server.files("a.txt"), "x", {{"Content-Type", "text/plain"}});
    struct Row {
        std::string path, change;
    };
    for (const auto& row : {Row{server.calendars("calendar/"), server.calendars("calendar/b.ics")},
                            Row{server.files(), server.files("b.txt")}}) {
        CAPTURE(row.path);
        const auto first = server.get(row.path);
        REQUIRE_FALSE(first.etag().empty());
        const auto again = server.get(row.path, {{"If-None-Match", first.etag()}});
        CHECK(again.status == 304);
        CHECK(again.body.empty());
        CHECK(again.etag() == first.etag());
        CHECK(
            server
                .get(row.path, {{"If-Modified-Since", first.header("Last-Modified").value_or("")}})
                .status == 304);
        CHECK(server.get(row.path, {{"If-Match", "\"x\""}}).status == 412);
        server.put(row.change, event("B"));
        const auto changed = server.get(row.path, {{"If-None-Match", first.etag()}});
        CHECK(changed.status == 200);
        CHECK(changed.etag() != first.etag());
    }
    const auto shown = server.propfind("calendar/", "D:getlastmodified");
    CHECK(shown.only().text("D:getlastmodified") ==
          server.get("calendar/").header("Last-Modified"));
    const auto named = server.get("calendar/").etag();
    server.proppatch("calendar/", "<D:displayname>Other</D:displayname>");
    CHECK(server.get("calendar/", {{"If-None-Match", named}}).status == 200);
    const auto home = server.get("").etag();
    server.request("MKCALENDAR", "more/");
    CHECK(server.get("", {{"If-None-Match", home}}).status == 200);
}

TEST_CASE("pages lead from the root to every file, and only to one's own home") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    server.request("MKCOL", server.files("docs"));
    server.put(server.files("docs/a.txt"), "x", {{"Content-Type", "text/plain"}});
    const auto leads = [&](const std::string& from, const std::string& to) {
        const auto page = server.get(from);
        CAPTURE(from);
        CHECK(page.status == 200);
        CHECK(page.content_type() == "text/html; charset=utf-8");
        CHECK(page.header("Content-Security-Policy") == "default-src 'none'");
        CHECK(contains(page, "<a href=\"" + to + "\">"));
        CHECK(page.body.ends_with("</html>\n"));
    };
    leads("/dav/", "/dav/files/");
    leads("/dav/files/", "/dav/files/alice/");
    leads("/dav/files/alice/", "/dav/files/alice/docs/");
    leads("/dav/files/alice/docs/", "/dav/files/alice/docs/a.txt");
    leads("/dav/calendars/alice/", "/dav/calendars/alice/calendar/");
    leads("/dav/addressbooks/alice/", "/dav/addressbooks/alice/contacts/");
    leads("/dav/principals/", "/dav/principals/users/");
    leads("/dav/principals/users/", "/dav/principals/users/bob/");
    leads("/dav/principals/users/alice/", "/dav/addressbooks/alice/");
    leads("/dav/files/alice/docs/", "/dav/files/alice/");
    CHECK_FALSE(contains(server.get("/dav/files/"), "bob"));
    CHECK(server.get("/dav/files/bob/").status == 404);
    CHECK(server.nobody().get("/dav/").status == 401);
    CHECK(server.nobody().get("/dav/principals/users/alice/").status == 401);
}

TEST_CASE("names that look like HTML are text in a page") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string script = "%3Cscript%3Ealert(1)%3C%2Fscript%3E%22%20onload%3D%22x";
    server.put(server.files(script), "x", {{"Content-Type", "text/<b>"}});
    server.request("MKCOL", server.files("folder"));
    server.proppatch(server.files("folder/"),
                     "<D:displayname>&lt;img src=x onerror=alert(1)></D:displayname>");
    const auto page = server.get(server.files());
    CHECK(contains(page, "&lt;script"));
    CHECK(contains(page, "&lt;img"));
    CHECK_FALSE(contains(page, "<script"));
    CHECK_FALSE(contains(page, "<img"));
    CHECK_FALSE(contains(page, "<b>"));
    CHECK_FALSE(contains(page, "\" onload"));
    server.request("MKCOL", server.files(script + "2"));
    CHECK_FALSE(contains(server.get(server.files(script + "2/")), "<script"));
}

TEST_CASE("RFC 4918 5.2: a GET of a collection without its slash is sent to the right address") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const auto* path : {"/dav/calendars/alice/calendar", "/dav/files/alice",
                             "/dav/principals/users/alice", "/dav/principals", "/dav"}) {
        CAPTURE(path);
        const auto reply = server.get(path);
        CHECK(reply.status == 301);
        CHECK(reply.header("Location") == std::string(path) + "/");
        CHECK(server.nobody().get(path).status == 401);
    }
    CHECK(server.get("/dav/calendars/alice/none").status == 404);
    const auto found = server.propfind("/dav/calendars/alice/calendar", "D:resourcetype");
    CHECK(found.only().href == "/dav/calendars/alice/calendar/");
    CHECK(found.reply().header("Content-Location") == "/dav/calendars/alice/calendar/");
}
