// Time zones by reference: RFC 7809.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <array>
#include <utility>

using namespace kalends::test;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string set_id(const std::string& tzid) {
    return "<C:calendar-timezone-id>" + tzid + "</C:calendar-timezone-id>";
}

/// Lines of a zone five hours ahead of UTC.
std::string zone(const std::string& tzid) {
    return "BEGIN:VTIMEZONE\nTZID:" + tzid +
           "\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0500\nTZOFFSETTO:+0500\n"
           "END:STANDARD\nEND:VTIMEZONE\n";
}

std::string set_timezone(const std::string& tzid) {
    return "<C:calendar-timezone>" + calendar(zone(tzid)) + "</C:calendar-timezone>";
}

Multistatus zones_of(TestServer& server, const std::string& path = "calendar/") {
    return server.propfind(path, "C:calendar-timezone C:calendar-timezone-id");
}

std::string in_zone(const std::string& tzid) {
    return "BEGIN:VEVENT\nUID:in-a-zone\nDTSTAMP:20260101T000000Z\nSUMMARY:In a "
           "zone\nDTSTART;TZID=" +
           tzid + ":20260710T100000\nDURATION:PT1H\nEND:VEVENT\n";
}

const Fields by_reference{{"CalDAV-Timezones", "F"}};
const Fields complete{{"CalDAV-Timezones", "T"}};

/// Whether it is `"abc~tz0-…"` for `"abc"` and `tz0`.
bool is_variant(const std::string& etag, const std::string& stored, const std::string& name) {
    return etag.starts_with(stored.substr(0, stored.size() - 1) + '~' + name + '-');
}

/// The calendar-data of the only member.
std::string data(TestServer& server, const std::string& root, const std::string& inner,
                 Fields headers) {
    headers.emplace_back("Depth", "1");
    const Multistatus answer{
        server.request("REPORT", "calendar/", xml_body(root, inner), std::move(headers))};
    REQUIRE(answer.status() == 207);
    return answer.only().raw_text("C:calendar-data");
}

}  // namespace

TEST_CASE("RFC 7809 3.1.5: a calendar's time zone can be set by its name") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(zones_of(server).only().status_of("C:calendar-timezone") == 404);
    CHECK(zones_of(server).only().status_of("C:calendar-timezone-id") == 404);
    REQUIRE(server.proppatch("calendar/", set_id("Europe/Berlin"))
                .only()
                .status_of("C:calendar-timezone-id") == 200);
    CHECK(zones_of(server).only().text("C:calendar-timezone-id") == "Europe/Berlin");
    const auto made = zones_of(server).only().raw_text("C:calendar-timezone");
    CHECK(made.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    CHECK(has(made, "\r\nTZID:Europe/Berlin\r\n"));
    // It is one that could be set.
    CHECK(server.proppatch("calendar/", "<C:calendar-timezone>" + made + "</C:calendar-timezone>")
              .only()
              .status_of("C:calendar-timezone") == 200);
    // RFC 4791 7.3: floating times are read in it.
    server.proppatch("calendar/", set_id("Asia/Tokyo"));
    server.put("calendar/a.ics", event("A", "DTSTART:20260710T090000\nDURATION:PT1H\n"));
    const auto found = [&](const std::string& start) {
        return server
            .report("calendar/", "C:calendar-query",
                    "<D:prop/><C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter "
                    "name=\"VEVENT\"><C:time-range start=\"" +
                        start + "00Z\" end=\"" + start +
                        "01Z\"/></C:comp-filter></C:comp-filter>"
                        "</C:filter>")
            .size();
    };
    CHECK(found("20260710T0000") == 1);
    CHECK(found("20260710T0900") == 0);
}

TEST_CASE("RFC 7809 3.1.5: of a time zone and its name, the one that is set last counts") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.proppatch("calendar/", set_id("Europe/Berlin"));
    server.proppatch("calendar/", set_timezone("Etc/GMT-5"));
    CHECK(zones_of(server).only().text("C:calendar-timezone-id") == "Etc/GMT-5");
    CHECK(has(zones_of(server).only().text("C:calendar-timezone"), "TZID:Etc/GMT-5"));
    server.proppatch("calendar/", set_id("Asia/Tokyo"));
    CHECK(zones_of(server).only().text("C:calendar-timezone-id") == "Asia/Tokyo");
    CHECK(has(zones_of(server).only().text("C:calendar-timezone"), "TZID:Asia/Tokyo"));
    // A TZID of the client's own matches all the same.
    server.proppatch("calendar/", set_timezone("Far &amp; away\\, there"));
    CHECK(zones_of(server).only().text("C:calendar-timezone-id") == "Far & away, there");
    // In one request: document order.
    server.proppatch("calendar/", set_id("Asia/Tokyo") + set_timezone("Mine"));
    CHECK(zones_of(server).only().text("C:calendar-timezone-id") == "Mine");
}

