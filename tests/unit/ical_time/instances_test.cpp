#include "ical/digest.hpp"
#include "ical/instances.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends::ical;
using namespace kalends::ical::testing;

namespace {

/// "start/end" of each instance in UTC.
std::vector<std::string> spans(const std::string& text, const std::string& from,
                               const std::string& to, const Zone& floating = *Zone::utc()) {
    Budget budget;
    std::vector<std::string> result;
    for (const Instance& instance : instances(parse(text), utc(from), utc(to), floating, budget))
        result.push_back(format_utc(instance.start) + "/" + format_utc(instance.end));
    return result;
}

using Spans = std::vector<std::string>;

UtcTime moment(const std::string& text) {
    if (text == "-") return beginning_of_time;
    return text == "+" ? end_of_time : utc(text);
}

/// By all ways that there are, which must agree: the tree, the component, the digest.
bool in_range(const std::string& text, const std::string& from, const std::string& to,
              const Zone& floating = *Zone::utc()) {
    const Component calendar = parse(text);
    Budget budget;
    const bool by_tree =
        overlaps(calendar, calendar.components.front(), moment(from), moment(to), floating, budget);
    const bool by_digest =
        overlaps(digest(calendar, budget).text, moment(from), moment(to), floating, "", budget);
    CHECK(by_tree == by_digest);
    return by_tree;
}

struct Range {
    const char* from;
    const char* to;
    bool hit;
};

void check(const std::string& text, const std::vector<Range>& ranges) {
    CAPTURE(text);
    for (const Range& range : ranges) {
        CAPTURE(range.from);
        CAPTURE(range.to);
        CHECK(in_range(text, range.from, range.to) == range.hit);
    }
}

// Around something from 9 to 10 on 15 January 2026.
constexpr auto h8 = "20260115T080000Z";
constexpr auto h9 = "20260115T090000Z";
constexpr auto h9m30 = "20260115T093000Z";
constexpr auto h10 = "20260115T100000Z";
constexpr auto h11 = "20260115T110000Z";

bool alarm_rings(const std::string& text, const std::string& from, const std::string& to) {
    const Component calendar = parse(text);
    const Component& event = calendar.components.front();
    Budget budget;
    return alarm_overlaps(calendar, event, event.components.front(), utc(from), utc(to),
                          *Zone::utc(), budget);
}

}  // namespace

TEST_CASE("RFC 4791 9.9: VEVENT with an end or a length") {
    for (const auto* lines : {"DTSTART:20260115T090000Z\nDTEND:20260115T100000Z\n",
                              "DTSTART:20260115T090000Z\nDURATION:PT1H\n"})
        check(vevent(lines), {{h8, h9, false},
                              {h8, h9m30, true},
                              {h9, h9m30, true},
                              {h9m30, h11, true},
                              {h10, h11, false},
                              {h8, h11, true},
                              {"-", h9, false},
                              {"-", h9m30, true},
                              {h10, "+", false},
                              {h9m30, "+", true}});
}

TEST_CASE("RFC 4791 9.9: VEVENT that is a moment") {
    for (const auto* lines :
         {"DTSTART:20260115T090000Z\nDURATION:PT0S\n", "DTSTART:20260115T090000Z\n"})
        check(vevent(lines), {{h8, h9, false},
                              {h8, h9m30, true},
                              {h9, h9m30, true},
                              {h9m30, h11, false},
                              {"-", "+", true}});
}

TEST_CASE("RFC 5545 3.6.1: VEVENT without a start is in no range") {
    check(vevent("SUMMARY:x\n"), {{"-", "+", false}});
}

TEST_CASE("RFC 4791 9.9: VEVENT that takes a day") {
    for (const auto* lines : {"DTSTART;VALUE=DATE:20260115\n",
                              "DTSTART;VALUE=DATE:20260115\nDTEND;VALUE=DATE:20260116\n",
                              "DTSTART;VALUE=DATE:20260115\nDURATION:P1D\n"})
        check(vevent(lines), {{"20260114T000000Z", "20260115T000000Z", false},
                              {"20260114T000000Z", "20260115T000001Z", true},
                              {h8, h9, true},
                              {"20260115T235959Z", "20260117T000000Z", true},
                              {"20260116T000000Z", "20260117T000000Z", false}});
}

