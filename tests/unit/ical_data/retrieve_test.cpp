#include "ical/retrieve.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using ical::CompSelection;
using ical::DataRequest;
using ical::TimeRange;
using test::calendar;
using test::event;

namespace {

ical::UtcTime at(const char* text) {
    return ical::UtcTime{ical::parse_date_time(text).value().local.time_since_epoch()};
}

std::string retrieve(const std::string& bytes, const DataRequest& request,
                     const ical::Zone& floating = *ical::Zone::utc(),
                     std::size_t max_instances = 1000) {
    ical::Budget budget;
    return ical::retrieve(bytes, ical::parse(bytes), request, {floating, budget}, max_instances);
}

std::string expand(const std::string& bytes, const char* from, const char* to,
                   const ical::Zone& floating = *ical::Zone::utc()) {
    return retrieve(bytes, {.expand = TimeRange{at(from), at(to)}}, floating);
}

const std::string odd = "BEGIN:VCALENDAR\r\nversion:2.0\nPRODID:-//Test//EN\r\n" +
                        test::zone("Mine") +
                        "BEGIN:VEVENT\r\nUID:u1\r\nSUMMARY:fol\r\n ded\r\n"
                        "DTSTART;TZID=Mine:20260105T100000\r\nATTENDEE;CN=\"A, B\":mailto:a@x\r\n"
                        "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\nEND:VEVENT\r\n"
                        "END:VCALENDAR\r\n";

}  // namespace

TEST_CASE("RFC 4791 9.6: without a choice everything is returned, byte for byte") {
    CHECK(DataRequest{}.is_everything());
    CHECK(retrieve(odd, {}) == odd);
    CHECK(retrieve(odd, {.comp = CompSelection{.name = "VCALENDAR"}}) == odd);
}

TEST_CASE("RFC 4791 9.6.1: chosen properties and components are copied, the others left out") {
    const CompSelection selection{
        .name = "VCALENDAR",
        .props = {{.name = "VERSION"}},
        .comps = {{.name = "VEVENT", .props = {{.name = "summary"}, {.name = "ATTENDEE"}}},
                  {.name = "VTIMEZONE"}}};
    CHECK(retrieve(odd, {.comp = selection}) ==
          "BEGIN:VCALENDAR\r\nversion:2.0\n" + test::zone("Mine") +
              "BEGIN:VEVENT\r\nSUMMARY:fol\r\n ded\r\nATTENDEE;CN=\"A, B\":mailto:a@x\r\n"
              "END:VEVENT\r\nEND:VCALENDAR\r\n");
}

TEST_CASE("RFC 4791 9.6.2, 9.6.3: allprop and allcomp") {
    const CompSelection alarms{.name = "VCALENDAR",
                               .comps = {{.name = "VEVENT", .all_comps = true}}};
    CHECK(retrieve(odd, {.comp = alarms}) ==
          "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nBEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n"
          "END:VEVENT\r\nEND:VCALENDAR\r\n");
    const CompSelection properties{.name = "VCALENDAR", .all_props = true};
    CHECK(retrieve(odd, {.comp = properties}) ==
          "BEGIN:VCALENDAR\r\nversion:2.0\nPRODID:-//Test//EN\r\nEND:VCALENDAR\r\n");
}

TEST_CASE("RFC 4791 9.6.4: novalue leaves name and parameters") {
    const CompSelection selection{
        .name = "VCALENDAR",
        .comps = {{.name = "VEVENT", .props = {{.name = "ATTENDEE", .novalue = true}}}}};
    CHECK(retrieve(odd, {.comp = selection}) ==
          "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nATTENDEE;CN=\"A, B\":\r\nEND:VEVENT\r\n"
          "END:VCALENDAR\r\n");
}

TEST_CASE("RFC 4791 9.6.5: instances are returned in UTC, without rules and time zones") {
    const std::string series = calendar(
        test::zone("Mine") +
        event("DTSTART;TZID=Mine:20260105T100000\r\nDTEND;TZID=Mine:20260105T110000\r\n"
              "RRULE:FREQ=DAILY;COUNT=4\r\nEXDATE;TZID=Mine:20260106T100000\r\nX-KEPT:as is\r\n"
              "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n") +
        event("RECURRENCE-ID;TZID=Mine:20260107T100000\r\nDTSTART;TZID=Mine:20260107T150000\r\n"
              "DURATION:PT2H\r\n"));
    CHECK(expand(series, "20260105T000000Z", "20260108T000000Z") ==
          calendar(event("DTSTART:20260105T090000Z\r\nDTEND:20260105T100000Z\r\nX-KEPT:as is\r\n"
                         "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM\r\n") +
                   event("DTSTART:20260107T140000Z\r\nDURATION:PT2H\r\n"
                         "RECURRENCE-ID:20260107T090000Z\r\n")));
}

TEST_CASE("RFC 4791 9.6.5: all instances but the initial one have a RECURRENCE-ID") {
    const std::string series =
        calendar(event("DTSTART:20260105T100000Z\r\nRRULE:FREQ=DAILY;COUNT=2\r\n"));
    CHECK(expand(series, "20260101T000000Z", "20260201T000000Z") ==
          calendar(event("DTSTART:20260105T100000Z\r\n") +
                   event("DTSTART:20260106T100000Z\r\nRECURRENCE-ID:20260106T100000Z\r\n")));
}

