#include "ical/availability.hpp"
#include "ical/spans.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends::ical;
using namespace kalends::ical::testing;

namespace {

const std::string montreal = ";TZID=America/Montreal:";
const std::string denver = ";TZID=America/Denver:";

std::string available(const std::string& lines) {
    return "BEGIN:AVAILABLE\nUID:" + std::to_string(lines.size()) + "\n" + lines +
           "END:AVAILABLE\n";
}

std::string availability(const std::string& lines) {
    return "BEGIN:VAVAILABILITY\nUID:1\n" + lines + "END:VAVAILABILITY\n";
}

/// A character for each two hours of the day that begins at `from`, as the tables of RFC 7953 5.1.
std::string slots(const std::string& calendar, UtcTime from,
                  const std::string& floating = "America/Montreal") {
    FreeBusy busy(from, from + std::chrono::hours{24});
    Budget budget;
    add_availability(busy, parse(vcalendar(calendar)), zone(floating), budget);
    std::string row(12, 'F');
    for (const BusyPeriod& period : busy.merged()) {
        const auto first = (period.start - from) / std::chrono::hours{2};
        const auto last = (period.end - from) / std::chrono::hours{2};
        const char kind = period.kind == Busy::busy          ? 'B'
                          : period.kind == Busy::unavailable ? 'U'
                                                             : 'T';
        for (auto i = first; i < last; ++i) {
            CHECK(row[static_cast<std::size_t>(i)] == 'F');  // each moment is of one kind
            row[static_cast<std::size_t>(i)] = kind;
        }
    }
    return row;
}

/// Midnight in Montreal.
UtcTime day(const std::string& date) {
    return zone("America/Montreal").to_utc(local(date + "T000000"));
}

const std::string base =
    availability("DTSTART" + montreal + "20111002T000000\n" +
                 available("DTSTART" + montreal + "20111002T080000\nDTEND" + montreal +
                           "20111002T180000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\n"));

std::string refusal(const std::string& lines) {
    try {
        accept_availability(vcalendar(lines));
        return "";
    } catch (const ObjectError& error) {
        return error.what();
    }
}

}  // namespace

// The RFC calls 6 November 2011 a Monday; the Monday is the 7th.
TEST_CASE("RFC 7953 5.1.1: outside of working hours one is unavailable") {
    CHECK(slots(base, day("20111107")) == "UUUUFFFFFUUU");
    CHECK(slots(base, day("20111106")) == "UUUUUUUUUUUU");
}

TEST_CASE("RFC 7953 5.1.2: a component of higher priority takes the place of the base") {
    const std::string week = availability(
        "DTSTART" + denver + "20111023T000000\nDTEND" + denver + "20111030T000000\nPRIORITY:1\n" +
        available("DTSTART" + denver + "20111023T080000\nDTEND" + denver +
                  "20111023T180000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR\n"));
    CHECK(slots(base + week, day("20111024")) == "UUUUUFFFFFUU");
    CHECK(slots(week + base, day("20111024")) == "UUUUUFFFFFUU");
    CHECK(slots(base + week, day("20111031")) == "UUUUFFFFFUUU");
}

TEST_CASE("RFC 7953 3.1: the example of a main and a branch office") {
    const std::string offices = availability(
        "DTSTART" + montreal + "20111002T000000\nDTEND" + montreal + "20111202T000000\n" +
        available("DTSTART" + montreal + "20111002T100000\nDTEND" + montreal +
                  "20111002T160000\nRRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH\n") +
        available("DTSTART" + montreal + "20111007T100000\nDTEND" + montreal +
                  "20111007T120000\nRRULE:FREQ=WEEKLY\n"));
    CHECK(slots(offices, day("20111006")) == "UUUUUFFFUUUU");
    CHECK(slots(offices, day("20111014")) == "UUUUUFUUUUUU");
    CHECK(slots(offices, day("20111202")) == "FFFFFFFFFFFF");  // it speaks of no such day
    CHECK(slots(offices, day("20110930")) == "FFFFFFFFFFFF");
}

