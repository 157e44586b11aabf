#include "ical/recurrence.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends::ical;
using namespace kalends::ical::testing;

namespace {

/// The first occurrences, with commas between.
std::string occurrences(const std::string& start, const std::string& rule, int most = 5,
                        const std::string& skip = {}) {
    Budget budget;
    Expansion expansion(parse_rule(rule), parse_date_or_time(start).value(), budget);
    if (!skip.empty()) expansion.skip_to(local(skip));
    std::string result;
    for (int i = 0; i < most; ++i) {
        const auto next = expansion.next();
        if (!next) break;
        result += (result.empty() ? "" : ",") + format(DateOrTime{*next, false, false});
    }
    return result;
}

/// What a search that runs into its end costs.
std::uint64_t steps(const std::string& start, const std::string& rule, int most = 3) {
    Budget budget;
    Expansion expansion(parse_rule(rule), parse_date_or_time(start).value(), budget);
    for (int i = 0; i < most && expansion.next(); ++i) continue;
    return budget.spent();
}

}  // namespace

TEST_CASE("RFC 5545 3.3.10: a rule is written in its canonical spelling and reads back the same") {
    for (const auto* text :
         {"FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=2;COUNT=10;BYDAY=SU,TU;WKST=SU",
          "FREQ=YEARLY;UNTIL=20301231T235959Z;BYMONTH=1,12;BYDAY=2MO,-1FR",
          "FREQ=YEARLY;BYWEEKNO=1,53,-1;BYDAY=MO", "FREQ=YEARLY;BYYEARDAY=1,366,-366,-1",
          "FREQ=MONTHLY;UNTIL=20301231;BYMONTHDAY=31,-1;BYSETPOS=1,-1",
          "FREQ=SECONDLY;BYHOUR=0,23;BYMINUTE=0,59;BYSECOND=0,59",
          "RSCALE=GREGORIAN;FREQ=MONTHLY;BYMONTHDAY=31;SKIP=BACKWARD"}) {
        CHECK(format(parse_rule(text)) == text);
        CHECK(parse_rule(format(parse_rule(text))) == parse_rule(text));
    }
}

TEST_CASE("a rule as careless clients write it is understood") {
    CHECK(parse_rule(" freq=weekly ; byday = mo , TU ,;INTERVAL=1;; X-FOO=BAR;") ==
          parse_rule("FREQ=WEEKLY;BYDAY=MO,TU"));
    CHECK(parse_rule("BYDAY=+1MO;FREQ=MONTHLY") == parse_rule("FREQ=MONTHLY;BYDAY=1MO"));
    CHECK(parse_rule("FREQ=WEEKLY;BYDAY=1MO") == parse_rule("FREQ=WEEKLY;BYDAY=MO"));
    CHECK(parse_rule("FREQ=MINUTELY;BYSECOND=60") == parse_rule("FREQ=MINUTELY;BYSECOND=59"));
    CHECK(parse_rule("RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=OMIT") == parse_rule("FREQ=YEARLY"));
}

TEST_CASE("RFC 5545 3.3.10: a rule that means nothing is refused") {
    for (const auto* text : {"",
                             "FREQ",
                             "FREQ=",
                             "FREQ=FORTNIGHTLY",
                             "INTERVAL=2",
                             "FREQ=DAILY;INTERVAL=0",
                             "FREQ=DAILY;INTERVAL=-1",
                             "FREQ=DAILY;COUNT=0",
                             "FREQ=DAILY;COUNT=x",
                             "FREQ=DAILY;COUNT=99999999999",
                             "FREQ=DAILY;UNTIL=2026",
                             "FREQ=DAILY;UNTIL=20260230",
                             "FREQ=DAILY;BYMONTH=0",
                             "FREQ=DAILY;BYMONTH=13",
                             "FREQ=YEARLY;BYMONTH=5L",
                             "FREQ=DAILY;BYHOUR=24",
                             "FREQ=DAILY;BYMINUTE=60",
                             "FREQ=DAILY;BYSECOND=61",
                             "FREQ=DAILY;BYHOUR=-1",
                             "FREQ=MONTHLY;BYMONTHDAY=0",
                             "FREQ=MONTHLY;BYMONTHDAY=32",
                             "FREQ=MONTHLY;BYMONTHDAY=-32",
                             "FREQ=YEARLY;BYYEARDAY=367",
                             "FREQ=YEARLY;BYWEEKNO=54",
                             "FREQ=YEARLY;BYSETPOS=0",
                             "FREQ=YEARLY;BYSETPOS=367",
                             "FREQ=YEARLY;BYDAY=XX",
                             "FREQ=YEARLY;BYDAY=0MO",
                             "FREQ=YEARLY;BYDAY=54MO",
                             "FREQ=YEARLY;BYDAY=-54MO",
                             "FREQ=YEARLY;BYDAY=",
                             "FREQ=YEARLY;WKST=1",
                             "FREQ=DAILY;BYDAY"})
        CHECK_THROWS_AS_MESSAGE(static_cast<void>(parse_rule(text)), ValueError, text);
}

