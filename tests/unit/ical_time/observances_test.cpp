// VTIMEZONEs made from tzdata: RFC 5545 3.6.5, RFC 7809 3.1.5.

#include "ical/tzif_private.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

using namespace kalends::ical;
using namespace kalends::ical::testing;

namespace {

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string zoneinfo() {
    const char* directory = std::getenv("TZDIR");
    return directory != nullptr ? directory : "/usr/share/zoneinfo";
}

/// A standard time two hours ahead of UTC, with a rule for the future.
Tzif with_rule(const YearlyChange& to_daylight, const YearlyChange& to_standard) {
    using namespace std::chrono_literals;
    Tzif tzif{{{2h, false, "EET"}}, {}, FutureRule{}};
    tzif.future =
        FutureRule{{2h, false, "EET"}, {3h, true, "EEST"}, true, to_daylight, to_standard};
    return tzif;
}

ZonePtr zone_of_observances(const std::string& observances) {
    return zone_of_calendar_timezone(
        vcalendar("BEGIN:VTIMEZONE\nTZID:x\n" + observances + "END:VTIMEZONE\n"));
}

}  // namespace

TEST_CASE("RFC 5545 3.6.5: the VTIMEZONE of every zone says what tzdata says since 1970") {
    const auto& tzdata = TzData::system();
    std::size_t count = 0;
    for (const auto& file : std::filesystem::recursive_directory_iterator(zoneinfo())) {
        const auto name = std::filesystem::relative(file.path(), zoneinfo()).string();
        const Zone* zone = tzdata.find(name);
        if (zone == nullptr) continue;
        CAPTURE(name);
        const std::string own = tzdata.vtimezone(name);
        CHECK(has(own, "TZID:" + name + "\r\n"));
        CHECK(own.size() < 6'000);
        CHECK(zone_of_calendar_timezone(vcalendar(own))
                  ->agrees_with(*zone, utc("19700101T000000Z"), end_of_time));
        ++count;
    }
    CHECK(count > 300);
}

TEST_CASE("RFC 5545 3.6.5: what goes on for ever is told by a rule, and the past by its dates") {
    const std::string berlin = TzData::system().vtimezone("Europe/Berlin");
    CHECK(berlin.starts_with("BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nBEGIN:STANDARD\r\n"
                             "DTSTART:19700101T010000\r\nTZOFFSETFROM:+0100\r\n"
                             "TZOFFSETTO:+0100\r\nTZNAME:CET\r\nEND:STANDARD\r\n"));
    CHECK(has(berlin, "DTSTART:19800406T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\n"
                      "TZNAME:CEST\r\n"));
    CHECK(has(berlin, "TZNAME:CEST\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU\r\nEND:DAYLIGHT\r\n"));
    CHECK(has(berlin, "RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU\r\nEND:STANDARD\r\n"
                      "END:VTIMEZONE\r\n"));
    CHECK_FALSE(has(berlin, "2037"));

    const std::string fixed = TzData::system().vtimezone("Etc/GMT+2");
    CHECK(fixed == "BEGIN:VTIMEZONE\r\nTZID:Etc/GMT+2\r\nBEGIN:STANDARD\r\n"
                   "DTSTART:19691231T220000\r\nTZOFFSETFROM:-0200\r\nTZOFFSETTO:-0200\r\n"
                   "TZNAME:-02\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n");
}

TEST_CASE("RFC 5545 3.6.5: a rule whose time is on another day is told by days of month or year") {
    using namespace std::chrono_literals;
    YearlyChange spring{YearlyChange::Kind::weekday, 0, 3, 5, -1h};   // the day before
    YearlyChange autumn{YearlyChange::Kind::weekday, 4, 10, 5, 24h};  // may be in November
    const auto told = observances_of(with_rule(spring, autumn));
    CHECK(has(told, "RRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=24,25,26,27,28,29,30;BYDAY=SA\r\n"));
    CHECK(has(told, "RRULE:FREQ=YEARLY;BYYEARDAY=-67,-66,-65,-64,-63,-62,-61;BYDAY=FR\r\n"));
    const auto zone = zone_of_observances(told);
    CHECK(zone->offset_at(utc("20240330T205959Z")) == 2h);
    CHECK(zone->offset_at(utc("20240330T210000Z")) == 3h);
    CHECK(zone->offset_at(utc("20241031T205959Z")) == 3h);  // a leap year
    CHECK(zone->offset_at(utc("20241031T210000Z")) == 2h);
    CHECK(zone->offset_at(utc("20251030T210000Z")) == 2h);
}

TEST_CASE("a rule that no RRULE can tell is told by dates, until 2100") {
    using namespace std::chrono_literals;
    const YearlyChange by_day{YearlyChange::Kind::julian, 79, 0, 0, 2h};
    const YearlyChange autumn{YearlyChange::Kind::weekday, 0, 10, 5, 3h};
    const YearlyChange leap{YearlyChange::Kind::weekday, 0, 2, 5, 25h};
    for (const auto& spring : {by_day, leap}) {
        const auto told = observances_of(with_rule(spring, autumn));
        CHECK_FALSE(has(told, "RRULE"));
        CHECK(zone_of_observances(told)->offset_at(utc("20990701T000000Z")) == 3h);
        CHECK(zone_of_observances(told)->offset_at(utc("20991201T000000Z")) == 2h);
    }
}

TEST_CASE("RFC 7809 3.1.5: a calendar-timezone is made for what clients call a zone") {
    for (const std::string tzid : {"Europe/Berlin", "W. Europe Standard Time", "UTC", "Z",
                                   "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
                                   "/mozilla.org/20050126_1/Europe/Berlin"}) {
        CAPTURE(tzid);
        const std::string made = calendar_timezone(tzid);
        CHECK(tzid_of_calendar_timezone(made) == tzid);
        CHECK(zone_of_calendar_timezone(made)->agrees_with(*TzData::system().resolve(tzid),
                                                           utc("19700101T000000Z"), end_of_time));
    }
    CHECK(tzid_of_calendar_timezone(calendar_timezone(" Europe/Berlin\n")) == "Europe/Berlin");
    CHECK(calendar_timezone("Middle/Earth").empty());
    CHECK(calendar_timezone("").empty());
    CHECK(TzData("/nowhere").vtimezone("Europe/Berlin").empty());
    CHECK(has(TzData("/nowhere").vtimezone("Z"), "TZOFFSETTO:+0000"));
    CHECK_THROWS_AS(tzid_of_calendar_timezone(vcalendar("")), ValueError);
    CHECK_THROWS_AS(tzid_of_calendar_timezone(vcalendar("BEGIN:VTIMEZONE\nEND:VTIMEZONE\n")),
                    ValueError);
}
