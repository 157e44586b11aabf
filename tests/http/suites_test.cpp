// What other people's suites and clients found (compliance/), each as a test of ours.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

const std::string in_july =
    "<C:filter><C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">"
    "<C:time-range start=\"20260701T000000Z\" end=\"20260801T000000Z\"/>"
    "</C:comp-filter></C:comp-filter></C:filter>";
const std::string etags = "<D:prop><D:getetag/></D:prop>";

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("whoever deletes the last calendar and address book finds empty ones in their place") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.put("calendar/a.ics", event("A")).status == 201);
    const auto before = server.propfind("calendar/", "D:sync-token").only().text("D:sync-token");
    for (const auto& path :
         {server.calendars("tasks/"), server.calendars("calendar/"), server.books("contacts/")})
        CHECK(server.erase(path).status == 204);

    CHECK(server.propfind("", "D:resourcetype", "1").hrefs() ==
          std::vector<std::string>{server.calendars(), server.calendars("calendar/"),
                                   server.calendars("inbox/"), server.calendars("outbox/")});
    CHECK(server.propfind(server.books(), "D:resourcetype", "1").size() == 2);
    CHECK(server.get("calendar/a.ics").status == 404);
    CHECK(server.put("calendar/a.ics", event("A")).status == 201);
    CHECK(server.propfind("calendar/", "D:sync-token").only().text("D:sync-token") != before);
}

TEST_CASE("a deleted calendar does not come back while another holds events") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server.request("MKCALENDAR", "work/").status == 201);
    CHECK(server.erase("calendar/").status == 204);
    CHECK(server.propfind("calendar/", "D:resourcetype").status() == 404);
}

TEST_CASE("RFC 4791 7.2: a report on a home is about the calendars in it, by its Depth") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice", "bob"};
    REQUIRE(server.request("MKCALENDAR", "work/").status == 201);
    REQUIRE(server.put("calendar/a.ics", event("A", std::string(one_hour), "uid-a")).status == 201);
    REQUIRE(server.put("work/b.ics", event("B", std::string(one_hour), "uid-b")).status == 201);

    CHECK(server.report("", "C:calendar-query", etags + in_july).hrefs() ==
          std::vector<std::string>{server.calendars("calendar/a.ics"),
                                   server.calendars("work/b.ics")});
    CHECK(server.report("", "C:calendar-query", etags + in_july, "0").size() == 0);
    const auto busy = server.request(
        "REPORT", "",
        xml_body("C:free-busy-query",
                 "<C:time-range start=\"20260701T000000Z\" end=\"20260801T000000Z\"/>"),
        {{"Depth", "1"}});
    CHECK(busy.status == 200);
    CHECK(contains(busy.body, "FREEBUSY;FBTYPE=BUSY:"));
    CHECK(
        server.as("bob").report(server.calendars(), "C:calendar-query", etags + in_july).status() ==
        404);
}

TEST_CASE("RFC 4791 9.8: the time zone of a query counts for what it expands too") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server
                .put("calendar/days.ics",
                     event("Days", "DTSTART;VALUE=DATE:20260714\nRRULE:FREQ=DAILY;COUNT=2\n"))
                .status == 201);
    const std::string range = "start=\"20260715T060000Z\" end=\"20260716T060000Z\"";
    const auto answer = server.report(
        "calendar/", "C:calendar-query",
        "<D:prop><C:calendar-data><C:expand " + range +
            "/></C:calendar-data></D:prop><C:filter><C:comp-filter name=\"VCALENDAR\">"
            "<C:comp-filter name=\"VEVENT\"><C:time-range " +
            range +
            "/></C:comp-filter></C:comp-filter></C:filter>"
            "<C:timezone-id>America/Los_Angeles</C:timezone-id>");
    const auto data = answer.only().text("C:calendar-data");
    // The 14th lasts until 07:00 UTC of the 15th there.
    CHECK(contains(data, "DTSTART;VALUE=DATE:20260714"));
    CHECK(contains(data, "DTSTART;VALUE=DATE:20260715"));
}

TEST_CASE(
    "RFC 6352 8.6.1: a limited query gives the first cards by name, whenever they were made") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    for (const std::string name : {"c", "a", "d", "b"})
        REQUIRE(server.put(server.books("contacts/" + name + ".vcf"), card(name)).status == 201);
    const auto answer =
        server.report(server.books("contacts/"), "CR:addressbook-query",
                      etags + "<CR:filter/><CR:limit><CR:nresults>2</CR:nresults></CR:limit>");
    CHECK(answer.hrefs() == std::vector<std::string>{server.books("contacts/"),
                                                     server.books("contacts/a.vcf"),
                                                     server.books("contacts/b.vcf")});
}

TEST_CASE(
    "RFC 9110 15.5.6: a 405 says what is allowed, and an address book home takes no MKCALENDAR") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto refused = server.put(server.principal(), event("A"));
    CHECK(refused.status == 405);
    CHECK(contains(refused.header("Allow").value_or(""), "PROPFIND"));
    CHECK(contains(server.request("OPTIONS", "").header("Allow").value_or(""), "MKCALENDAR"));
    CHECK(!contains(server.request("OPTIONS", server.books()).header("Allow").value_or(""),
                    "MKCALENDAR"));
}

TEST_CASE("RFC 4918 15.4: a calendar gets no dead property that looks like a live one of others") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto answer = server.proppatch("calendar/", "<D:getcontentlength>1</D:getcontentlength>");
    CHECK(answer.only().status_of("D:getcontentlength") == 403);
    CHECK(
        server.propfind("calendar/", "D:getcontentlength").only().status_of("D:getcontentlength") ==
        404);
}

TEST_CASE("RFC 4791 7.10: a stored VFREEBUSY counts as busy time") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    REQUIRE(server
                .put("calendar/busy.ics",
                     calendar("BEGIN:VFREEBUSY\nUID:busy\nDTSTAMP:20260101T000000Z\n"
                              "DTSTART:20260701T000000Z\nDTEND:20260702T000000Z\n"
                              "FREEBUSY:20260701T100000Z/PT1H\nEND:VFREEBUSY\n"))
                .status == 201);
    const auto busy = server.request(
        "REPORT", "calendar/",
        xml_body("C:free-busy-query",
                 "<C:time-range start=\"20260701T000000Z\" end=\"20260801T000000Z\"/>"));
    CHECK(contains(busy.body, "20260701T100000Z/PT1H"));
}