TEST_CASE("RFC 7529: a rule in another calendar is refused as such") {
    CHECK_THROWS_AS(static_cast<void>(parse_rule("RSCALE=CHINESE;FREQ=YEARLY")),
                    UnsupportedCalendar);
    CHECK_THROWS_AS(static_cast<void>(parse_rule("RSCALE=HEBREW;FREQ=YEARLY;BYMONTH=5L")),
                    UnsupportedCalendar);
}

TEST_CASE("RFC 7529 4.1: SKIP says what becomes of 30 February") {
    CHECK(occurrences("20260131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=BACKWARD", 4) ==
          "20260131T090000,20260228T090000,20260331T090000,20260430T090000");
    CHECK(occurrences("20260131T090000", "RSCALE=GREGORIAN;FREQ=MONTHLY;SKIP=FORWARD", 4) ==
          "20260131T090000,20260301T090000,20260331T090000,20260501T090000");
    CHECK(occurrences("20240229T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=BACKWARD", 3) ==
          "20240229T090000,20250228T090000,20260228T090000");
    CHECK(occurrences("20240229T090000", "RSCALE=GREGORIAN;FREQ=YEARLY;SKIP=FORWARD", 3) ==
          "20240229T090000,20250301T090000,20260301T090000");
    CHECK(occurrences("20240229T090000", "FREQ=YEARLY", 3) ==
          "20240229T090000,20280229T090000,20320229T090000");
}

TEST_CASE("RFC 5545 3.3.10: what a rule leaves open comes from DTSTART") {
    CHECK(occurrences("20260115T093015", "FREQ=YEARLY", 2) == "20260115T093015,20270115T093015");
    CHECK(occurrences("20260115T093015", "FREQ=YEARLY;BYMONTH=3", 2) ==
          "20260315T093015,20270315T093015");
    CHECK(occurrences("20260115T093015", "FREQ=YEARLY;BYWEEKNO=20", 2) ==
          "20260514T093015,20270520T093015");
    CHECK(occurrences("20260115T093015", "FREQ=YEARLY;BYWEEKNO=20;BYHOUR=7", 1) ==
          "20260514T073015");
    CHECK(occurrences("20260115T093015", "FREQ=WEEKLY;BYMINUTE=0", 2) ==
          "20260122T090015,20260129T090015");
    CHECK(occurrences("20260115T093015", "FREQ=HOURLY;BYMINUTE=0,30", 3) ==
          "20260115T093015,20260115T100015,20260115T103015");
    CHECK(occurrences("20260115T093015", "FREQ=MONTHLY;BYHOUR=8,10", 3) ==
          "20260115T103015,20260215T083015,20260215T103015");
}

TEST_CASE("RFC 5545 3.3.10: UNTIL is the last moment that may occur, a date the whole day") {
    CHECK(occurrences("20260101T090000", "FREQ=DAILY;UNTIL=20260102T090000") ==
          "20260101T090000,20260102T090000");
    CHECK(occurrences("20260101T090000", "FREQ=DAILY;UNTIL=20260102T085959") == "20260101T090000");
    CHECK(occurrences("20260101T090000", "FREQ=DAILY;UNTIL=20260102") ==
          "20260101T090000,20260102T090000");
    CHECK(occurrences("20260101", "FREQ=DAILY;UNTIL=20260102") ==
          "20260101T000000,20260102T000000");
    CHECK(occurrences("20260101T090000", "FREQ=DAILY;UNTIL=20251231T090000").empty());
}

TEST_CASE("an all-day rule has no times of day") {
    CHECK(occurrences("20260101", "FREQ=DAILY;BYHOUR=9;BYMINUTE=30", 2) ==
          "20260101T000000,20260102T000000");
    CHECK(occurrences("20260101", "FREQ=HOURLY", 2) == "20260101T000000,20260102T000000");
}

