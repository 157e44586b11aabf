#include "ical/moment.hpp"
#include "ical/zone.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends::ical;
using namespace kalends::ical::testing;
using namespace std::chrono_literals;

namespace {

const std::string berlin_vtimezone = R"(BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
TZOFFSETFROM:+0100
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
DTSTART:19810329T020000
TZNAME:GMT+2
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:+0200
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
DTSTART:19961027T030000
TZNAME:GMT+1
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
)";

/// As Outlook writes it, from the year 1601.
const std::string outlook_vtimezone = R"(BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
)";

ZonePtr zone_in(const std::string& vtimezone) {
    return zone_of_calendar_timezone(vcalendar(vtimezone));
}

}  // namespace

TEST_CASE("RFC 5545 3.3.5: a local time that the clocks skip has the offset from before the gap") {
    const Zone& new_york = zone("America/New_York");
    CHECK(format_utc(new_york.to_utc(local("20070311T013000"))) == "20070311T063000Z");
    CHECK(format_utc(new_york.to_utc(local("20070311T023000"))) ==
          "20070311T073000Z");  // the RFC's own example
    CHECK(format_utc(new_york.to_utc(local("20070311T025959"))) == "20070311T075959Z");
    CHECK(format_utc(new_york.to_utc(local("20070311T030000"))) == "20070311T070000Z");
}

TEST_CASE("RFC 5545 3.3.5: of a local time that comes twice it is the first") {
    const Zone& new_york = zone("America/New_York");
    CHECK(format_utc(new_york.to_utc(local("20071104T005959"))) == "20071104T045959Z");
    CHECK(format_utc(new_york.to_utc(local("20071104T013000"))) ==
          "20071104T053000Z");  // the RFC's own example
    CHECK(format_utc(new_york.to_utc(local("20071104T020000"))) == "20071104T070000Z");
}

TEST_CASE("a moment has one local time, also in the hour that comes twice") {
    const Zone& berlin = zone("Europe/Berlin");
    CHECK(berlin.to_local(utc("20261025T003000Z")) == local("20261025T023000"));
    CHECK(berlin.to_local(utc("20261025T013000Z")) == local("20261025T023000"));
    CHECK(berlin.to_local(utc("20261025T023000Z")) == local("20261025T033000"));
}

TEST_CASE("time zones go on beyond the years that tzdata lists") {
    const Zone& berlin = zone("Europe/Berlin");
    CHECK(berlin.offset_at(utc("21000701T000000Z")) == 2h);
    CHECK(berlin.offset_at(utc("21001231T000000Z")) == 1h);
    CHECK(berlin.offset_at(utc("99990701T000000Z")) == 2h);
    CHECK(berlin.offset_at(utc("99991231T000000Z")) == 1h);
    CHECK(berlin.to_utc(local("99990701T120000")) == utc("99990701T100000Z"));
    CHECK(zone("Asia/Kolkata").offset_at(utc("99990701T000000Z")) == 5h + 30min);
    CHECK(zone("Asia/Kolkata").offset_at(utc("00010701T000000Z")) == 5h + 53min + 28s);
}

TEST_CASE("RFC 5545 3.3.6: a nominal day is as long as the clocks make it") {
    const Zone& berlin = zone("Europe/Berlin");
    CHECK(berlin.add(local("20260328T120000"), {std::chrono::days{1}, 0s}) ==
          utc("20260329T100000Z"));
    CHECK(berlin.add(local("20260328T120000"), {std::chrono::days{0}, 24h}) ==
          utc("20260329T110000Z"));
}

TEST_CASE("a zone is found by the names that clients send") {
    const TzData& tzdata = TzData::system();
    for (const auto* name :
         {"Europe/Berlin", "/freeassociation.sourceforge.net/Tzfile/Europe/Berlin",
          "/freeassociation.sourceforge.net/Europe/Berlin", "/mozilla.org/20050126_1/Europe/Berlin",
          "/softwarestudio.org/Olson_20011030_5/Europe/Berlin",
          "/citadel.org/20190914_1/Europe/Berlin", "W. Europe Standard Time",
          "W. Europe Daylight Time", "W. Europe", "w. europe standard time",
          "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
          "(GMT+01.00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna",
          "Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna", " Europe/Berlin "}) {
        CAPTURE(name);
        const Zone* found = tzdata.resolve(name);
        REQUIRE(found != nullptr);
        CHECK(found->name() == "Europe/Berlin");
    }
    for (const auto* name :
         {"America/Argentina/Buenos_Aires", "/mozilla.org/1/America/Argentina/Buenos_Aires"}) {
        REQUIRE(tzdata.resolve(name) != nullptr);
        CHECK(tzdata.resolve(name)->name() == "America/Argentina/Buenos_Aires");
    }
    for (const auto* name : {"UTC", "Z", "GMT", "Etc/UTC", "tzone://Microsoft/Utc",
                             "(UTC) Coordinated Universal Time"}) {
        REQUIRE(tzdata.resolve(name) != nullptr);
        CHECK(tzdata.resolve(name)->offset_at(utc("20260701T000000Z")) == 0s);
    }
    CHECK(tzdata.resolve("Customized Time Zone") == nullptr);
    CHECK(tzdata.resolve("") == nullptr);
    CHECK(tzdata.resolve("Europe/Atlantis") == nullptr);
}