TEST_CASE("RFC 7809 3.1.5: removing a time zone or its name removes both") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const auto& set : {set_id("Europe/Berlin"), set_timezone("Mine")})
        for (const std::string name : {"C:calendar-timezone", "C:calendar-timezone-id"}) {
            CAPTURE(set);
            CAPTURE(name);
            server.proppatch("calendar/", set);
            CHECK(server.proppatch("calendar/", "", '<' + name + "/>").only().status_of(name) ==
                  200);
            CHECK(zones_of(server).only().status_of("C:calendar-timezone") == 404);
            CHECK(zones_of(server).only().status_of("C:calendar-timezone-id") == 404);
        }
}

TEST_CASE("RFC 7809 5.2: the name of the time zone is not in allprop, but in propname") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto ask = [&](const std::string& how) {
        return server.propfind_xml("calendar/", how).only();
    };
    CHECK(ask("<D:propname/>").status_of("C:calendar-timezone-id") == 0);
    server.proppatch("calendar/", set_id("Europe/Berlin"));
    CHECK(ask("<D:allprop/>").status_of("C:calendar-timezone-id") == 0);
    CHECK(ask("<D:propname/>").status_of("C:calendar-timezone-id") == 200);
    CHECK(ask("<D:propname/>").status_of("C:calendar-timezone") == 200);
}

TEST_CASE("RFC 7809 3.1.5: a time zone that nobody knows is refused with valid-timezone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.proppatch("calendar/", set_id("Europe/Berlin"));
    for (const std::string unknown : {"Middle/Earth", "", "../../etc/passwd"}) {
        CAPTURE(unknown);
        const auto answer = server.proppatch("calendar/", set_id(unknown));
        CHECK(answer.only().status_of("C:calendar-timezone-id") == 403);
        CHECK(answer.only().propstat_errors.at(403) == "C:valid-timezone");
    }
    CHECK(zones_of(server).only().text("C:calendar-timezone-id") == "Europe/Berlin");
}

TEST_CASE("RFC 7809 3.1.5: MKCALENDAR and extended MKCOL take the name of a time zone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto set = [](const std::string& properties) {
        return "<D:set><D:prop>" + properties + "</D:prop></D:set>";
    };
    CHECK(server
              .request("MKCALENDAR", "one/",
                       xml_body("C:mkcalendar", set(set_id("America/New_York"))))
              .status == 201);
    CHECK(server
              .request("MKCOL", "two/",
                       xml_body("D:mkcol", set("<D:resourcetype><D:collection/><C:calendar/>"
                                               "</D:resourcetype>" +
                                               set_timezone("Mine"))))
              .status == 201);
    CHECK(
        has(zones_of(server, "one/").only().text("C:calendar-timezone"), "TZID:America/New_York"));
    CHECK(zones_of(server, "two/").only().text("C:calendar-timezone-id") == "Mine");
    const Multistatus refused{server.request(
        "MKCALENDAR", "three/", xml_body("C:mkcalendar", set(set_id("Middle/Earth"))))};
    CHECK(refused.only().propstat_errors.at(403) == "C:valid-timezone");
    CHECK(server.propfind("three/", "D:resourcetype").status() == 404);
}

TEST_CASE("RFC 7809 3.1.6: a query with an unknown timezone-id fails with valid-timezone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply =
        server
            .report("calendar/", "C:calendar-query",
                    "<D:prop/><C:filter><C:comp-filter name=\"VCALENDAR\"/></C:filter>"
                    "<C:timezone-id>Middle/Earth</C:timezone-id>")
            .reply();
    CHECK(reply.status == 403);
    CHECK(precondition(reply) == "C:valid-timezone");
}

