#include "ical/filter.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using ical::CompFilter;
using ical::ParamFilter;
using ical::PropFilter;
using ical::TimeRange;
using test::calendar;
using test::event;

namespace {

ical::UtcTime at(const char* text) {
    return ical::UtcTime{ical::parse_date_time(text).value().local.time_since_epoch()};
}

TimeRange range(const char* from, const char* to) { return {at(from), at(to)}; }

bool matches(const std::string& bytes, const CompFilter& filter,
             const ical::Zone& floating = *ical::Zone::utc()) {
    ical::Budget budget;
    return ical::matches(ical::parse(bytes), filter, {floating, budget});
}

CompFilter vcalendar(CompFilter inner) {
    return {.name = "VCALENDAR", .comps = {std::move(inner)}};
}

/// A filter for VEVENTs with this property filter.
CompFilter with(PropFilter prop) {
    return vcalendar({.name = "VEVENT", .props = {std::move(prop)}});
}

CompFilter with_param(ParamFilter param) {
    return with(PropFilter{.name = "ATTENDEE", .params = {std::move(param)}});
}

TextMatch text(const std::string& wanted, bool negate = false) {
    return text_match(wanted, Collation::ascii_casemap, MatchType::contains, negate);
}

const std::string lunch = calendar(
    event("DTSTART:20260105T100000Z\r\nDURATION:PT1H\r\nSUMMARY:Lunch\\, with Zo\xC3\x8B\r\n"
          "ATTENDEE;PARTSTAT=ACCEPTED;CN=Jane:mailto:jane@example.com\r\n"
          "ATTENDEE;PARTSTAT=DECLINED:mailto:joe@example.com\r\n"
          "BEGIN:VALARM\r\nACTION:AUDIO\r\nTRIGGER:-PT30M\r\nEND:VALARM\r\n"));

const std::string daily = calendar(
    event("DTSTART:20260105T100000Z\r\nDTEND:20260105T110000Z\r\nRRULE:FREQ=DAILY;COUNT=5\r\n"
          "SUMMARY:Standup\r\n") +
    event("RECURRENCE-ID:20260107T100000Z\r\nDTSTART:20260120T100000Z\r\n"
          "DTEND:20260120T110000Z\r\nSUMMARY:Moved\r\n"));

}  // namespace

TEST_CASE("RFC 4791 9.7.1: a component filter asks whether a component exists") {
    CHECK(matches(lunch, {.name = "VCALENDAR"}));
    CHECK(matches(lunch, vcalendar({.name = "vevent"})));
    CHECK(!matches(lunch, vcalendar({.name = "VTODO"})));
    CHECK(matches(lunch, vcalendar({.name = "VTODO", .is_not_defined = true})));
    CHECK(!matches(lunch, vcalendar({.name = "VEVENT", .is_not_defined = true})));
    CHECK(matches(lunch, vcalendar({.name = "VEVENT", .comps = {{.name = "VALARM"}}})));
    CHECK(!matches(lunch, vcalendar({.name = "VEVENT",
                                     .comps = {{.name = "VALARM", .is_not_defined = true}}})));
    CHECK(!matches(lunch, {.name = "VEVENT"}));
    CHECK(!matches(lunch, {.name = "VCALENDAR", .is_not_defined = true}));
}

TEST_CASE("RFC 4791 9.7.2: a property filter asks whether a property exists") {
    CHECK(matches(lunch, with(PropFilter{.name = "summary"})));
    CHECK(!matches(lunch, with(PropFilter{.name = "LOCATION"})));
    CHECK(matches(lunch, with(PropFilter{.name = "LOCATION", .is_not_defined = true})));
    CHECK(!matches(lunch, with(PropFilter{.name = "SUMMARY", .is_not_defined = true})));
}

TEST_CASE("RFC 4791 9.7.5: text is found as a substring, without backslashes, in its collation") {
    const auto found = [](const char* wanted, Collation collation, bool negate = false) {
        const auto match = text_match(wanted, collation, MatchType::contains, negate);
        return matches(lunch, with({.name = "SUMMARY", .text = match}));
    };
    CHECK(found("LUNCH, with", Collation::ascii_casemap));
    CHECK(!found("LUNCH", Collation::octet));
    CHECK(found("Lunch, w", Collation::octet));
    CHECK(!found("zo\xC3\xAB", Collation::ascii_casemap));
    CHECK(found("zo\xC3\xAB", Collation::unicode_casemap));
    CHECK(!found("dinner", Collation::unicode_casemap));
    CHECK(found("dinner", Collation::ascii_casemap, true));
    CHECK(!found("lunch", Collation::ascii_casemap, true));
    CHECK(!matches(lunch, with({.name = "STATUS", .text = text("CANCELLED", true)})));
}

