// What a calendar accepts, and how it refuses the rest: RFC 4791 4.1, 5.3.2.1.

#include "support/samples.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

using namespace kalends::test;

namespace {

/// Status and precondition of a PUT that must store nothing.
std::string refusal(TestServer& server, const std::string& body,
                    const std::string& path = "calendar/refused.ics", const Fields& headers = {}) {
    const auto reply = server.put(path, body, headers);
    CHECK(reply.etag().empty());
    CHECK(server.get(path).status == 404);
    return std::to_string(reply.status) + " " + precondition(reply);
}

}  // namespace

TEST_CASE("RFC 4791 5.3.2.1: supported-calendar-data: only iCalendar 2.0 is stored") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string expected = "403 C:supported-calendar-data";
    CHECK(refusal(server, event("A"), "calendar/a.txt", {{"Content-Type", "text/plain"}}) ==
          expected);
    CHECK(refusal(server, event("A"), "calendar/a.json", {{"Content-Type", "application/json"}}) ==
          expected);
    CHECK(refusal(server, card("A"), "calendar/a.vcf", {{"Content-Type", "text/vcard"}}) ==
          expected);
    CHECK(refusal(server, card("A"), "calendar/a.vcf", {{"Content-Type", "text/calendar"}}) ==
          expected);
    auto old = event("A");
    old.replace(old.find("VERSION:2.0"), 11, "VERSION:1.0");
    CHECK(refusal(server, old) == expected);
}

TEST_CASE("RFC 4791 5.3.2.1: valid-calendar-data: what is not iCalendar is refused") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string expected = "403 C:valid-calendar-data";
    const auto good = event("A");
    for (const auto& body :
         {std::string("x"), std::string("BEGIN:VCALENDAR\r\n"), good.substr(0, good.size() - 20),
          event("A", "DTSTART:20261301T000000Z\n"), event("A", "DTSTART:tomorrow\n"),
          event("A", "DTSTART:20260101T000000Z\nRRULE:FREQ=SOMETIMES\n"),
          event("A", "DTSTART:20260101T000000Z\nDTSTART:20260102T000000Z\n"),
          event("A", "DTSTART:20260101T000000Z\nDURATION:yes\n"),
          event("A", "DTSTART:20260101T000000Z\nno colon here\n"),
          calendar("BEGIN:VEVENT\nUID:a\nDTSTAMP:20260101T000000Z\nEND:VTODO\n")}) {
        CAPTURE(body);
        CHECK(refusal(server, body) == expected);
    }
}

TEST_CASE("RFC 4791 4.1: valid-calendar-object-resource: one object, one UID, no METHOD") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const std::string expected = "403 C:valid-calendar-object-resource";
    const auto component = [](const std::string& kind, const std::string& uid,
                              const std::string& lines = "") {
        return "BEGIN:" + kind + "\nUID:" + uid +
               "\nDTSTAMP:20260101T000000Z\nDTSTART:20260101T000000Z\n" + lines + "END:" + kind +
               "\n";
    };
    auto with_method = event("A");
    with_method.insert(with_method.find("PRODID"), "METHOD:REQUEST\r\n");
    for (const auto& body :
         {with_method, calendar(component("VEVENT", "a") + component("VEVENT", "b")),
          calendar(component("VEVENT", "a") + component("VTODO", "a")),
          calendar(component("VEVENT", "a") + component("VEVENT", "a")), calendar(""),
          event("A") + event("B"),
          calendar("BEGIN:VTIMEZONE\nTZID:X\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
                   "TZOFFSETFROM:+0000\nTZOFFSETTO:+0000\nEND:STANDARD\nEND:VTIMEZONE\n")}) {
        CAPTURE(body);
        const auto answer = refusal(server, body);
        // Two objects in one body may also count as data that can't be parsed.
        CHECK((answer == expected || (body.find("END:VCALENDAR") != body.rfind("END:VCALENDAR") &&
                                      answer == "403 C:valid-calendar-data")));
    }
    const auto without_uid =
        calendar("BEGIN:VEVENT\nDTSTAMP:20260101T000000Z\nDTSTART:20260101T000000Z\nEND:VEVENT\n");
    const auto answer = refusal(server, without_uid);
    CHECK((answer == expected || answer == "403 C:valid-calendar-data"));
}