TEST_CASE("RFC 4791 9.9: VTODO with DTSTART and DURATION") {
    check(object("VTODO", "DTSTART:20260115T090000Z\nDURATION:PT1H\n"),
          {{h8, h9, false},
           {h8, h9m30, true},
           {h9m30, h11, true},
           {h10, h11, true},
           {"20260115T100001Z", h11, false}});
}

TEST_CASE("RFC 4791 9.9: VTODO with DTSTART and DUE") {
    check(object("VTODO", "DTSTART:20260115T090000Z\nDUE:20260115T100000Z\n"),
          {{h8, h9, false}, {h8, h9m30, true}, {h9m30, h11, true}, {h10, h11, false}});
    check(object("VTODO", "DTSTART:20260115T090000Z\nDUE:20260115T090000Z\n"),
          {{h8, h9, true}, {h9, h10, true}, {h9m30, h11, false}});
}

TEST_CASE("RFC 4791 9.9: VTODO with DTSTART alone, with DUE alone") {
    check(object("VTODO", "DTSTART:20260115T090000Z\n"),
          {{h8, h9, false}, {h9, h10, true}, {h8, h10, true}, {h9m30, h11, false}});
    check(object("VTODO", "DUE:20260115T090000Z\nCREATED:20200101T000000Z\n"),
          {{h8, h9, true}, {h9, h10, false}, {h8, h10, true}, {"20260101T000000Z", h8, false}});
}

TEST_CASE("RFC 4791 9.9: VTODO with COMPLETED or CREATED") {
    check(object("VTODO", "CREATED:20260115T090000Z\nCOMPLETED:20260115T100000Z\n"),
          {{h8, h9, true},
           {h8, "20260115T085959Z", false},
           {h9m30, "20260115T094500Z", true},
           {h10, h11, true},
           {"20260115T100001Z", h11, false}});
    check(object("VTODO", "COMPLETED:20260115T090000Z\n"),
          {{h8, h9, true}, {h9, h10, true}, {h9m30, h11, false}, {"20260101T000000Z", h8, false}});
    check(object("VTODO", "CREATED:20260115T090000Z\n"),
          {{h8, h9, false},
           {h8, h10, true},
           {"20300101T000000Z", "20310101T000000Z", true},
           {h9m30, "+", true}});
}

TEST_CASE("RFC 4791 9.9: VTODO without any time is in every range") {
    check(object("VTODO", "SUMMARY:x\n"), {{h8, h9, true}, {"-", h9, true}, {h9, "+", true}});
}

TEST_CASE("RFC 4791 9.9: VJOURNAL") {
    check(object("VJOURNAL", "DTSTART:20260115T090000Z\n"),
          {{h8, h9, false}, {h9, h10, true}, {h9m30, h11, false}});
    check(object("VJOURNAL", "DTSTART;VALUE=DATE:20260115\n"),
          {{h8, h9, true}, {"20260116T000000Z", "20260117T000000Z", false}});
    check(object("VJOURNAL", "SUMMARY:x\n"), {{"-", "+", false}});
}

TEST_CASE("RFC 4791 9.9: VFREEBUSY by its range, else by its periods") {
    check(object(
              "VFREEBUSY",
              "DTSTART:20260115T090000Z\nDTEND:20260115T100000Z\nFREEBUSY:20260120T000000Z/PT1H\n"),
          {{h8, h9, false},
           {h9, h9m30, true},
           {h10, h11, true},
           {"20260115T100001Z", h11, false},
           {"20260120T000000Z", "20260120T010000Z", false}});
    check(object("VFREEBUSY", "FREEBUSY:20260115T090000Z/PT30M,20260115T093000Z/PT30M\n"),
          {{h8, h9, false}, {h9, h9m30, true}, {h9m30, h10, true}, {h10, h11, false}});
    check(object("VFREEBUSY", "SUMMARY:x\n"), {{"-", "+", false}});
}

