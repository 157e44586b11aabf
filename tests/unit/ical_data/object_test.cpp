#include "ical/object.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends;
using test::calendar;
using test::event;

namespace {

ical::CalendarObject inspect(const std::string& components) {
    return ical::inspect(ical::parse(calendar(components)));
}

std::string refusal(const std::string& components) {
    try {
        inspect(components);
    } catch (const ical::ObjectError& error) {
        CHECK(error.fault() == ical::Fault::valid_calendar_object_resource);
        return error.what();
    }
    return "accepted";
}

const std::string start = "DTSTART:20260105T100000Z\r\n";

}  // namespace

TEST_CASE("RFC 4791 4.1: a master and its overrides are one object") {
    const auto object =
        inspect(event("DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nRRULE:FREQ=DAILY\r\n"
                      "ORGANIZER:mailto:a@x\r\nATTENDEE:mailto:a@x\r\nATTENDEE:mailto:b@x\r\n") +
                event("RECURRENCE-ID:20260106T100000Z\r\nDTSTART:20260107T100000Z\r\n"
                      "ATTENDEE:mailto:a@x\r\n") +
                event("RECURRENCE-ID:20260108T100000Z\r\nDTSTART;VALUE=DATE:20251231\r\n"));
    CHECK(object.component == "VEVENT");
    CHECK(object.uid == "u1");
    CHECK(object.organizer == "mailto:a@x");
    CHECK(object.recurs);
    CHECK(object.overrides == 2);
    CHECK(object.attendees == 2);
    CHECK(object.earliest == "20251231");
    CHECK(object.latest == "20260108T100000");
}

TEST_CASE("RFC 4791 4.1: overrides may stand without their master") {
    CHECK(refusal(event("RECURRENCE-ID:20260106T100000Z\r\n" + start)) == "accepted");
}

TEST_CASE("RFC 4791 4.1: a stored object has one kind of component") {
    CHECK(refusal(event(start) + test::component("VTODO", "")) ==
          "line 9: VTODO and VEVENT cannot be in the same object");
    CHECK(refusal(test::zone("Z") + event(start) + "BEGIN:X-EXTRA\r\nEND:X-EXTRA\r\n") ==
          "accepted");
    CHECK(refusal(test::zone("Z")) ==
          "line 1: the calendar has no component to store (VEVENT, VTODO, …)");
}

TEST_CASE("RFC 4791 4.1: a stored object has one UID, which is not empty") {
    CHECK(refusal(event(start) +
                  "BEGIN:VEVENT\r\nUID:u2\r\nRECURRENCE-ID:20260106\r\nEND:VEVENT\r\n") ==
          "line 10: UID differs from that of the component before");
    CHECK(refusal("BEGIN:VEVENT\r\n" + start + "END:VEVENT\r\n") == "line 4: VEVENT has no UID");
    CHECK(refusal("BEGIN:VEVENT\r\nUID: \r\nEND:VEVENT\r\n") == "line 4: VEVENT has no UID");
}

TEST_CASE("RFC 4791 4.1: a stored object has no METHOD") {
    CHECK(refusal("METHOD:REQUEST\r\n" + event(start)) ==
          "line 4: METHOD is for messages, a stored object has none");
}

TEST_CASE("RFC 4791 4.1: an instance is described once") {
    CHECK(refusal(event(start) + event(start)) == "line 9: a second VEVENT without RECURRENCE-ID");
    const std::string other = event("RECURRENCE-ID:20260106T100000Z\r\n" + start);
    CHECK(refusal(event(start) + other + other) ==
          "line 18: RECURRENCE-ID 20260106T100000Z is there twice");
}

TEST_CASE("the time zones of an object are known, and which have no VTIMEZONE") {
    const auto object = inspect(test::zone("Own\\, with comma") +
                                event("DTSTART;TZID=\"Own, with comma\":20260105T100000\r\n"
                                      "DTEND;TZID=Europe/Berlin:20260105T110000\r\n"
                                      "EXDATE;TZID=Europe/Berlin:20260106T100000\r\n"));
    CHECK(object.time_zones == std::vector<std::string>{"Own, with comma", "Europe/Berlin"});
    CHECK(object.missing_zones == std::vector<std::string>{"Europe/Berlin"});
}