TEST_CASE("RFC 7809 3.1.3: a GET leaves standard time zones out, or puts them in, as it is asked") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto with = calendar(zone("Europe/Berlin") + in_zone("Europe/Berlin"));
    const auto without = calendar(in_zone("Europe/Berlin"));
    const auto mine = calendar(zone("Mine") + in_zone("Mine"));

    server.put("calendar/a.ics", with);
    CHECK(server.get("calendar/a.ics").body == with);
    CHECK(server.get("calendar/a.ics", by_reference).body == without);
    CHECK(server.get("calendar/a.ics", complete).body == with);
    CHECK(server.get("calendar/a.ics", {{"CalDAV-Timezones", "maybe"}}).body == with);

    server.put("calendar/a.ics", without);
    CHECK(server.get("calendar/a.ics").body == without);
    CHECK(server.get("calendar/a.ics", by_reference).body == without);
    const auto made = server.get("calendar/a.ics", complete).body;
    CHECK(has(made, "BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\n"));
    CHECK(made.ends_with(without.substr(without.find("BEGIN:VEVENT"))));

    server.put("calendar/a.ics", mine);
    CHECK(server.get("calendar/a.ics", by_reference).body == mine);
}

TEST_CASE("RFC 9110 8.8.3: data without their time zones have an ETag of their own") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto stored =
        server.put("calendar/a.ics", calendar(zone("Europe/Berlin") + in_zone("Europe/Berlin")));
    const auto full = server.get("calendar/a.ics");
    const auto less = server.get("calendar/a.ics", by_reference);
    CHECK(full.etag() == stored.etag());
    CHECK(is_variant(less.etag(), stored.etag(), "tz0"));
    CHECK(less.content_type() == full.content_type());
    CHECK(has(full.header("Vary").value_or(""), "CalDAV-Timezones"));
    CHECK(has(less.header("Vary").value_or(""), "CalDAV-Timezones"));
    CHECK(server.get("calendar/a.ics", complete).etag() == stored.etag());
    const auto head = server.head("calendar/a.ics", by_reference);
    CHECK(head.etag() == less.etag());
    CHECK(head.header("Content-Length") == std::to_string(less.body.size()));

    const auto unless = [&](const std::string& etag, Fields headers) {
        headers.emplace_back("If-None-Match", etag);
        return server.get("calendar/a.ics", headers);
    };
    CHECK(unless(less.etag(), by_reference).status == 304);
    CHECK(unless(less.etag(), by_reference).etag() == less.etag());
    CHECK(unless(stored.etag(), by_reference).status == 200);
    CHECK(unless(less.etag(), {}).status == 200);
    CHECK(unless(stored.etag(), {}).status == 304);
    CHECK(has(unless(stored.etag(), {}).header("Vary").value_or(""), "CalDAV-Timezones"));

    server.put("calendar/a.ics", calendar(in_zone("Europe/Berlin")));
    CHECK(is_variant(server.get("calendar/a.ics", complete).etag(),
                     server.get("calendar/a.ics").etag(), "tz1"));
}

TEST_CASE("RFC 7809 3.1.3: reports leave time zones out, or put them in, as they are asked") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto with = calendar(zone("Europe/Berlin") + in_zone("Europe/Berlin"));
    const auto without = calendar(in_zone("Europe/Berlin"));
    const std::string prop = "<D:prop><D:getetag/><C:calendar-data/></D:prop>";
    const std::string filter = "<C:filter><C:comp-filter name=\"VCALENDAR\"/></C:filter>";
    const std::array<std::pair<std::string, std::string>, 4> reports{{
        {"C:calendar-query", prop + filter},
        {"C:calendar-query", prop + filter + "<C:timezone-id>Asia/Tokyo</C:timezone-id>"},
        {"C:calendar-multiget",
         prop + "<D:href>" + server.calendars("calendar/a.ics") + "</D:href>"},
        {"D:sync-collection", "<D:sync-token/><D:sync-level>1</D:sync-level>" + prop},
    }};
    for (const auto& [root, inner] : reports) {
        CAPTURE(inner);
        server.put("calendar/a.ics", with);
        CHECK(data(server, root, inner, {}) == with);
        CHECK(data(server, root, inner, by_reference) == without);
        CHECK(data(server, root, inner, complete) == with);
        server.put("calendar/a.ics", without);
        CHECK(data(server, root, inner, {}) == without);
        CHECK(has(data(server, root, inner, complete), "TZID:Europe/Berlin\r\nBEGIN:STANDARD"));
    }
}

TEST_CASE("RFC 7809 3.1.2: calendar-no-timezone needs a time zone service, and we name none") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK_FALSE(has(server.request("OPTIONS", "calendar/").header("DAV").value_or(""),
                    "calendar-no-timezone"));
    CHECK(
        server.propfind("", "C:timezone-service-set").only().status_of("C:timezone-service-set") ==
        404);
}