TEST_CASE("RFC 4791 9.9: VALARM before, after, at the end, repeated and at a moment") {
    const auto with_alarm = [](const std::string& alarm) {
        return vevent(
            "DTSTART:20260115T090000Z\nDTEND:20260115T100000Z\nBEGIN:VALARM\nACTION:AUDIO\n" +
            alarm + "END:VALARM\n");
    };
    CHECK(alarm_rings(with_alarm("TRIGGER:-PT30M\n"), "20260115T083000Z", h9));
    CHECK(!alarm_rings(with_alarm("TRIGGER:-PT30M\n"), "20260115T083001Z", h9));
    CHECK(!alarm_rings(with_alarm("TRIGGER:-PT30M\n"), h8, "20260115T083000Z"));
    CHECK(alarm_rings(with_alarm("TRIGGER:-P2D\n"), "20260113T090000Z", "20260113T090001Z"));
    CHECK(alarm_rings(with_alarm("TRIGGER;RELATED=END:PT30M\n"), "20260115T103000Z", h11));
    CHECK(!alarm_rings(with_alarm("TRIGGER;RELATED=END:PT30M\n"), h9, "20260115T103000Z"));
    CHECK(alarm_rings(with_alarm("TRIGGER;VALUE=DATE-TIME:20260101T000000Z\n"), "20260101T000000Z",
                      "20260101T000001Z"));
    CHECK(!alarm_rings(with_alarm("TRIGGER;VALUE=DATE-TIME:20260101T000000Z\n"), h8, h11));
    const std::string repeated = with_alarm("TRIGGER:-PT30M\nREPEAT:2\nDURATION:PT15M\n");
    CHECK(alarm_rings(repeated, "20260115T083001Z", "20260115T084501Z"));
    CHECK(alarm_rings(repeated, h9, "20260115T090001Z"));
    CHECK(!alarm_rings(repeated, "20260115T090001Z", h11));
    CHECK(!alarm_rings(with_alarm("TRIGGER:-PT30M\nREPEAT:2\n"), "20260115T083001Z", h11));
    CHECK(!alarm_rings(with_alarm(""), "20260101T000000Z", "20270101T000000Z"));
}

TEST_CASE(
    "the alarm of a series rings for each instance, but not for one that an override describes") {
    const std::string text =
        vcalendar("BEGIN:VEVENT\nUID:1\nDTSTART:20260115T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY\n"
                  "BEGIN:VALARM\nTRIGGER:-PT10M\nEND:VALARM\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260117T090000Z\nDTSTART:"
                  "20260117T120000Z\nDURATION:PT1H\nEND:VEVENT\n");
    CHECK(alarm_rings(text, "20260120T085000Z", "20260120T085100Z"));
    CHECK(!alarm_rings(text, "20260120T085100Z", "20260121T085000Z"));
    CHECK(!alarm_rings(text, "20260117T080000Z", "20260117T130000Z"));
}

TEST_CASE("RFC 4791 7.3: floating times and days are those of the zone that is given") {
    const Zone& tokyo = zone("Asia/Tokyo");
    const Zone& honolulu = zone("Pacific/Honolulu");
    const std::string floating = vevent("DTSTART:20260115T090000\nDURATION:PT1H\n");
    CHECK(spans(floating, "20260101T000000Z", "20260201T000000Z", tokyo) ==
          Spans{"20260115T000000Z/20260115T010000Z"});
    CHECK(spans(floating, "20260101T000000Z", "20260201T000000Z", honolulu) ==
          Spans{"20260115T190000Z/20260115T200000Z"});
    const std::string day = vevent("DTSTART;VALUE=DATE:20260115\nRRULE:FREQ=DAILY;COUNT=2\n");
    CHECK(spans(day, "20260101T000000Z", "20260201T000000Z", tokyo) ==
          Spans{"20260114T150000Z/20260115T150000Z", "20260115T150000Z/20260116T150000Z"});
    CHECK(in_range(floating, "20260115T003000Z", "20260115T004000Z", tokyo));
    CHECK(!in_range(floating, "20260115T003000Z", "20260115T004000Z", honolulu));
}