TEST_CASE("RFC 4791 5.3.2.1: supported-calendar-component: a task list takes no events") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(refusal(server, event("A"), "tasks/a.ics") == "403 C:supported-calendar-component");
    CHECK(server.put("tasks/t.ics", todo("T")).status == 201);
    CHECK(server.get("tasks/t.ics").content_type().find("component=vtodo") != std::string::npos);
    CHECK(server.put("calendar/t.ics", todo("T")).status == 201);
    CHECK(server
              .put("calendar/j.ics", calendar("BEGIN:VJOURNAL\nUID:j\nDTSTAMP:20260101T000000Z\n"
                                              "SUMMARY:J\nEND:VJOURNAL\n"))
              .status == 201);
    CHECK(refusal(server, calendar("BEGIN:VPOLL\nUID:p\nDTSTAMP:20260101T000000Z\nEND:VPOLL\n"))
              .starts_with("403 C:"));
}

TEST_CASE("RFC 4791 5.3.2.1: no-uid-conflict: the answer names the object that has the UID") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    server.put("calendar/first%20one.ics", event("A", one_hour, "same"));
    const auto reply = server.put("calendar/second.ics", event("B", one_hour, "same"));
    CHECK(reply.status == 403);
    CHECK(precondition(reply) == "C:no-uid-conflict");
    CHECK(precondition_href(reply) == server.calendars("calendar/first%20one.ics"));
    CHECK(server.get("calendar/second.ics").status == 404);
    CHECK(server.put("tasks/other.ics", todo("T", "", "same")).status ==
          201);  // another collection

    server.put("calendar/third.ics", event("C", one_hour, "other"));
    const auto changed = server.put("calendar/third.ics", event("C", one_hour, "new"));
    CHECK(changed.status == 403);
    CHECK(precondition(changed) == "C:no-uid-conflict");
    CHECK(server.get("calendar/third.ics").body == event("C", one_hour, "other"));

    server.erase("calendar/first%20one.ics");
    CHECK(server.put("calendar/second.ics", event("B", one_hour, "same")).status == 201);
}

TEST_CASE(
    "RFC 4791 5.3.2.1: max-resource-size: what is too large is refused with its precondition") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.max_resource_size = 20'000;
    TestServer server{{"alice"}, config};
    CHECK(server.propfind("calendar/", "C:max-resource-size").only().text("C:max-resource-size") ==
          "20000");
    std::string lines(one_hour);
    while (lines.size() < 19'000) lines += "COMMENT:" + std::string(60, 'x') + "\n";
    CHECK(server.put("calendar/fits.ics", event("Fits", lines)).status == 201);
    CHECK(refusal(server, event("Large", lines + lines)) == "403 C:max-resource-size");
    CHECK(refusal(server, card("Large", "NOTE:" + std::string(30'000, 'x') + "\n"),
                  server.books("contacts/large.vcf")) == "403 CR:max-resource-size");
}

TEST_CASE(
    "a body above the limit of all bodies is refused before it is read: 413, or the precondition") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto reply = server.put("calendar/a.ics", std::string(25'000'000, 'x'));
    CHECK((reply.status == 413 || precondition(reply) == "C:max-resource-size"));
    CHECK(server.propfind("calendar/", "D:getetag").status() == 207);
}

TEST_CASE("RFC 4791 5.3.2.1: max-attendees-per-instance") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.max_attendees = 3;
    TestServer server{{"alice"}, config};
    const std::string person = "ATTENDEE:mailto:a@example.com\n";
    const std::string organizer = "ORGANIZER:mailto:alice@example.com\n";
    CHECK(server
              .put("calendar/a.ics",
                   event("A", std::string(one_hour) + organizer + person + person + person))
              .status == 201);
    CHECK(refusal(server, event("B", std::string(one_hour) + organizer + person + person + person +
                                         person)) == "403 C:max-attendees-per-instance");
}

