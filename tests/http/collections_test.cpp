// Making and deleting calendars and address books: RFC 4791 5.3.1, RFC 5689, RFC 4918 9.6.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

std::string set_props(const std::string& properties) {
    return "<D:set><D:prop>" + properties + "</D:prop></D:set>";
}

std::string mkcalendar_body(const std::string& properties) {
    return xml_body("C:mkcalendar", set_props(properties));
}

std::string mkcol_body(const std::string& properties) {
    return xml_body("D:mkcol", set_props(properties));
}

const std::string a_calendar = "<D:resourcetype><D:collection/><C:calendar/></D:resourcetype>";
const std::string a_book = "<D:resourcetype><D:collection/><CR:addressbook/></D:resourcetype>";

/// The names in supported-calendar-component-set.
std::vector<std::string> components(TestServer& server, const std::string& path) {
    const auto answer = server.propfind(path, "C:supported-calendar-component-set");
    std::vector<std::string> names;
    if (const auto* set = answer.only().element("C:supported-calendar-component-set"))
        for (const auto* comp : set->children()) names.push_back(*comp->attribute("name"));
    return names;
}

}  // namespace

TEST_CASE("RFC 4791 5.3.1: MKCALENDAR makes a calendar, with or without a body") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply = server.request("MKCALENDAR", "work/");
    CHECK(reply.status == 201);
    CHECK(reply.header("Cache-Control") == "no-cache");
    CHECK(components(server, "work/") ==
          std::vector<std::string>{"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"});
    CHECK(server.request("MKCALENDAR", "no-slash").status == 201);
    CHECK(server.propfind("no-slash/", "D:resourcetype").only().href ==
          server.calendars("no-slash/"));
}

TEST_CASE("RFC 4791 5.3.1: MKCALENDAR sets the properties that it is given") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = mkcalendar_body(
        "<D:displayname>Work</D:displayname>"
        "<C:calendar-description xml:lang=\"en\">All of it</C:calendar-description>"
        "<C:supported-calendar-component-set><C:comp "
        "name=\"VTODO\"/></C:supported-calendar-component-set>"
        "<A:calendar-color>#00FF00</A:calendar-color><X:n xmlns:X=\"urn:x\">dead</X:n>");
    REQUIRE(server.request("MKCALENDAR", "work/", body).status == 201);
    const auto answer = server.propfind_xml(
        "work/", "<D:prop><D:displayname/><C:calendar-description/><A:calendar-color/>"
                 "<X:n xmlns:X=\"urn:x\"/></D:prop>");
    CHECK(answer.only().text("D:displayname") == "Work");
    CHECK(answer.only().text("C:calendar-description") == "All of it");
    CHECK(answer.only().text("A:calendar-color") == "#00FF00");
    CHECK(answer.only().text("{urn:x}n") == "dead");
    CHECK(components(server, "work/") == std::vector<std::string>{"VTODO"});
}

TEST_CASE("RFC 4791 5.3.1.1: where something is already, no calendar is made") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/a.ics", event("A"));
    const auto reply = server.request("MKCALENDAR", "calendar/");
    CHECK((reply.status == 403 || reply.status == 405));
    CHECK(precondition(reply) == "D:resource-must-be-null");
    CHECK(server.get("calendar/a.ics").status == 200);
    // A home's names are unique across kinds, since DAViCal's were.
    const auto other = server.request("MKCALENDAR", "contacts/");
    CHECK(precondition(other) == "D:resource-must-be-null");
}

TEST_CASE("RFC 4791 5.3.1.1: a calendar is made in a calendar home only") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string path : {"calendar/inner/", "/dav/new/", "/dav/calendars/new/",
                                   "/dav/addressbooks/alice/new/", "/dav/principals/users/new/"}) {
        CAPTURE(path);
        const auto reply = server.request("MKCALENDAR", path);
        CHECK(reply.status == 403);
        CHECK(precondition(reply) == "C:calendar-collection-location-ok");
    }
    CHECK(server.request("MKCALENDAR", "none/inner/").status == 409);
}

TEST_CASE("RFC 4791 5.3.1.1: a property that can't be set makes nothing") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const Multistatus answer{
        server.request("MKCALENDAR", "work/",
                       mkcalendar_body("<D:displayname>Work</D:displayname><D:owner>x</D:owner>"
                                       "<C:max-resource-size>1</C:max-resource-size>"))};
    REQUIRE(answer.status() == 207);
    CHECK(answer.only().href == server.calendars("work/"));
    CHECK(answer.only().status_of("D:displayname") == 424);
    CHECK(answer.only().status_of("D:owner") == 403);
    CHECK(answer.only().status_of("C:max-resource-size") == 403);
    CHECK(server.propfind("work/", "D:resourcetype").status() == 404);
}