TEST_CASE("an all-day event lasts a day also when the clocks change") {
    CHECK(spans(vevent("DTSTART;VALUE=DATE:20260329\n"), "20260301T000000Z", "20260401T000000Z",
                zone("Europe/Berlin")) == Spans{"20260328T230000Z/20260329T220000Z"});
}

TEST_CASE("a weekly meeting stays at its local time when the clocks change") {
    CHECK(spans(vevent("DTSTART;TZID=Europe/Berlin:20260320T090000\nDTEND;TZID=Europe/"
                       "Berlin:20260320T100000\n"
                       "RRULE:FREQ=WEEKLY;COUNT=3\n"),
                "20260101T000000Z", "20270101T000000Z") ==
          Spans{"20260320T080000Z/20260320T090000Z", "20260327T080000Z/20260327T090000Z",
                "20260403T070000Z/20260403T080000Z"});
}

TEST_CASE("RFC 5545 3.8.5.3: DTEND repeats the exact length, DURATION the nominal one") {
    // Berlin: the night to 29 March 2026 has an hour less.
    CHECK(spans(vevent("DTSTART;TZID=Europe/Berlin:20260327T120000\nDTEND;TZID=Europe/"
                       "Berlin:20260328T120000\nRRULE:FREQ=DAILY;COUNT=2\n"),
                "20260101T000000Z", "20270101T000000Z") ==
          Spans{"20260327T110000Z/20260328T110000Z", "20260328T110000Z/20260329T110000Z"});
    CHECK(spans(vevent("DTSTART;TZID=Europe/"
                       "Berlin:20260327T120000\nDURATION:P1D\nRRULE:FREQ=DAILY;COUNT=2\n"),
                "20260101T000000Z", "20270101T000000Z") ==
          Spans{"20260327T110000Z/20260328T110000Z", "20260328T110000Z/20260329T100000Z"});
}

TEST_CASE("an event may end in another zone than it starts in") {
    CHECK(spans(vevent("DTSTART;TZID=Europe/Berlin:20260115T120000\nDTEND;TZID=America/"
                       "New_York:20260115T150000\n"),
                "20260101T000000Z",
                "20270101T000000Z") == Spans{"20260115T110000Z/20260115T200000Z"});
}

TEST_CASE("an end before the start is taken as none") {
    CHECK(spans(vevent("DTSTART:20260115T120000Z\nDTEND:20260115T110000Z\n"), "20260115T110000Z",
                "20270101T000000Z") == Spans{"20260115T120000Z/20260115T120000Z"});
}

TEST_CASE("RFC 5545 3.8.5.1: EXDATE takes instances away, in whatever zone it is written") {
    const std::string series =
        "DTSTART;TZID=Europe/Berlin:20260112T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\n";
    const Spans left{"20260112T080000Z/20260112T090000Z", "20260114T080000Z/20260114T090000Z",
                     "20260115T080000Z/20260115T090000Z"};
    for (const auto* exdate :
         {"EXDATE;TZID=Europe/Berlin:20260113T090000\n", "EXDATE:20260113T080000Z\n",
          "EXDATE;TZID=America/New_York:20260113T030000\n", "EXDATE;VALUE=DATE:20260113\n",
          "EXDATE:20260113T090000\n"})
        CHECK(spans(vevent(series + exdate), "20260101T000000Z", "20270101T000000Z") == left);
    CHECK(
        spans(
            vevent(series + "EXDATE:20260112T080000Z,20260113T080000Z\nEXDATE:20260114T080000Z\n"),
            "20260101T000000Z", "20270101T000000Z") == Spans{"20260115T080000Z/20260115T090000Z"});
    CHECK(
        spans(
            vevent(
                "DTSTART;VALUE=DATE:20260112\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE:20260112T000000Z\n"),
            "20260101T000000Z", "20270101T000000Z") == Spans{"20260113T000000Z/20260114T000000Z"});
}