TEST_CASE("every Windows zone of CLDR is one that the system has") {
    for (const auto* name :
         {"Pacific Standard Time", "Eastern Standard Time", "GMT Standard Time",
          "India Standard Time", "Tokyo Standard Time", "AUS Eastern Standard Time",
          "Yukon Standard Time", "Line Islands Standard Time", "UTC", "UTC-11", "UTC+13",
          "Romance Standard Time", "FLE Standard Time"}) {
        CAPTURE(name);
        const auto iana = iana_name_of_windows_zone(name);
        CHECK(!iana.empty());
        CHECK(TzData::system().find(iana) != nullptr);
    }
}

TEST_CASE("no time zone name reaches a file outside of the zones") {
    const TzData& tzdata = TzData::system();
    for (const auto* name :
         {"../zoneinfo/Europe/Berlin", "Europe/../Europe/Berlin",
          "/usr/share/zoneinfo/Europe/Berlin", "./Europe/Berlin", "Europe//Berlin",
          "Europe/Berlin/", "zone.tab", "tzdata.zi", "right/Europe/Berlin", "posix/Europe/Berlin",
          "localtime", "Europe", "", "/", "Europe/Berlin\n", "/../../../etc/passwd",
          "/x/../../etc/passwd"})
        CHECK_MESSAGE(tzdata.find(name) == nullptr, name);
    CHECK(tzdata.find(std::string("Europe/Berlin\0x", 15)) == nullptr);
    CHECK(tzdata.resolve("/../../../etc/passwd") == nullptr);
    CHECK(tzdata.resolve("/x/y/../../etc/passwd") == nullptr);
    CHECK(TzData("/nowhere").find("Europe/Berlin") == nullptr);
}

TEST_CASE("RFC 5545 3.6.5: a VTIMEZONE means what tzdata means") {
    const ZonePtr berlin = zone_in(berlin_vtimezone);
    CHECK(berlin->agrees_with(zone("Europe/Berlin"), utc("19970101T000000Z"), end_of_time));
    CHECK(!berlin->agrees_with(zone("Europe/London"), utc("19970101T000000Z"), end_of_time));
    CHECK(!berlin->agrees_with(zone("Africa/Lagos"), utc("19970101T000000Z"), end_of_time));
    CHECK(berlin->agrees_with(zone("Africa/Lagos"), utc("19970101T000000Z"),
                              utc("19970301T000000Z")));
    CHECK(zone_in(outlook_vtimezone)
              ->agrees_with(zone("Europe/Berlin"), utc("19970101T000000Z"), end_of_time));
    CHECK(zone_in(outlook_vtimezone)->offset_at(utc("99990701T000000Z")) == 2h);
}

TEST_CASE("RFC 5545 3.6.5: UNTIL in a VTIMEZONE is UTC, and the last change it admits happens") {
    const ZonePtr new_york = zone_in(R"(BEGIN:VTIMEZONE
TZID:America/New_York
BEGIN:DAYLIGHT
DTSTART:19870405T020000
RRULE:FREQ=YEARLY;BYMONTH=4;BYDAY=1SU;UNTIL=20060402T070000Z
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19671029T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU;UNTIL=20061029T060000Z
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
END:STANDARD
END:VTIMEZONE
)");
    CHECK(new_york->agrees_with(zone("America/New_York"), utc("19880101T000000Z"), end_of_time));
}

TEST_CASE("a VTIMEZONE with RDATEs and one without changes are understood") {
    const ZonePtr once = zone_in(R"(BEGIN:VTIMEZONE
TZID:x
BEGIN:STANDARD
DTSTART:20000101T000000
RDATE:20100101T000000,20200101T000000
TZOFFSETFROM:+0300
TZOFFSETTO:+0200
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20050101T000000
RDATE:20150101T000000
TZOFFSETFROM:+0200
TZOFFSETTO:+0300
END:DAYLIGHT
END:VTIMEZONE
)");
    CHECK(once->offset_at(utc("19990101T000000Z")) == 3h);
    CHECK(once->offset_at(utc("20020101T000000Z")) == 2h);
    CHECK(once->offset_at(utc("20060101T000000Z")) == 3h);
    CHECK(once->offset_at(utc("20120101T000000Z")) == 2h);
    CHECK(once->offset_at(utc("20160101T000000Z")) == 3h);
    CHECK(once->offset_at(utc("30000101T000000Z")) == 2h);
}

