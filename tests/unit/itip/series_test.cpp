// Instances by key, and components of their own for them.
#include "itip/series.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using namespace std::chrono_literals;

namespace {

std::string in_calendar(const std::string& components) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//EN\r\n" + components +
           "END:VCALENDAR\r\n";
}

std::string event(const std::string& lines) {
    return "BEGIN:VEVENT\r\nUID:u\r\nDTSTAMP:20260101T000000Z\r\n" + lines + "END:VEVENT\r\n";
}

const std::string daily_in_berlin =
    event("DTSTART;TZID=Europe/Berlin:20260328T120000\r\nDTEND;TZID=Europe/Berlin:20260328T130000"
          "\r\nRRULE:FREQ=DAILY;COUNT=5\r\nEXDATE;TZID=Europe/Berlin:20260330T120000\r\n");

itip::InstanceKey utc_key(const char* text) {
    return {ical::UtcTime{ical::parse_date_time(text)->local.time_since_epoch()}, false, false};
}

itip::InstanceKey date_key(const char* text) {
    return {ical::UtcTime{ical::parse_date(text)->local.time_since_epoch()}, true, false};
}

}  // namespace

TEST_CASE("RFC 5545 3.8.4.4: an override is found by the moment, however it is spelled") {
    const struct {
        const char* recurrence_id;
        itip::InstanceKey key;
    } cases[] = {
        {"RECURRENCE-ID;TZID=Europe/Berlin:20260329T120000", utc_key("20260329T100000Z")},
        {"RECURRENCE-ID:20260329T100000Z", utc_key("20260329T100000Z")},
        {"RECURRENCE-ID;TZID=America/New_York:20260329T060000", utc_key("20260329T100000Z")},
        {"RECURRENCE-ID;VALUE=DATE:20260329", date_key("20260329")},
        {"RECURRENCE-ID:20260329T120000", {utc_key("20260329T120000").start, false, true}},
    };
    for (const auto& each : cases) {
        CAPTURE(each.recurrence_id);
        const itip::Series series(
            in_calendar(daily_in_berlin + event(std::string(each.recurrence_id) + "\r\n")));
        CHECK(series.override_of(each.key) != nullptr);
        CHECK(series.overrides() == std::vector{each.key});
        CHECK(series.master() != nullptr);
        CHECK(series.master() != series.override_of(each.key));
    }
}

TEST_CASE("a RECURRENCE-ID or a start that is no date is refused") {
    CHECK_THROWS_AS(itip::Series(in_calendar(event("RECURRENCE-ID:soon\r\n"))), ical::ValueError);
    CHECK_THROWS_AS(itip::Series(in_calendar(event("DTSTART:soon\r\n"))), ical::ValueError);
    CHECK_THROWS_AS(itip::Series("BEGIN:VCALENDAR\r\n"), ical::ParseError);
}

TEST_CASE("which instances there are") {
    const itip::Series series(in_calendar(daily_in_berlin));
    ical::Budget budget;
    CHECK(series.recurs());
    CHECK(series.has_instance(utc_key("20260328T110000Z"), budget));
    CHECK(series.has_instance(utc_key("20260329T100000Z"), budget));
    CHECK_FALSE(series.has_instance(utc_key("20260329T110000Z"), budget));
    CHECK_FALSE(series.has_instance(utc_key("20260330T100000Z"), budget));
    CHECK(series.is_excluded(utc_key("20260330T100000Z")));
    CHECK_FALSE(series.has_instance(date_key("20260329"), budget));
    const auto all = series.instances(utc_key("20260329T000000Z").start,
                                      utc_key("20270101T000000Z").start, budget, 100);
    CHECK(all == std::vector{utc_key("20260329T100000Z"), utc_key("20260331T100000Z"),
                             utc_key("20260401T100000Z")});
}

TEST_CASE("instances of all-day, single and only due components") {
    ical::Budget budget;
    const itip::Series all_day(
        in_calendar(event("DTSTART;VALUE=DATE:20260328\r\nRRULE:FREQ=WEEKLY\r\n")));
    CHECK(all_day.has_instance(date_key("20260404"), budget));
    CHECK_FALSE(all_day.has_instance(date_key("20260405"), budget));
    const itip::Series single(in_calendar(event("DTSTART:20260328T110000Z\r\n")));
    CHECK_FALSE(single.recurs());
    CHECK(single.has_instance(utc_key("20260328T110000Z"), budget));
    const itip::Series due(in_calendar(
        "BEGIN:VTODO\r\nUID:u\r\nDUE:20260328T110000Z\r\nRRULE:FREQ=DAILY\r\nEND:VTODO\r\n"));
    CHECK(due.kind() == "VTODO");
    CHECK(due.has_instance(utc_key("20260329T110000Z"), budget));
}