TEST_CASE("RFC 5545 3.8.5.2: RDATE adds instances, a PERIOD with its own length, none twice") {
    CHECK(spans(vevent(
                    "DTSTART:20260112T090000Z\nDURATION:PT1H\nRDATE:20260120T090000Z,"
                    "20260112T090000Z,20260120T090000Z\n"
                    "RDATE;VALUE=PERIOD:20260122T090000Z/PT3H,20260123T090000Z/20260123T093000Z\n"),
                "20260101T000000Z", "20270101T000000Z") ==
          Spans{"20260112T090000Z/20260112T100000Z", "20260120T090000Z/20260120T100000Z",
                "20260122T090000Z/20260122T120000Z", "20260123T090000Z/20260123T093000Z"});
    CHECK(spans(vevent("DTSTART;TZID=Europe/"
                       "Berlin:20260112T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nRDATE:"
                       "20260113T080000Z\n"),
                "20260101T000000Z", "20270101T000000Z")
              .size() == 2);
    CHECK(spans(vevent("DTSTART;VALUE=DATE:20260112\nRDATE;VALUE=DATE:20260114\n"),
                "20260101T000000Z", "20270101T000000Z") ==
          Spans{"20260112T000000Z/20260113T000000Z", "20260114T000000Z/20260115T000000Z"});
}

TEST_CASE("EXRULE, which RFC 2445 had, takes instances away") {
    CHECK(spans(vevent("DTSTART:20260112T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=4\nEXRULE:"
                       "FREQ=DAILY;INTERVAL=2\n"),
                "20260101T000000Z", "20270101T000000Z") ==
          Spans{"20260113T090000Z/20260113T100000Z", "20260115T090000Z/20260115T100000Z"});
}

TEST_CASE("two rules are one set") {
    CHECK(spans(vevent("DTSTART:20260112T090000Z\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2\nRRULE:"
                       "FREQ=WEEKLY;COUNT=2\n"),
                "20260101T000000Z", "20270101T000000Z") ==
          Spans{"20260112T090000Z/20260112T100000Z", "20260113T090000Z/20260113T100000Z",
                "20260119T090000Z/20260119T100000Z"});
}

TEST_CASE(
    "RFC 5545 3.3.10: DTSTART is the first instance and counts, whether the rule says so or not") {
    CHECK(
        spans(
            vevent("DTSTART:20260114T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=3\n"),
            "20260101T000000Z", "20270101T000000Z") == Spans{"20260114T090000Z/20260114T100000Z",
                                                             "20260119T090000Z/20260119T100000Z",
                                                             "20260126T090000Z/20260126T100000Z"});
    CHECK(
        spans(
            vevent("DTSTART:20260114T090000Z\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=1\n"),
            "20260101T000000Z", "20270101T000000Z")
            .size() == 1);
}

TEST_CASE("UNTIL in UTC is compared in UTC; beside an all-day start it is a day") {
    const auto last = [](const std::string& until) {
        return spans(vevent("DTSTART;TZID=America/"
                            "New_York:20260112T200000\nDURATION:PT1H\nRRULE:FREQ=DAILY;UNTIL=" +
                            until + "\n"),
                     "20260101T000000Z", "20270101T000000Z")
            .back();
    };
    CHECK(last("20260116T010000Z") == "20260116T010000Z/20260116T020000Z");
    CHECK(last("20260116T005959Z") == "20260115T010000Z/20260115T020000Z");
    CHECK(spans(vevent("DTSTART;VALUE=DATE:20260112\nRRULE:FREQ=DAILY;UNTIL=20260114T225959Z\n"),
                "20260101T000000Z", "20270101T000000Z")
              .size() == 3);
    CHECK(spans(vevent("DTSTART:20260112T090000\nRRULE:FREQ=DAILY;UNTIL=20260114T090000Z\n"),
                "20260101T000000Z", "20270101T000000Z")
              .size() == 3);
}