TEST_CASE("RFC 4791 9.6.5: what does not recur only changes to UTC") {
    const std::string single = calendar(
        test::zone("Mine") + event("DTSTART;TZID=Mine;X-A=1:20260105T100000\r\nDURATION:PT1H\r\n"));
    CHECK(expand(single, "20260105T000000Z", "20260106T000000Z") ==
          calendar(event("DTSTART;X-A=1:20260105T090000Z\r\nDURATION:PT1H\r\n")));
    CHECK(expand(single, "20260106T000000Z", "20260107T000000Z") == calendar(""));
}

TEST_CASE("RFC 4791 9.6.5: all-day instances stay dates, floating ones stay floating") {
    const auto& tokyo = *ical::TzData::system().find("Asia/Tokyo");
    CHECK(expand(calendar(event("DTSTART;VALUE=DATE:20260105\r\nDTEND;VALUE=DATE:20260106\r\n"
                                "RRULE:FREQ=DAILY\r\n")),
                 "20260106T150000Z", "20260107T150000Z", tokyo) ==
          calendar(event("DTSTART;VALUE=DATE:20260107\r\nDTEND;VALUE=DATE:20260108\r\n"
                         "RECURRENCE-ID;VALUE=DATE:20260107\r\n")));
    CHECK(
        expand(calendar(event("DTSTART:20260105T080000\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY\r\n")),
               "20260106T230000Z", "20260107T000000Z",
               tokyo) == calendar(event("DTSTART:20260107T080000\r\nDURATION:PT1H\r\n"
                                        "RECURRENCE-ID:20260107T080000\r\n")));
}

TEST_CASE("an expansion is bounded") {
    const std::string endless =
        calendar(event("DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY\r\n"));
    const DataRequest request{.expand = TimeRange{at("20260101T000000Z"), at("20270101T000000Z")}};
    CHECK_THROWS_AS(retrieve(endless, request), ical::TooExpensive);
    const std::string large =
        calendar(event("DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY;COUNT=900\r\nX-BIG:" +
                       std::string(100'000, 'x') + "\r\n"));
    CHECK_THROWS_AS(retrieve(large, request), ical::TooExpensive);
}

TEST_CASE("RFC 4791 9.6.6: overrides that are not and were not in the range are left out") {
    const std::string master =
        event("DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nRRULE:FREQ=DAILY\r\n");
    const std::string moved_in =
        event("RECURRENCE-ID:20260110T100000Z\r\nDTSTART:20260106T100000Z\r\n");
    const std::string moved_out =
        event("RECURRENCE-ID:20260106T100000Z\r\nDTSTART:20260120T100000Z\r\n");
    const std::string elsewhere =
        event("RECURRENCE-ID:20260111T100000Z\r\nDTSTART:20260111T120000Z\r\n");
    const DataRequest request{.limit_recurrence_set =
                                  TimeRange{at("20260106T103000Z"), at("20260107T000000Z")}};
    CHECK(retrieve(calendar(master + moved_out + elsewhere), request) ==
          calendar(master + moved_out));
    const DataRequest day{.limit_recurrence_set =
                              TimeRange{at("20260106T000000Z"), at("20260107T000000Z")}};
    CHECK(retrieve(calendar(master + moved_in + elsewhere), day) == calendar(master + moved_in));
    // From the 4th on at eight: on the 6th that is before the range, and was in it.
    const std::string and_future =
        event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260104T100000Z\r\nDTSTART:20260104T080000Z\r\n"
              "DTEND:20260104T083000Z\r\n");
    const std::string earlier =
        event("DTSTART:20260101T100000Z\r\nDTEND:20260101T110000Z\r\nRRULE:FREQ=DAILY\r\n");
    CHECK(retrieve(calendar(earlier + and_future + elsewhere), request) ==
          calendar(earlier + and_future));
}

TEST_CASE("RFC 4791 9.6.7: FREEBUSY values outside the range are left out") {
    const auto busy = [](const std::string& lines) {
        return calendar(test::component("VFREEBUSY", lines));
    };
    const DataRequest request{.limit_freebusy_set =
                                  TimeRange{at("20260105T000000Z"), at("20260106T000000Z")}};
    CHECK(
        retrieve(busy("FREEBUSY;FBTYPE=BUSY:20260104T100000Z/PT1H,20260105T100000Z/PT1H,\r\n"
                      " 20260105T235900Z/20260106T010000Z,20260106T000000Z/PT1H\r\n"
                      "FREEBUSY:20260105T100000Z/P\r\n T1H\r\nFREEBUSY:20260107T100000Z/PT1H\r\n"),
                 request) ==
        busy("FREEBUSY;FBTYPE=BUSY:20260105T100000Z/PT1H,20260105T235900Z/20260106T010000\r\n"
             " Z\r\nFREEBUSY:20260105T100000Z/P\r\n T1H\r\n"));
}

TEST_CASE("expansion and choice of properties work together") {
    const DataRequest request{
        .comp = CompSelection{.name = "VCALENDAR",
                              .comps = {{.name = "VEVENT", .props = {{.name = "DTSTART"}}}}},
        .expand = TimeRange{at("20260106T000000Z"), at("20260107T000000Z")}};
    CHECK(retrieve(calendar(event("DTSTART:20260105T100000Z\r\nRRULE:FREQ=DAILY\r\n")), request) ==
          "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260106T100000Z\r\nEND:VEVENT\r\n"
          "END:VCALENDAR\r\n");
}
