// VTIMEZONEs that are left out or put in: RFC 7809 3.1.3.

#include "ical/object.hpp"
#include "ical/retrieve.hpp"
#include "samples.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using ical::CompSelection;
using ical::DataRequest;
using ical::TimeZones;
using test::calendar;
using test::event;
using test::zone;

namespace {

const std::string in_berlin = event("DTSTART;TZID=Europe/Berlin:20260105T100000\r\n");
const std::string in_mine = event("DTSTART;TZID=Mine:20260105T100000\r\n");
const std::string in_windows =
    event("DTSTART;TZID=W. Europe Standard Time:20260105T100000\r\nDTEND;TZID=\"W. Europe "
          "Standard Time\":20260105T110000\r\n");

std::string berlin() { return ical::TzData::system().vtimezone("Europe/Berlin"); }

std::optional<std::string> changed(const std::string& bytes, TimeZones wanted) {
    return ical::with_time_zones(bytes, ical::parse(bytes), wanted);
}

std::string retrieved(const std::string& bytes, const DataRequest& request) {
    ical::Budget budget;
    return ical::retrieve(bytes, ical::parse(bytes), request, {*ical::Zone::utc(), budget});
}

}  // namespace

TEST_CASE("time zones of an answer that has lost its components, or has more than anybody uses") {
    const std::string only_property =
        "BEGIN:VCALENDAR\r\nX-A;TZID=Europe/Berlin:x\r\nEND:VCALENDAR\r\n";
    const auto complete = changed(only_property, TimeZones::complete);
    REQUIRE(complete.has_value());
    CHECK(complete->find("TZID:Europe/Berlin") != std::string::npos);

    std::string many = "BEGIN:VCALENDAR\r\n";
    for (std::size_t i = 0; i <= ical::max_time_zones; ++i)
        many += "X-A;TZID=/" + std::to_string(i) + "/Europe/Berlin:x\r\n";
    many += "END:VCALENDAR\r\n";
    CHECK_FALSE(changed(many, TimeZones::complete).has_value());
}

TEST_CASE("RFC 7809 3.1.3: by reference, an object comes without the zones that tzdata has") {
    CHECK(changed(calendar(zone("Europe/Berlin") + in_berlin), TimeZones::by_reference) ==
          calendar(in_berlin));
    CHECK(changed(calendar(zone("Europe/Berlin") + zone("Mine") + in_mine + zone("Asia/Tokyo")),
                  TimeZones::by_reference) == calendar(zone("Mine") + in_mine));
    CHECK_FALSE(changed(calendar(in_berlin), TimeZones::by_reference));
    CHECK_FALSE(changed(calendar(zone("Mine") + in_mine), TimeZones::by_reference));
}

TEST_CASE("RFC 7809 3.1.3: by reference, a zone that is not in tzdata under its name is put in") {
    const auto& tzdata = ical::TzData::system();
    CHECK(changed(calendar(in_windows), TimeZones::by_reference) ==
          calendar(tzdata.vtimezone("W. Europe Standard Time") + in_windows));
    const std::string sent = zone("/mozilla.org/20050126_1/Europe/Berlin");
    CHECK_FALSE(changed(calendar(sent + in_berlin), TimeZones::by_reference));
    CHECK(changed(calendar(zone("Europe/Berlin") + in_windows), TimeZones::by_reference) ==
          calendar(tzdata.vtimezone("W. Europe Standard Time") + in_windows));
}

TEST_CASE("RFC 7809 3.1.3: complete, each TZID that is used has its VTIMEZONE, once") {
    const std::string twice =
        in_berlin +
        "BEGIN:VEVENT\r\nUID:u1\r\nRECURRENCE-ID;TZID=Europe/Berlin:20260112T100000\r\n"
        "BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nX-WHEN;TZID=Asia/Tokyo:20260112T100000\r\nEND:VALARM\r\n"
        "END:VEVENT\r\n";
    CHECK(changed(calendar(twice), TimeZones::complete) ==
          calendar(berlin() + ical::TzData::system().vtimezone("Asia/Tokyo") + twice));
    CHECK(changed(calendar(zone("Mine") + in_berlin), TimeZones::complete) ==
          calendar(berlin() + zone("Mine") + in_berlin));
    // What the client sent is what its TZID means, whatever tzdata says of the name.
    CHECK_FALSE(changed(calendar(zone("Europe/Berlin") + in_berlin), TimeZones::complete));
    CHECK_FALSE(changed(calendar(event("DTSTART:20260105T100000Z\r\n")), TimeZones::complete));
    // Beside a time in UTC a TZID that nobody knows is let pass.
    CHECK_FALSE(changed(calendar(event("DTSTART;TZID=Middle/Earth:20260105T100000Z\r\n")),
                        TimeZones::complete));
    CHECK_FALSE(changed(calendar(in_berlin), TimeZones::as_stored));
}

TEST_CASE("RFC 7809 3.1.3: complete, a zone that comp leaves out comes all the same") {
    const CompSelection event_only{.name = "VCALENDAR", .all_props = true, .comps = {{"VEVENT"}}};
    const std::string bytes = calendar(in_mine + zone("Mine"));
    CHECK(retrieved(bytes, {.comp = event_only}) == calendar(in_mine));
    CHECK(retrieved(bytes, {.comp = event_only, .time_zones = TimeZones::complete}) ==
          calendar(zone("Mine") + in_mine));
    CHECK(retrieved(calendar(in_berlin), {.comp = event_only, .time_zones = TimeZones::complete}) ==
          calendar(berlin() + in_berlin));
    CHECK_FALSE(DataRequest{.time_zones = TimeZones::by_reference}.is_everything());
}

TEST_CASE("RFC 4791 9.6.5: expanded times are in UTC, and need no zone") {
    const ical::TimeRange january{
        ical::UtcTime{std::chrono::sys_days{std::chrono::year{2026} / std::chrono::January / 1}},
        ical::UtcTime{std::chrono::sys_days{std::chrono::year{2026} / std::chrono::February / 1}}};
    const auto text = retrieved(calendar(zone("Europe/Berlin") + in_berlin),
                                {.expand = january, .time_zones = TimeZones::complete});
    CHECK(text.find("VTIMEZONE") == std::string::npos);
    CHECK(text.find("DTSTART:20260105T090000Z") != std::string::npos);
}

TEST_CASE("the TZIDs that an object uses are found on all levels, each once") {
    const auto used = ical::time_zones_in(ical::parse(calendar(in_windows + in_berlin)));
    CHECK(used == std::vector<std::string>{"W. Europe Standard Time", "Europe/Berlin"});
}