TEST_CASE("an override stands for its instance, wherever it has moved") {
    const std::string text =
        vcalendar("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/"
                  "Berlin:20260112T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260113T080000Z\nDTSTART;TZID=America/"
                  "New_York:20260301T090000\nDURATION:PT2H\nEND:VEVENT\n");
    const Component calendar = parse(text);
    Budget budget;
    const auto found =
        instances(calendar, utc("20260101T000000Z"), utc("20270101T000000Z"), *Zone::utc(), budget);
    REQUIRE(found.size() == 3);
    CHECK(found[0].start == utc("20260112T080000Z"));
    CHECK(found[1].start == utc("20260114T080000Z"));
    CHECK(found[1].component == &calendar.components[0]);
    CHECK(!found[1].is_override);
    CHECK(found[2].start == utc("20260301T140000Z"));
    CHECK(found[2].end == utc("20260301T160000Z"));
    CHECK(found[2].component == &calendar.components[1]);
    CHECK(found[2].is_override);
    CHECK(found[2].recurs);
    CHECK(found[2].recurrence_id == local("20260113T090000"));
    CHECK(found[2].recurrence_id_utc == utc("20260113T080000Z"));
    CHECK(overlaps(calendar, calendar.components[1], utc("20260301T000000Z"),
                   utc("20260302T000000Z"), *Zone::utc(), budget));
    CHECK(!overlaps(calendar, calendar.components[0], utc("20260301T000000Z"),
                    utc("20260302T000000Z"), *Zone::utc(), budget));
    CHECK(!overlaps(calendar, calendar.components[0], utc("20260113T000000Z"),
                    utc("20260114T000000Z"), *Zone::utc(), budget));
}

TEST_CASE("RFC 5545 3.2.13: THISANDFUTURE moves and lengthens what follows, until the next one") {
    const std::string text =
        vcalendar("BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Europe/"
                  "Berlin:20260112T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=6\nEXDATE;TZID="
                  "Europe/Berlin:20260117T090000\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/"
                  "Berlin:20260114T090000\n"
                  "DTSTART;TZID=Europe/Berlin:20260114T110000\nDURATION:PT2H\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;TZID=Europe/"
                  "Berlin:20260115T090000\nDTSTART;TZID=Europe/"
                  "Berlin:20260115T200000\nDURATION:PT1H\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:"
                  "20260116T080000Z\nDTSTART:20260117T080000Z\nDURATION:PT30M\nEND:VEVENT\n");
    const Spans all{"20260112T080000Z/20260112T090000Z", "20260113T080000Z/20260113T090000Z",
                    "20260114T100000Z/20260114T120000Z", "20260115T190000Z/20260115T200000Z",
                    "20260117T080000Z/20260117T083000Z"};
    CHECK(spans(text, "20260101T000000Z", "20270101T000000Z") == all);
    const std::string endless =
        vcalendar("BEGIN:VEVENT\nUID:1\nDTSTART:20260112T090000Z\nDURATION:PT1H\nRRULE:FREQ="
                  "WEEKLY\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:"
                  "20260119T090000Z\nDTSTART:20260121T140000Z\nDURATION:PT3H\nEND:VEVENT\n");
    CHECK(spans(endless, "20300101T000000Z", "20300112T000000Z") ==
          Spans{"20300102T140000Z/20300102T170000Z", "20300109T140000Z/20300109T170000Z"});
}