TEST_CASE("RFC 5689 3.3: the same in an extended MKCOL is a 403 with a mkcol-response") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply = server.request(
        "MKCOL", "work/",
        mkcol_body(a_calendar + "<D:displayname>Work</D:displayname><D:owner>x</D:owner>"));
    CHECK(reply.status == 403);
    CHECK(document(reply)->is(qualified("D:mkcol-response")));
    CHECK(reply.body.find("424") != std::string::npos);
    CHECK(server.propfind("work/", "D:resourcetype").status() == 404);
}

TEST_CASE("RFC 4791 5.2.3: component types that the server does not hold are refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply = server.request(
        "MKCALENDAR", "work/",
        mkcalendar_body("<C:supported-calendar-component-set><C:comp name=\"VPOTATO\"/>"
                        "</C:supported-calendar-component-set>"));
    CHECK(reply.status == 403);
    CHECK(precondition(reply) == "C:supported-calendar-component-set");
    CHECK(server.propfind("work/", "D:resourcetype").status() == 404);
}

TEST_CASE("RFC 4791 5.3.1.1: MKCALENDAR refuses a broken time zone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const Multistatus answer{server.request(
        "MKCALENDAR", "work/", mkcalendar_body("<C:calendar-timezone>no</C:calendar-timezone>"))};
    CHECK(answer.only().status_of("C:calendar-timezone") == 403);
    CHECK(answer.only().propstat_errors.at(403) == "C:valid-calendar-data");
    CHECK(server.propfind("work/", "D:resourcetype").status() == 404);
}

TEST_CASE("RFC 5689 3: extended MKCOL makes calendars and address books") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(
        server
            .request("MKCOL", "work/", mkcol_body(a_calendar + "<D:displayname>W</D:displayname>"))
            .status == 201);
    CHECK(server.propfind("work/", "D:displayname").only().text("D:displayname") == "W");
    const auto made = server.request(
        "MKCOL", server.books("friends/"),
        mkcol_body(a_book + "<D:displayname>F</D:displayname>"
                            "<CR:addressbook-description>Of mine</CR:addressbook-description>"));
    CHECK(made.status == 201);
    const auto book = server.propfind(server.books("friends/"),
                                      "D:resourcetype D:displayname CR:addressbook-description");
    CHECK(book.only().children("D:resourcetype") ==
          std::vector<std::string>{"D:collection", "CR:addressbook"});
    CHECK(book.only().text("CR:addressbook-description") == "Of mine");
    CHECK(server.put(server.books("friends/a.vcf"), card("A")).status == 201);
}

TEST_CASE(
    "RFC 4918 9.3: MKCOL without a type makes a plain collection, anywhere but in a calendar") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    int count = 0;
    for (const auto& body : {std::string(), mkcol_body("<D:displayname>x</D:displayname>"),
                             mkcol_body("<D:resourcetype><D:collection/></D:resourcetype>")}) {
        CAPTURE(body);
        for (const auto& home : {server.calendars(), server.books(), server.files()}) {
            const auto path = home + "plain" + std::to_string(++count) + "/";
            CHECK(server.request("MKCOL", path, body).status == 201);
            CHECK(server.propfind(path, "D:resourcetype").only().children("D:resourcetype") ==
                  std::vector<std::string>{"D:collection"});
            CHECK(server.request("MKCOL", path, body).status == 405);
            CHECK(server.request("MKCOL", path + "inner/", body).status == 201);
            CHECK(server.put(path + "inner/a.txt", "some text").status == 201);
            CHECK(server.request("MKCOL", path + "inner/a.txt", body).status == 405);
            CHECK(server.get(path + "inner/a.txt").body == "some text");
        }
    }
    CHECK(server.request("MKCOL", "calendar/inner/", "").status == 403);
    CHECK(server.request("MKCOL", "none/inner/", "").status == 409);
}