TEST_CASE("RFC 4791 5.3.2.1: max-instances bounds the changed instances of an event") {
    REQUIRE_POSTGRESQL();
    auto config = test_config();
    config.dav.max_instances = 3;
    TestServer server{{"alice"}, config};
    const std::string head = "BEGIN:VEVENT\nUID:s\nDTSTAMP:20260101T000000Z\n";
    std::string components = head + "DTSTART:20260105T100000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n";
    for (const std::string day : {"06", "07", "08"})
        components += head + "RECURRENCE-ID:202601" + day + "T100000Z\nDTSTART:202601" + day +
                      "T120000Z\nEND:VEVENT\n";
    CHECK(server.put("calendar/s.ics", calendar(components)).status == 201);
    components += head + "RECURRENCE-ID:20260109T100000Z\nDTSTART:20260109T120000Z\nEND:VEVENT\n";
    CHECK(refusal(server, calendar(components)) == "403 C:max-instances");
}

TEST_CASE("RFC 4791 4.1: a recurring event and its overrides are one object") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    const auto body = calendar(R"(
BEGIN:VEVENT
UID:series
DTSTAMP:20260101T000000Z
DTSTART:20260105T090000Z
DURATION:PT1H
RRULE:FREQ=WEEKLY;COUNT=10
SUMMARY:Weekly
END:VEVENT
BEGIN:VEVENT
UID:series
DTSTAMP:20260101T000000Z
RECURRENCE-ID:20260112T090000Z
DTSTART:20260112T100000Z
DURATION:PT1H
SUMMARY:Later
END:VEVENT
)");
    CHECK(server.put("calendar/s.ics", body).status == 201);
    CHECK(server.get("calendar/s.ics").body == body);
    auto only_override = body;
    only_override.erase(body.find("BEGIN:VEVENT"),
                        body.rfind("BEGIN:VEVENT") - body.find("BEGIN:VEVENT"));
    CHECK(server.put("calendar/o.ics", only_override).status == 403);  // the UID is taken
    server.erase("calendar/s.ics");
    CHECK(server.put("calendar/o.ics", only_override).status == 201);
}

TEST_CASE("RFC 7809 3.1.4: a time zone that nobody can tell is refused with valid-timezone") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    CHECK(refusal(server, event("A", "DTSTART;TZID=Nowhere/At_all:20260101T000000\n")) ==
          "403 C:valid-timezone");
}

TEST_CASE("RFC 7809: a TZID that tzdata or Windows knows needs no VTIMEZONE") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    int number = 0;
    for (const std::string zone :
         {"Europe/Prague", "America/New_York", "W. Europe Standard Time"}) {
        CAPTURE(zone);
        const auto name = std::to_string(number++);
        CHECK(server
                  .put("calendar/" + name + ".ics",
                       event(name, "DTSTART;TZID=" + zone + ":20260710T100000\nDURATION:PT1H\n"))
                  .status == 201);
    }
}

TEST_CASE("what clients call iCalendar in odd ways is stored all the same") {
    REQUIRE_POSTGRESQL();
    TestServer server{"alice"};
    int number = 0;
    for (const std::string type :
         {"text/calendar", "TEXT/CALENDAR;charset=UTF-8",
          "text/calendar; component=VEVENT; charset=\"utf-8\"", "application/octet-stream"}) {
        CAPTURE(type);
        const auto name = std::to_string(number++);
        CHECK(
            server.put("calendar/" + name + ".ics", event(name), {{"Content-Type", type}}).status ==
            201);
    }
}