TEST_CASE("to ask for each of thousands of overrides costs steps for each, not for all of them "
          "each time") {
    std::string text =
        "BEGIN:VEVENT\nUID:1\nDTSTART:20260112T090000Z\nRRULE:FREQ=DAILY\nEND:VEVENT\n";
    for (int i = 0; i < 2000; ++i) {
        const std::string id = format_utc(utc("20260112T090000Z") + std::chrono::days{i});
        text += "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:" + id + "\nDTSTART:" + id + "\nEND:VEVENT\n";
    }
    const Component calendar = parse(vcalendar(text));
    Budget budget(200'000);
    int hits = 0;
    for (const Component& component : calendar.components)
        if (overlaps(calendar, component, utc("20270101T000000Z"), utc("20270201T000000Z"),
                     *Zone::utc(), budget))
            ++hits;
    CHECK(hits == 31);
}

TEST_CASE("overrides without a master stand by themselves") {
    const std::string text =
        vcalendar("BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260113T080000Z\nDTSTART:"
                  "20260113T100000Z\nDURATION:PT2H\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260120T080000Z\nDTSTART:"
                  "20260120T100000Z\nDURATION:PT2H\nEND:VEVENT\n");
    CHECK(spans(text, "20260101T000000Z", "20270101T000000Z") ==
          Spans{"20260113T100000Z/20260113T120000Z", "20260120T100000Z/20260120T120000Z"});
    CHECK(in_range(text, "20260113T110000Z", "20260113T113000Z"));
}

TEST_CASE("a task that repeats from its due date, without a start, repeats") {
    const std::string text = object("VTODO", "DUE:20260115T090000Z\nRRULE:FREQ=WEEKLY\n");
    CHECK(in_range(text, "20260129T080000Z", "20260129T090000Z"));
    CHECK(!in_range(text, "20260130T080000Z", "20260205T080000Z"));
}

TEST_CASE("a long instance that began before the range is found") {
    const std::string text = vevent("DTSTART:20200101T000000Z\nDURATION:P20D\nRRULE:FREQ=YEARLY\n");
    CHECK(spans(text, "20260118T000000Z", "20260119T000000Z") ==
          Spans{"20260101T000000Z/20260121T000000Z"});
}

TEST_CASE("a range with open ends is bounded by what the budget allows") {
    const Component calendar = parse(vevent("DTSTART:20260112T090000Z\nRRULE:FREQ=SECONDLY\n"));
    Budget budget;
    CHECK_THROWS_AS(static_cast<void>(instances(calendar, beginning_of_time, end_of_time,
                                                *Zone::utc(), budget, 1000)),
                    TooExpensive);
    Budget small(1000);
    CHECK_THROWS_AS(static_cast<void>(instances(calendar, utc("20260112T090000Z"), end_of_time,
                                                *Zone::utc(), small)),
                    TooExpensive);
    Budget enough(5000);
    CHECK(overlaps(calendar, calendar.components.front(), beginning_of_time, end_of_time,
                   *Zone::utc(), enough));
}

TEST_CASE("values that are none are refused with the line that has them") {
    for (const auto* lines :
         {"DTSTART:2026\n", "DTSTART:20260112T090000Z\nDTEND:x\n",
          "DTSTART:20260112T090000Z\nDURATION:1H\n", "DTSTART:20260112T090000Z\nRRULE:FREQ=X\n",
          "DTSTART:20260112T090000Z\nRDATE:x\n", "DTSTART:20260112T090000Z\nEXDATE:20261301\n"}) {
        Budget budget;
        const Component calendar = parse(vevent(lines));
        CHECK_THROWS_AS_MESSAGE(static_cast<void>(instances(calendar, beginning_of_time,
                                                            end_of_time, *Zone::utc(), budget)),
                                ValueError, lines);
    }
    try {
        Budget budget;
        digest(parse(vevent("DTSTART:20260112T090000Z\nRRULE:FREQ=X\n")), budget);
        CHECK(false);
    } catch (const ValueError& error) {
        CHECK(std::string(error.what()).find("line 7") != std::string::npos);
    }
}