TEST_CASE("rules where libical is wrong come out right") {
    CHECK(occurrences("20260105T090000", "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=-1", 2) ==
          "20260106T090000,20260113T090000");
    CHECK(occurrences("20260105T090000", "FREQ=DAILY;BYHOUR=9,17;BYSETPOS=-1", 2) ==
          "20260105T170000,20260106T170000");
    CHECK(occurrences("20260511T090000", "FREQ=YEARLY;BYWEEKNO=20", 2) ==
          "20260511T090000,20270517T090000");
    CHECK(occurrences("20260101T090000", "FREQ=YEARLY;BYWEEKNO=1,53;BYDAY=MO", 3) ==
          "20261228T090000,20270104T090000,20280103T090000");
    CHECK(occurrences("20260105T080000", "FREQ=HOURLY;BYDAY=MO;BYHOUR=8,9", 3) ==
          "20260105T080000,20260105T090000,20260112T080000");
    CHECK(occurrences("20260101T090000", "FREQ=YEARLY;BYYEARDAY=-1,1;BYMONTH=1", 2) ==
          "20260101T090000,20270101T090000");
    CHECK(occurrences("20260131T000000", "FREQ=HOURLY;BYMONTHDAY=31;BYMONTH=4").empty());
    CHECK(occurrences("20260101T000000", "FREQ=SECONDLY;BYYEARDAY=366", 2) ==
          "20281231T000000,20281231T000001");
}

TEST_CASE("BYDAY with and without numbers may stand in one list") {
    CHECK(occurrences("20260101T090000", "FREQ=MONTHLY;BYDAY=MO,1FR", 6) ==
          "20260102T090000,20260105T090000,20260112T090000,20260119T090000,20260126T090000,"
          "20260202T090000");
}

TEST_CASE("BYSETPOS counts from the start of the period, wherever DTSTART is in it") {
    CHECK(occurrences("20260115T090000", "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=1", 2) ==
          "20260202T090000,20260302T090000");
    CHECK(occurrences("20260107T090000", "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2", 2) ==
          "20260107T090000,20260114T090000");
    CHECK(occurrences("20260107T090000", "FREQ=YEARLY;BYHOUR=9,10;BYMINUTE=0,30;BYSETPOS=-2,4,1",
                      4) == "20260107T090000,20260107T100000,20260107T103000,20270107T090000");
    CHECK(occurrences("20260107T090000", "FREQ=HOURLY;BYMINUTE=10,20,30;BYSETPOS=-1", 2) ==
          "20260107T093000,20260107T103000");
    CHECK(occurrences("20260107T090000", "FREQ=SECONDLY;BYSETPOS=1", 2) ==
          "20260107T090000,20260107T090001");
    CHECK(occurrences("20260107T090000", "FREQ=SECONDLY;BYSETPOS=2").empty());
}

TEST_CASE("skipping to a date finds what walking there finds") {
    for (const auto* rule :
         {"FREQ=DAILY;INTERVAL=3", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
          "FREQ=MONTHLY;INTERVAL=5;BYMONTHDAY=31", "FREQ=YEARLY;INTERVAL=3",
          "FREQ=HOURLY;INTERVAL=7;BYHOUR=8,9,10", "FREQ=MINUTELY;INTERVAL=77",
          "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=DAILY;COUNT=900",
          "FREQ=DAILY;BYHOUR=8,9,10;COUNT=2000", "FREQ=HOURLY;COUNT=15000",
          "FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1;COUNT=80"}) {
        CAPTURE(rule);
        std::string walked;
        Budget budget;
        Expansion expansion(parse_rule(rule), parse_date_or_time("20240110T093000").value(),
                            budget);
        for (int found = 0; found < 5;) {
            const auto next = expansion.next();
            if (!next) break;
            if (*next < local("20250610T093000")) continue;
            walked += (walked.empty() ? "" : ",") + format(DateOrTime{*next, false, false});
            ++found;
        }
        CHECK(occurrences("20240110T093000", rule, 5, "20250610T093000") == walked);
    }
    CHECK(occurrences("20240110T093000", "FREQ=DAILY;COUNT=10", 5, "20240118T000000") ==
          "20240118T093000,20240119T093000");
    CHECK(occurrences("20240110T093000", "FREQ=DAILY;COUNT=10", 5, "20240119T093000") ==
          "20240119T093000");
    CHECK(occurrences("20240110T093000", "FREQ=DAILY;COUNT=10", 5, "20240119T093001").empty());
    CHECK(occurrences("20240110T093000", "FREQ=DAILY;BYHOUR=8,10;COUNT=3", 5, "20240111T090000") ==
          "20240111T103000");
}