TEST_CASE("RFC 4791 9.7.3: a parameter filter looks at the parameters of one property") {
    CHECK(matches(lunch, with_param(ParamFilter{.name = "partstat"})));
    CHECK(!matches(lunch, with_param(ParamFilter{.name = "ROLE"})));
    CHECK(matches(lunch, with_param(ParamFilter{.name = "CN", .is_not_defined = true})));
    CHECK(matches(lunch, with_param(ParamFilter{.name = "PARTSTAT", .text = text("declined")})));
    CHECK(!matches(lunch, with_param(ParamFilter{.name = "PARTSTAT", .text = text("TENTATIVE")})));

    CHECK(matches(lunch,
                  with_param(ParamFilter{.name = "PARTSTAT", .text = text("DECLINED", true)})));
    CHECK(!matches(lunch, with_param(ParamFilter{.name = "PARTSTAT", .text = text("E", true)})));

    const auto attendee = [](const char* address, const char* partstat) {
        return with({.name = "ATTENDEE",
                     .text = text(address),
                     .params = {{.name = "PARTSTAT", .text = text(partstat)}}});
    };
    CHECK(matches(lunch, attendee("jane@", "ACCEPTED")));
    CHECK(!matches(lunch, attendee("joe@", "ACCEPTED")));
}

TEST_CASE(
    "RFC 4791 9.9: every instance of a recurrence counts, and overrides are where they moved") {
    const auto in = [](const char* from, const char* to) {
        return matches(daily, vcalendar({.name = "VEVENT", .time_range = range(from, to)}));
    };
    CHECK(in("20260106T000000Z", "20260107T000000Z"));
    CHECK(!in("20260107T000000Z", "20260108T000000Z"));
    CHECK(in("20260120T000000Z", "20260121T000000Z"));
    CHECK(!in("20260110T000000Z", "20260111T000000Z"));
    CHECK(!in("20260105T110000Z", "20260105T120000Z"));
}

TEST_CASE("RFC 4791 9.7.1: one component must meet all parts of a filter") {
    CompFilter filter = {.name = "VEVENT",
                         .time_range = range("20260120T000000Z", "20260121T000000Z"),
                         .props = {{.name = "SUMMARY", .text = text("Moved")}}};
    CHECK(matches(daily, vcalendar(filter)));
    filter.props[0].text->text = "Standup";
    CHECK(!matches(daily, vcalendar(filter)));
}

TEST_CASE("calendar-query-extended: one of several tests suffices where anyof is asked for") {
    const PropFilter here{.name = "SUMMARY"};
    const PropFilter absent{.name = "LOCATION"};
    const auto event_with = [](bool any_of, std::vector<PropFilter> props) {
        return vcalendar({.name = "VEVENT", .any_of = any_of, .props = std::move(props)});
    };
    CHECK(matches(lunch, event_with(true, {absent, here})));
    CHECK(matches(lunch, event_with(true, {here, absent})));
    CHECK(!matches(lunch, event_with(true, {absent, absent})));
    CHECK(matches(lunch, event_with(true, {})));
    CHECK(!matches(lunch, event_with(false, {here, absent})));

    CompFilter either{.name = "VCALENDAR", .comps = {{.name = "VTODO"}, {.name = "VEVENT"}}};
    CHECK(!matches(lunch, either));
    either.any_of = true;
    CHECK(matches(lunch, either));

    CompFilter in_range_or_named{.name = "VEVENT",
                                 .any_of = true,
                                 .time_range = range("20270101T000000Z", "20270102T000000Z"),
                                 .props = {here}};
    CHECK(matches(lunch, vcalendar(in_range_or_named)));
    in_range_or_named.props = {absent};
    CHECK(!matches(lunch, vcalendar(in_range_or_named)));
    in_range_or_named.time_range = range("20260105T000000Z", "20260106T000000Z");
    CHECK(matches(lunch, vcalendar(in_range_or_named)));

    PropFilter attendee{.name = "ATTENDEE",
                        .params = {{.name = "CN", .text = text("bob")},
                                   {.name = "PARTSTAT", .text = text("DECLINED")}}};
    CHECK(!matches(lunch, with(attendee)));
    attendee.any_of = true;
    CHECK(matches(lunch, with(attendee)));
    attendee.params.pop_back();
    CHECK(!matches(lunch, with(attendee)));
    attendee.text = text("joe@");
    CHECK(matches(lunch, with(attendee)));
}

TEST_CASE("RFC 4791 9.9: an alarm is in a range when it goes off there") {
    const auto alarm = [](const char* from, const char* to) {
        return matches(lunch,
                       vcalendar({.name = "VEVENT",
                                  .comps = {{.name = "VALARM", .time_range = range(from, to)}}}));
    };
    CHECK(alarm("20260105T093000Z", "20260105T094500Z"));
    CHECK(!alarm("20260105T094500Z", "20260105T110000Z"));
}