TEST_CASE("a VTIMEZONE that says nothing, or too much, is refused") {
    CHECK_THROWS_AS(zone_in("BEGIN:VTIMEZONE\nTZID:x\nEND:VTIMEZONE\n"), ValueError);
    CHECK_THROWS_AS(
        zone_in(
            "BEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\nDTSTART:20000101T000000\nTZOFFSETFROM:+0100\n"
            "END:STANDARD\nEND:VTIMEZONE\n"),
        ValueError);
    const std::string observance =
        "DTSTART:20000101T000000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\n";
    for (const auto* rule :
         {"FREQ=SECONDLY", "FREQ=DAILY", "FREQ=SECONDLY;BYYEARDAY=366", "FREQ=NEVER"})
        CHECK_THROWS_AS(zone_in("BEGIN:VTIMEZONE\nTZID:x\nBEGIN:STANDARD\n" + observance +
                                "RRULE:" + rule + "\nEND:STANDARD\nEND:VTIMEZONE\n"),
                        ValueError);
}

TEST_CASE("an object's own VTIMEZONE goes before tzdata's zone of that name") {
    const std::string own =
        "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0500\nTZOFFSETTO:+0500\nEND:STANDARD\nEND:VTIMEZONE\n";
    const Component calendar = parse(vcalendar(own));
    const Zones zones(calendar);
    REQUIRE(zones.find("Europe/Berlin") != nullptr);
    CHECK(zones.find("Europe/Berlin")->offset_at(utc("20260701T000000Z")) == 5h);
    CHECK(zones.find("Europe/Paris")->offset_at(utc("20260701T000000Z")) == 2h);
    CHECK(zones.find("Custom") == nullptr);
}

TEST_CASE("a broken VTIMEZONE does no harm where its name is known") {
    const Component calendar =
        parse(vcalendar("BEGIN:VTIMEZONE\nTZID:Europe/Berlin\nEND:VTIMEZONE\n"
                        "BEGIN:VTIMEZONE\nTZID:Custom\nEND:VTIMEZONE\n"));
    const Zones zones(calendar);
    CHECK(zones.find("Europe/Berlin")->offset_at(utc("20260701T000000Z")) == 2h);
    CHECK_THROWS_AS(static_cast<void>(zones.find("Custom")), ValueError);
}

TEST_CASE("a floating property is read in the zone of the caller, one with a TZID in its own") {
    const Component calendar =
        parse(vevent("DTSTART:20260701T120000\nDTEND;TZID=America/New_York:20260701T120000\n"
                     "DUE;VALUE=DATE:20260701\nCREATED:20260701T120000Z\nX:20260799\n"));
    const Zones zones(calendar);
    const Component& event = calendar.components.front();
    const Zone& tokyo = zone("Asia/Tokyo");
    CHECK(moment_of(*event.property("DTSTART"), zones, tokyo) == utc("20260701T030000Z"));
    CHECK(moment_of(*event.property("DTEND"), zones, tokyo) == utc("20260701T160000Z"));
    CHECK(moment_of(*event.property("DUE"), zones, tokyo) == utc("20260630T150000Z"));
    CHECK(moment_of(*event.property("CREATED"), zones, tokyo) == utc("20260701T120000Z"));
    CHECK_THROWS_AS(moment_of(*event.property("X"), zones, tokyo), ValueError);
}

TEST_CASE("RFC 3339: moments with an offset, with Z, and on somebody's clock") {
    const Zone& tokyo = zone("Asia/Tokyo");
    CHECK(parse_moment("2026-07-01T12:00:00Z", tokyo) == utc("20260701T120000Z"));
    CHECK(parse_moment("2026-07-01T12:00+02:00", tokyo) == utc("20260701T100000Z"));
    CHECK(parse_moment("2026-07-01 12:00:00", tokyo) == utc("20260701T030000Z"));
    CHECK(parse_moment("2026-07-01", tokyo) == utc("20260630T150000Z"));
    for (const auto* none : {"", "2026-13-01", "2026-07-01T12", "2026-07-01T12:00:00X",
                             "2026-02-30T12:00:00Z", "20260701T120000Z"})
        CHECK_FALSE(parse_moment(none, tokyo));
}
