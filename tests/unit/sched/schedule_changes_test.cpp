#include "sched/schedule_changes.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::sched;
using itip::Change;
using itip::Method;

namespace {

constexpr ical::UtcTime now{};  // 1970

/// What stands in CS:action.
std::string action(const Applied& applied) {
    const auto element = schedule_changes(applied, now);
    if (!element) return {};
    constexpr std::string_view before = "<CS:action>";
    const auto begin = element->find(before) + before.size();
    return element->substr(begin, element->find("</CS:action>") - begin);
}

}  // namespace

TEST_CASE("an item of the inbox tells when its message was applied") {
    CHECK(schedule_changes({.created = true, .changes = {}}, now) ==
          R"(<CS:schedule-changes xmlns:CS="http://calendarserver.org/ns/">)"
          "<CS:dtstamp>19700101T000000Z</CS:dtstamp><CS:action><CS:create/></CS:action>"
          "</CS:schedule-changes>");
}

TEST_CASE("an update tells which properties and parameters changed in which instances") {
    const Change series{.properties = {"DTSTART", "SUMMARY"},
                        .parameters = {"DTSTART;TZID", "DTSTART;VALUE"}};
    const Change instance{.recurrence_id = "20270104T150000Z", .properties = {}, .added = true};
    CHECK(action({.changes = {series, instance}}) ==
          "<CS:update>"
          "<CS:recurrence><CS:master/><CS:changes>"
          R"(<CS:changed-property name="DTSTART"><CS:changed-parameter name="TZID"/>)"
          R"(<CS:changed-parameter name="VALUE"/></CS:changed-property>)"
          R"(<CS:changed-property name="SUMMARY"/>)"
          "</CS:changes></CS:recurrence>"
          "<CS:recurrence><CS:recurrenceid>20270104T150000Z</CS:recurrenceid>"
          "<CS:changes></CS:changes></CS:recurrence>"
          "</CS:update>");
}

TEST_CASE("a message that only raises SEQUENCE is an update of the series") {
    CHECK(action({.changes = {}}) ==
          "<CS:update><CS:recurrence><CS:master/><CS:changes></CS:changes></CS:recurrence>"
          "</CS:update>");
}

TEST_CASE("a cancelled meeting names no instances, and cancelled instances no changes") {
    CHECK(action({.method = Method::cancel, .changes = {{.removed = true}}}) ==
          "<CS:cancel></CS:cancel>");
    CHECK(action({.method = Method::cancel,
                  .changes = {{.recurrence_id = "20270104T150000Z", .removed = true}}}) ==
          "<CS:cancel><CS:recurrence><CS:recurrenceid>20270104T150000Z</CS:recurrenceid>"
          "</CS:recurrence></CS:cancel>");
}

TEST_CASE("a reply tells whose it is") {
    const Change change{.properties = {"ATTENDEE", "X-CALENDARSERVER-PRIVATE-COMMENT"},
                        .parameters = {"ATTENDEE;PARTSTAT"}};
    CHECK(
        action(
            {.method = Method::reply, .attendee = "mailto:a&b@example.com", .changes = {change}}) ==
        "<CS:reply><CS:attendee>mailto:a&amp;b@example.com</CS:attendee>"
        "<CS:recurrence><CS:master/><CS:changes>"
        R"(<CS:changed-property name="ATTENDEE"><CS:changed-parameter name="PARTSTAT"/>)"
        "</CS:changed-property>"
        R"(<CS:changed-property name="X-CALENDARSERVER-PRIVATE-COMMENT"/>)"
        "</CS:changes></CS:recurrence></CS:reply>");
}

TEST_CASE("a message that changes no object has no schedule-changes") {
    for (const auto method : {Method::counter, Method::declinecounter, Method::refresh})
        CHECK_FALSE(schedule_changes({.method = method, .changes = {}}, now));
}