TEST_CASE("skipping costs the same however far it is") {
    for (const auto* rule : {"FREQ=SECONDLY", "FREQ=DAILY;BYDAY=MO", "FREQ=WEEKLY",
                             "FREQ=MONTHLY;BYMONTHDAY=1", "FREQ=YEARLY"}) {
        Budget budget;
        Expansion expansion(parse_rule(rule), parse_date_or_time("19000101T000000").value(),
                            budget);
        expansion.skip_to(local("99980101T000000"));
        CHECK(expansion.next().has_value());
        CHECK_MESSAGE(budget.spent() < 50, rule);
    }
}

TEST_CASE("hostile rules cost little: a day, a month, a year that never comes is not searched "
          "second by second") {
    for (const auto* rule :
         {"FREQ=SECONDLY;BYHOUR=3;BYMONTH=7;BYDAY=MO", "FREQ=HOURLY;BYMONTHDAY=31;BYMONTH=4",
          "FREQ=SECONDLY;BYYEARDAY=366", "FREQ=SECONDLY;BYMONTHDAY=30;BYMONTH=2",
          "FREQ=MINUTELY;BYMONTHDAY=31;BYMONTH=2,4,6,9,11;BYSETPOS=-1",
          "FREQ=YEARLY;BYWEEKNO=53;BYMONTH=6", "FREQ=YEARLY;BYDAY=53MO;BYMONTH=2",
          "FREQ=SECONDLY;INTERVAL=2;BYSECOND=1", "FREQ=SECONDLY;INTERVAL=60;BYSECOND=59",
          "FREQ=MINUTELY;INTERVAL=60;BYMINUTE=1", "FREQ=HOURLY;INTERVAL=24;BYHOUR=7",
          "FREQ=SECONDLY;INTERVAL=86400;BYHOUR=3",
          "FREQ=SECONDLY;INTERVAL=3600;BYMINUTE=5;BYDAY=SU"}) {
        CAPTURE(rule);
        CHECK(steps("20260101T000000", rule) < 70'000);  // the years to 9999, eight steps each
    }
}

TEST_CASE("a rule that cannot be judged within the budget says so") {
    Budget budget(1000);
    Expansion expansion(parse_rule("FREQ=DAILY;INTERVAL=7;BYDAY=TU"),
                        parse_date_or_time("20260105T000000").value(), budget);
    CHECK_THROWS_AS(static_cast<void>(expansion.next()), TooExpensive);
    CHECK(budget.left() == 0);
}

TEST_CASE("rules before 1970 go on as after it") {
    CHECK(occurrences("19690105T000000", "FREQ=WEEKLY;INTERVAL=2", 3) ==
          "19690105T000000,19690119T000000,19690202T000000");
    CHECK(occurrences("19691231T220000", "FREQ=HOURLY", 3) ==
          "19691231T220000,19691231T230000,19700101T000000");
    CHECK(occurrences("19691230T233000", "FREQ=HOURLY;INTERVAL=25", 3) ==
          "19691230T233000,19700101T003000,19700102T013000");
    CHECK(occurrences("19691228T000000", "FREQ=DAILY;INTERVAL=3;BYSETPOS=1", 3) ==
          "19691228T000000,19691231T000000,19700103T000000");
    CHECK(occurrences("19691229T000000", "FREQ=WEEKLY;BYDAY=MO,SU;BYSETPOS=-1", 2) ==
          "19700104T000000,19700111T000000");
}

TEST_CASE("rules at the end of time end there") {
    CHECK(occurrences("99991230T090000", "FREQ=DAILY") == "99991230T090000,99991231T090000");
    CHECK(occurrences("99991231T235959", "FREQ=SECONDLY") == "99991231T235959");
    CHECK(occurrences("99980101T000000", "FREQ=YEARLY;INTERVAL=2147483647") == "99980101T000000");
    CHECK(occurrences("20260101T000000", "FREQ=WEEKLY;INTERVAL=2147483647;BYSETPOS=1") ==
          "20260101T000000");
    CHECK(occurrences("99991231T000000", "FREQ=MONTHLY;BYMONTHDAY=31;BYSETPOS=-1") ==
          "99991231T000000");
    CHECK(occurrences("00000101T000000", "FREQ=WEEKLY;BYDAY=SU;BYSETPOS=-1", 1) ==
          "00000102T000000");
}