TEST_CASE("RFC 4791 9.9: a property is in a range when its time is") {
    const auto prop = [](const char* name, const char* from, const char* to) {
        return matches(lunch, with({.name = name, .time_range = range(from, to)}));
    };
    CHECK(prop("DTSTAMP", "20260101T000000Z", "20260101T000001Z"));
    CHECK(!prop("DTSTAMP", "20251231T000000Z", "20260101T000000Z"));
    CHECK(prop("DTEND", "20260105T110000Z", "20260105T113000Z"));  // DTSTART + DURATION
    CHECK(!prop("DTEND", "20260105T100000Z", "20260105T110000Z"));
    CHECK(!prop("SUMMARY", "20250105T100000Z", "20270105T110000Z"));
    CHECK(!prop("COMPLETED", "20250105T100000Z", "20270105T110000Z"));
}

TEST_CASE("RFC 4791 7.3: floating times and dates are read in the calendar's time zone") {
    const auto& tokyo = *ical::TzData::system().find("Asia/Tokyo");
    const auto floating = calendar(event("DTSTART:20260105T080000\r\nDURATION:PT1H\r\n"));
    const auto filter =
        vcalendar({.name = "VEVENT", .time_range = range("20260104T230000Z", "20260105T000000Z")});
    CHECK(matches(floating, filter, tokyo));
    CHECK(!matches(floating, filter));
    const auto stamp =
        with({.name = "DTSTART", .time_range = range("20260104T230000Z", "20260105T000000Z")});
    CHECK(matches(floating, stamp, tokyo));
    CHECK(!matches(floating, stamp));
}

TEST_CASE("a filter over a costly rule ends with an error and not with a hang") {
    const auto costly = calendar(
        event("DTSTART:20260101T000000Z\r\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30\r\n"));
    ical::Budget budget{1000};
    const auto filter =
        vcalendar({.name = "VEVENT", .time_range = range("99990101T000000Z", "99990102T000000Z")});
    try {
        CHECK(!ical::matches(ical::parse(costly), filter, {*ical::Zone::utc(), budget}));
    } catch (const ical::TooExpensive&) {
        CHECK(budget.left() < 1000);
    }
}

TEST_CASE("the plan of a plain filter lets digests answer alone") {
    const auto week = range("20260105T000000Z", "20260112T000000Z");
    const auto plan = ical::plan(vcalendar({.name = "vevent", .time_range = week}));
    CHECK(plan.component == "VEVENT");
    CHECK(plan.time_range == week);
    CHECK(plan.exact);
    CHECK(!plan.nothing);

    const auto all = ical::plan({.name = "VCALENDAR"});
    CHECK(all.exact);
    CHECK(all.component.empty());
    CHECK(!all.time_range);
}

TEST_CASE("the plan finds a UID, and says when more must be read") {
    const auto by_uid = ical::plan(with({.name = "UID", .text = text("u1")}));
    REQUIRE(by_uid.uid);
    CHECK(finds(*by_uid.uid, "u12"));
    CHECK(by_uid.exact);
    CHECK(!ical::plan(with({.name = "UID", .text = text("u1", true)})).uid);
    CHECK(!ical::plan(with({.name = "UID", .text = text("u1", true)})).exact);
    CHECK(!ical::plan(with({.name = "SUMMARY", .text = text("x")})).exact);
    CHECK(!ical::plan(vcalendar({.name = "VEVENT", .comps = {{.name = "VALARM"}}})).exact);
    CHECK(!ical::plan(vcalendar({.name = "VTIMEZONE"})).exact);
    CHECK(!ical::plan({.name = "VCALENDAR", .props = {{.name = "PRODID"}}}).exact);
    CHECK(ical::plan(vcalendar({.name = "VTIMEZONE"})).component.empty());
    CHECK(!ical::plan(vcalendar({.name = "VTODO", .is_not_defined = true})).exact);
    CHECK(ical::plan(vcalendar({.name = "VTODO", .is_not_defined = true})).component.empty());

    const auto choice = ical::plan(vcalendar({.name = "VEVENT",
                                              .any_of = true,
                                              .time_range = TimeRange{},
                                              .props = {{.name = "UID", .text = text("u1")}}}));
    CHECK(!choice.exact);
    CHECK(choice.component == "VEVENT");
    CHECK(!choice.time_range);
    CHECK(!choice.uid);
    const auto either = ical::plan(
        {.name = "VCALENDAR", .any_of = true, .comps = {{.name = "VEVENT"}, {.name = "VTODO"}}});
    CHECK(!either.exact);
    CHECK(!either.nothing);
    CHECK(either.component.empty());
    CHECK(ical::plan(vcalendar({.name = "VEVENT", .any_of = true, .time_range = TimeRange{}}))
              .time_range);
}

TEST_CASE("the plan knows what nothing can match") {
    CHECK(ical::plan({.name = "VCALENDAR", .comps = {{.name = "VEVENT"}, {.name = "VTODO"}}})
              .nothing);
    CHECK(ical::plan({.name = "VEVENT"}).nothing);
    CHECK(ical::plan({.name = "VCALENDAR", .is_not_defined = true}).nothing);
    CHECK(!ical::plan({.name = "VCARD", .is_not_defined = true}).nothing);
}