TEST_CASE("an endless rule costs no more than it may") {
    const itip::Series series(
        in_calendar(event("DTSTART:20260328T110000Z\r\nRRULE:FREQ=SECONDLY\r\n")));
    ical::Budget budget(1000);
    CHECK_THROWS_AS(series.instances(ical::beginning_of_time, ical::end_of_time, budget, 1'000'000),
                    ical::TooExpensive);
}

TEST_CASE("a component for one instance keeps the length over a change of clocks") {
    const itip::Series series(in_calendar(daily_in_berlin));
    const auto part = series.derive(utc_key("20260329T100000Z"));
    CHECK(part.line("RRULE") == nullptr);
    CHECK(part.line("EXDATE") == nullptr);
    CHECK(part.value("DTSTART") == "20260329T120000");
    CHECK(part.value("DTEND") == "20260329T130000");
    CHECK(part.line("DTEND")->parameter("TZID") == "Europe/Berlin");
    CHECK(part.value("RECURRENCE-ID") == "20260329T120000");
    CHECK(part.line("RECURRENCE-ID")->parameter("TZID") == "Europe/Berlin");
}

TEST_CASE("a component for one instance of an all-day series") {
    const itip::Series series(in_calendar(event(
        "DTSTART;VALUE=DATE:20260328\r\nDTEND;VALUE=DATE:20260330\r\nRRULE:FREQ=WEEKLY\r\n")));
    const auto part = series.derive(date_key("20260404"));
    CHECK(part.value("DTEND") == "20260406");
    CHECK(series.written(date_key("20260404")) == ";VALUE=DATE:20260404");
}

TEST_CASE("EXDATEs come and go in the form of the master's start") {
    itip::Series series(in_calendar(daily_in_berlin));
    const auto key = utc_key("20260329T100000Z");
    series.exclude(key);
    series.exclude(key);
    CHECK(series.text().find("EXDATE;TZID=Europe/Berlin:20260329T120000\r\n") != std::string::npos);
    CHECK(series.excluded().size() == 2);
    series.readmit({utc_key("20260330T100000Z")});
    CHECK(series.excluded() == std::set{key});
    series.readmit({key});
    CHECK(series.master()->line("EXDATE") == nullptr);
}

TEST_CASE("of a list of EXDATEs only the one is taken out") {
    itip::Series series(in_calendar(event(
        "DTSTART:20260328T110000Z\r\nRRULE:FREQ=DAILY\r\nEXDATE:20260329T110000Z,20260330T110000Z"
        "\r\n")));
    series.readmit({utc_key("20260329T110000Z")});
    CHECK(series.master()->value("EXDATE") == "20260330T110000Z");
}

TEST_CASE("components are put in the place of those for the same instance") {
    itip::Series series(in_calendar(daily_in_berlin));
    const auto key = utc_key("20260329T100000Z");
    auto part = series.derive(key);
    part.set("SUMMARY", "first");
    series.put(part);
    part.set("SUMMARY", "second");
    series.put(part);
    CHECK(series.overrides().size() == 1);
    CHECK(series.override_of(key)->value("SUMMARY") == "second");
    series.remove_override(key);
    CHECK(series.override_of(key) == nullptr);
    CHECK(series.master() != nullptr);
}

TEST_CASE("zones are brought along and dropped") {
    const std::string zone =
        "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    const itip::Series other(in_calendar(zone + event("DTSTART;TZID=Mine:20260328T120000\r\n")));
    CHECK(other.start() == utc_key("20260328T090000Z"));
    itip::Series series(in_calendar(event("DTSTART:20260328T110000Z\r\n")));
    series.adopt_zones(other);
    series.put(*other.master());
    CHECK(series.start() == utc_key("20260328T090000Z"));
    series.drop_unused_zones();
    CHECK(series.text().find("TZID:Mine") != std::string::npos);
    series.master()->set("DTSTART", "20260328T110000Z");
    series.master()->line("DTSTART")->remove_parameter("TZID");
    series.drop_unused_zones();
    CHECK(series.text().find("TZID:Mine") == std::string::npos);
    CHECK(series.master() != nullptr);
}
