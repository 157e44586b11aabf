// The header CalDAV-Timezones, and the variants of an object: RFC 7809 3.1.3, 7.1.

#include "caldav/calendar_type.hpp"
#include "caldav/report_context.hpp"
#include "ical/zone.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::caldav;
using ical::TimeZones;

namespace {

http::Headers with(std::string_view value) {
    http::Headers headers;
    headers.add("caldav-timezones", value);
    return headers;
}

}  // namespace

TEST_CASE("RFC 7809 7.1: CalDAV-Timezones is T or F, and what is neither counts as none") {
    CHECK(time_zones_wanted(with("T")) == TimeZones::complete);
    CHECK(time_zones_wanted(with(" F ")) == TimeZones::by_reference);
    CHECK(time_zones_wanted(with("t")) == TimeZones::complete);
    for (const auto* neither : {"", "true", "T, F", "0"})
        CHECK(time_zones_wanted(with(neither)) == TimeZones::as_stored);
    CHECK(time_zones_wanted(http::Headers{}) == TimeZones::as_stored);
}

TEST_CASE("RFC 7809 3.1.3: only who asks gets another variant of an object than what is stored") {
    const auto& type = calendar_type();
    CHECK(type.variant({}).empty());
    CHECK(type.variant(with("F")) == "tz0-" + ical::TzData::system().version());
    CHECK(type.variant(with("T")) == "tz1-" + ical::TzData::system().version());
    CHECK(type.report_context({}) == nullptr);

    const std::string data =
        "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1\n"
        "DTSTART;TZID=Europe/Berlin:20260105T100000\nEND:VEVENT\nEND:VCALENDAR\n";
    std::string content_type = "text/calendar";
    CHECK_FALSE(type.convert("tz0", data, content_type));
    const auto complete = type.convert("tz1", data, content_type);
    REQUIRE(complete);
    CHECK(type.convert("tz0", *complete, content_type) == data);
    CHECK(content_type == "text/calendar");
}

TEST_CASE("RFC 7809 3.1.3: a report knows what its header asks for") {
    dav::View view;
    CHECK(time_zones_wanted(view) == TimeZones::as_stored);
    view.report = calendar_type().report_context(with("F"));
    CHECK(time_zones_wanted(view) == TimeZones::by_reference);
}