TEST_CASE("a calendar in a folder is as good as one in the home") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.request("MKCOL", "team/", "").status == 201);
    REQUIRE(server.request("MKCALENDAR", "team/plans/", "").status == 201);
    REQUIRE(server.put("team/plans/a.ics", event("A")).status == 201);
    CHECK(summary(server.get("team/plans/a.ics").body) == "A");
    CHECK(server.propfind("team/", "D:resourcetype", "1").hrefs() ==
          std::vector<std::string>{server.calendars("team/"), server.calendars("team/plans/")});
    CHECK(server.propfind("team/plans/", "D:getetag", "1").size() == 2);
    CHECK(server.put("team/plans", "x").status == 405);
    CHECK(server.request("DELETE", "team/").status == 204);
    CHECK(server.get("team/plans/a.ics").status == 404);
    CHECK(server.request("MKCALENDAR", server.files("plans/"), "").status == 403);
}

TEST_CASE("RFC 5689 3.3: MKCOL of a type that the place can't hold is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto unknown =
        server.request("MKCOL", "work/",
                       mkcol_body("<D:resourcetype><D:collection/><X:z xmlns:X=\"urn:x\"/>"
                                  "</D:resourcetype>"));
    CHECK(unknown.status == 403);
    CHECK(precondition(unknown) == "D:valid-resourcetype");
    const auto wrong = server.request("MKCOL", "work/", mkcol_body(a_book));
    CHECK(wrong.status == 403);
    CHECK(precondition(wrong) == "CR:addressbook-collection-location-ok");
    const auto also = server.request("MKCOL", server.books("work/"), mkcol_body(a_calendar));
    CHECK(also.status == 403);
    CHECK(precondition(also) == "C:calendar-collection-location-ok");
    CHECK(server.request("MKCOL", "calendar/", mkcol_body(a_calendar)).status == 405);
    CHECK(server.request("MKCOL", "work/", "text", {{"Content-Type", "text/plain"}}).status == 415);
}

TEST_CASE("a collection may have any name, and its href is that name percent-encoded") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const struct {
        std::string sent;
        std::string href;
    } names[] = {
        {"%e6%97%a5%E6%9C%AC", "%E6%97%A5%E6%9C%AC"},
        {"a%20b", "a%20b"},
        {"a&b", "a%26b"},
        {"%22quoted%22", "%22quoted%22"},
        {"it's", "it%27s"},
        {"a%2Fb", "a%2Fb"},
        {"100%25", "100%25"},
        {"%3Cx%3E", "%3Cx%3E"},
        {"x@y:z", "x@y:z"},
        {"%7Etilde", "~tilde"},
    };
    for (const auto& [sent, href] : names) {
        CAPTURE(sent);
        CHECK(server.request("MKCALENDAR", server.calendars(sent) + "/").status == 201);
        const auto answer = server.propfind(server.calendars(sent) + "/", "D:resourcetype");
        REQUIRE(answer.status() == 207);
        CHECK(answer.only().href == server.calendars(href) + "/");
        CHECK(server.put(server.calendars(sent) + "/o.ics", event("A")).status == 201);
    }
    CHECK(server.propfind("", "D:resourcetype", "1").size() == 5 + std::size(names));
}

TEST_CASE("RFC 4918 9.6: a deleted calendar is gone with its objects, others stay") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.request("MKCALENDAR", "work/");
    server.put("work/a.ics", event("A"));
    server.put("calendar/a.ics", event("A"));
    CHECK(server.erase("work/").status == 204);
    CHECK(server.propfind("work/", "D:resourcetype").status() == 404);
    CHECK(server.get("work/a.ics").status == 404);
    CHECK(server.get("calendar/a.ics").status == 200);
    CHECK(server.erase("work/").status == 404);
    CHECK(server.propfind("", "D:resourcetype", "1").size() == 5);
    CHECK(server.request("MKCALENDAR", "work/").status == 201);
    CHECK(server.propfind("work/", "D:resourcetype", "1").size() == 1);
}

TEST_CASE("homes, principals and the root can't be deleted") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const auto& path : {server.calendars(), server.books(), server.principal(),
                             std::string("/dav/"), std::string("/dav/calendars/")}) {
        CAPTURE(path);
        CHECK(server.erase(path).status == 403);
    }
    CHECK(server.propfind("", "D:resourcetype", "1").size() == 5);
}

TEST_CASE("a home holds as many collections as the setting says, then 507") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.max_collections = 5;
    TestServer server{{"alice"}, config};
    CHECK(server.request("MKCALENDAR", "one/").status == 201);
    CHECK(server.request("MKCALENDAR", "two/").status == 201);
    CHECK(server.request("MKCALENDAR", "three/").status == 507);
    CHECK(server.propfind("three/", "D:resourcetype").status() == 404);
}