TEST_CASE("RFC 7953 4: priorities 0, 9, … 1; of one priority BUSY wins, and all AVAILABLE count") {
    struct Row {
        const char* what;
        std::string calendar;
        const char* slots;
    };
    const auto part = [](const std::string& hours, const std::string& lines) {
        return availability("DTSTART:20260105T" + hours.substr(0, 2) + "0000Z\nDTEND:20260105T" +
                            hours.substr(2, 2) + "0000Z\n" + lines);
    };
    const auto free = [](const std::string& hours) {
        return available("DTSTART:20260105T" + hours.substr(0, 2) + "0000Z\nDTEND:20260105T" +
                         hours.substr(2, 2) + "0000Z\n");
    };
    const Row rows[] = {
        {"nothing said", "", "FFFFFFFFFFFF"},
        {"unbounded", availability(""), "UUUUUUUUUUUU"},
        {"from a start on", availability("DTSTART:20260105T120000Z\n"), "FFFFFFUUUUUU"},
        {"until an end", availability("DTEND:20260105T120000Z\n"), "UUUUUUFFFFFF"},
        {"a length", availability("DTSTART:20260105T120000Z\nDURATION:PT4H\n"), "FFFFFFUUFFFF"},
        {"busy types",
         part("0004", "BUSYTYPE:BUSY\n") + part("0408", "BUSYTYPE:busy-tentative\n") +
             part("0812", "BUSYTYPE:X-AWAY\n") + part("1216", ""),
         "BBTTBBUUFFFF"},
        {"0 is below 9",
         part("0008", "PRIORITY:0\nBUSYTYPE:BUSY\n" + free("0208")) +
             part("0006", "PRIORITY:9\n" + free("0004")),
         "FFUFFFFFFFFF"},
        {"1 is above 2",
         part("0008", "PRIORITY:1\nBUSYTYPE:BUSY\n") +
             part("0412", "PRIORITY:2\n" + free("0606") + free("1012")),
         "BBBBUFFFFFFF"},
        {"what a lower one allows a higher one may deny",
         part("0012", free("0012")) + part("0408", "PRIORITY:5\n"), "FFUUFFFFFFFF"},
        {"what a lower one denies a higher one may allow",
         part("0012", "") + part("0408", "PRIORITY:5\n" + free("0408")), "UUFFUUFFFFFF"},
        {"one priority, kinds overlap",
         part("0008", "BUSYTYPE:BUSY-TENTATIVE\n") + part("0612", "") +
             part("1016", "BUSYTYPE:BUSY\n"),
         "TTTUUBBBFFFF"},
        {"one priority, available in either",
         part("0012", free("0004")) + part("0012", free("0406")), "FFFUUUFFFFFF"},
        {"AVAILABLE beyond its component", part("0408", free("0022")), "FFFFFFFFFFFF"},
        {"AVAILABLE without an end", part("0012", available("DTSTART:20260105T060000Z\n")),
         "UUUFFFFFFFFF"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        CHECK(slots(row.calendar, utc("20260105T000000Z")) == row.slots);
    }
}

TEST_CASE("RFC 7953 3.1: AVAILABLE recurs as events do: RDATE, EXDATE, overrides") {
    const std::string series =
        availability(available("DTSTART:20260105T080000Z\nDURATION:PT4H\nRRULE:FREQ=DAILY\n"
                               "RDATE:20260107T200000Z\nEXDATE:20260106T080000Z\n") +
                     "BEGIN:AVAILABLE\nUID:" + std::to_string(102) + "\nEND:AVAILABLE\n");
    CHECK(slots(series, utc("20260105T000000Z")) == "UUUUFFUUUUUU");
    CHECK(slots(series, utc("20260106T000000Z")) == "UUUUUUUUUUUU");
    CHECK(slots(series, utc("20260107T000000Z")) == "UUUUFFUUUUFF");

    const std::string moved =
        "BEGIN:VAVAILABILITY\nUID:1\nBEGIN:AVAILABLE\nUID:a\nDTSTART:20260105T080000Z\n"
        "DTEND:20260105T120000Z\nRRULE:FREQ=DAILY\nEND:AVAILABLE\n"
        "BEGIN:AVAILABLE\nUID:a\nRECURRENCE-ID:20260106T080000Z\nDTSTART:20260106T120000Z\n"
        "DTEND:20260106T180000Z\nEND:AVAILABLE\nEND:VAVAILABILITY\n";
    CHECK(slots(moved, utc("20260105T000000Z")) == "UUUUFFUUUUUU");
    CHECK(slots(moved, utc("20260106T000000Z")) == "UUUUUUFFFUUU");
}

TEST_CASE("floating times of an availability are read in the zone that is given") {
    const std::string floating =
        availability(available("DTSTART:20260105T080000\nDURATION:PT8H\nRRULE:FREQ=DAILY\n"));
    CHECK(slots(floating, utc("20260105T000000Z"), "Europe/Athens") == "UUUFFFFUUUUU");
    CHECK(slots(floating, utc("20260105T000000Z"), "Etc/UTC") == "UUUUFFFFUUUU");
}

TEST_CASE("RFC 7953 8: availability that costs too much is not computed") {
    FreeBusy busy(utc("20260101T000000Z"), utc("20260201T000000Z"));
    Budget budget(100'000);
    const auto calendar = parse(vcalendar(
        availability(available("DTSTART:20260101T000000Z\nDURATION:PT1S\nRRULE:FREQ=SECONDLY\n"))));
    CHECK_THROWS_AS(add_availability(busy, calendar, *Zone::utc(), budget), TooExpensive);
}

TEST_CASE("RFC 7953 7.2.4: what a calendar-availability may be") {
    struct Row {
        std::string lines;
        const char* refusal;  ///< empty: it is accepted
    };
    const std::string hours = available("DTSTART:20260105T080000Z\nDTEND:20260105T160000Z\n");
    const Row rows[] = {
        {availability(hours), ""},
        {availability(""), ""},
        {availability("DTSTART:20260105T080000Z\nDURATION:P7D\nPRIORITY:9\nBUSYTYPE:BUSY\n"), ""},
        {"", "line 1: there is no VAVAILABILITY"},
        {availability("") + availability(""), "line 7: a second VAVAILABILITY"},
        {availability("") + "BEGIN:VEVENT\nUID:2\nDTSTART:20260105T080000Z\nEND:VEVENT\n",
         "line 7: VEVENT is beside VAVAILABILITY"},
        {"BEGIN:VAVAILABILITY\nEND:VAVAILABILITY\n", "line 4: VAVAILABILITY has no UID"},
        {availability("PRIORITY:10\n"), "line 6: PRIORITY is a number from 0 to 9"},
        {availability("PRIORITY:-1\n"), "line 6: PRIORITY is a number from 0 to 9"},
        {availability("BUSYTYPE:FREE\n"), "line 6: BUSYTYPE cannot be FREE"},
        {availability("BUSYTYPE:BUSY\nBUSYTYPE:BUSY\n"),
         "line 7: BUSYTYPE is there twice in VAVAILABILITY"},
        {availability("DURATION:PT1H\n"), "line 6: DURATION must not be without DTSTART"},
        {availability("DTSTART:20260105T080000Z\nDTEND:20260105T070000Z\n"),
         "line 7: DTEND is before DTSTART"},
        {availability("DTSTART;VALUE=DATE:20260105\n"), "line 6: DTSTART must have a time of day"},
        {availability(available("DTSTART:20260105T080000Z\nDTEND:20260105T090000Z\n"
                                "DURATION:PT1H\n")),
         "line 9: AVAILABLE has both DTEND and DURATION"},
        {availability("BEGIN:AVAILABLE\nUID:2\nEND:AVAILABLE\n"),
         "line 6: AVAILABLE has no DTSTART"},
        {availability("BEGIN:VALARM\nTRIGGER:-PT1H\nEND:VALARM\n"),
         "line 6: VALARM is in VAVAILABILITY"},
        {availability(available("DTSTART:20260105T080000Z\nRRULE:FREQ=NEVER\nDURATION:PT1H\n")),
         "line 9: RRULE"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.lines);
        const std::string refused = refusal(row.lines);
        CHECK(
            (refused == row.refusal || (*row.refusal != '\0' && refused.starts_with(row.refusal))));
        CAPTURE(refused);
        CHECK(refused.empty() == (*row.refusal == '\0'));
    }
    CHECK(refusal(availability(available("DTSTART:20260101T000000Z\nDURATION:PT1S\n"
                                         "RRULE:FREQ=SECONDLY\n"))) != "");
    std::string many;
    for (std::size_t i = 0; i <= max_available; ++i) many += hours;
    CHECK(refusal(availability(many)).find("more than 500 AVAILABLE") != std::string::npos);
}

TEST_CASE("spans: sets of moments") {
    const auto at = [](int n) { return UtcTime{std::chrono::seconds{n}}; };
    const auto span = [&](int a, int b) { return Span{at(a), at(b)}; };
    CHECK(united({span(5, 7), span(1, 2), span(2, 3), span(6, 9), span(4, 4)}) ==
          Spans{span(1, 3), span(5, 9)});
    CHECK(without({span(0, 10), span(12, 20)}, {span(2, 3), span(5, 14), span(18, 30)}) ==
          Spans{span(0, 2), span(3, 5), span(14, 18)});
    CHECK(without({span(0, 10)}, {}) == Spans{span(0, 10)});
    CHECK(without({span(3, 4), span(6, 7)}, {span(0, 10)}).empty());
}
