#include "ical/published.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends::ical;
using namespace kalends::ical::testing;

namespace {

struct Read {
    std::vector<BusyPeriod> busy;
    Span told;
};

const UtcTime from = utc("20260105T000000Z");
const UtcTime to = utc("20260106T000000Z");
constexpr Span always{beginning_of_time, end_of_time};

Read read(const std::string& document, const Zone& floating = *Zone::utc()) {
    FreeBusy busy(from, to);
    Budget budget;
    const Span told = add_published(busy, document, floating, budget);
    return {busy.merged(), told};
}

UtcTime at(const std::string& hour) { return utc("20260105T" + hour + "0000Z"); }

}  // namespace

TEST_CASE("RFC 5545 3.6.4: a published VFREEBUSY, its periods and what it tells of") {
    const Read found = read(vcalendar(
        "METHOD:PUBLISH\nBEGIN:VFREEBUSY\nORGANIZER:mailto:jane@example.com\n"
        "DTSTART:20260104T000000Z\nDTEND:20260105T180000Z\n"
        "FREEBUSY;FBTYPE=busy-unavailable:20260104T200000Z/PT8H\n"
        "FREEBUSY;FBTYPE=\"BUSY\":20260105T090000Z/20260105T100000Z,20260105T093000Z/PT90M\n"
        "FREEBUSY;FBTYPE=Busy-Tentative:20260105T120000Z/PT1H\n"
        "FREEBUSY;FBTYPE=X-OUT:20260105T140000Z/PT1H\n"
        "FREEBUSY;FBTYPE=FREE:20260105T160000Z/PT1H\nEND:VFREEBUSY\n"));
    CHECK(found.busy == std::vector<BusyPeriod>{{from, at("04"), Busy::unavailable},
                                                {at("09"), at("11"), Busy::busy},
                                                {at("12"), at("13"), Busy::tentative},
                                                {at("14"), at("15"), Busy::busy}});
    CHECK(found.told == Span{utc("20260104T000000Z"), at("18")});
}

TEST_CASE("several VFREEBUSYs tell of all that one of them does") {
    const Read found =
        read(vcalendar("BEGIN:VFREEBUSY\nDTSTART:20260101T000000Z\nDTEND:20260201T000000Z\n"
                       "FREEBUSY:20260105T090000Z/PT1H\nEND:VFREEBUSY\n"
                       "BEGIN:VFREEBUSY\nDTSTART:20260201T000000Z\nDTEND:20260301T000000Z\n"
                       "FREEBUSY:20260105T110000Z/PT1H\nEND:VFREEBUSY\n"));
    CHECK(found.busy.size() == 2);
    CHECK(found.told == Span{utc("20260101T000000Z"), utc("20260301T000000Z")});
}

TEST_CASE("a published calendar of events is as good, in the zone that is given") {
    const Read found = read(
        vcalendar("BEGIN:VEVENT\nUID:1\nDTSTART:20260101T090000\nDURATION:PT1H\n"
                  "RRULE:FREQ=DAILY\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260105T090000\nDTSTART:20260105T110000\n"
                  "DURATION:PT1H\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nUID:2\nDTSTART:20260105T150000Z\nDURATION:PT1H\n"
                  "STATUS:TENTATIVE\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nDTSTART:20260105T170000Z\nDURATION:PT1H\nEND:VEVENT\n"
                  "BEGIN:VEVENT\nDTSTART:20260105T190000Z\nDURATION:PT1H\n"
                  "TRANSP:TRANSPARENT\nEND:VEVENT\n"
                  "BEGIN:VTODO\nUID:3\nDUE:20260105T150000Z\nEND:VTODO\n"),
        zone("Europe/Athens"));
    CHECK(found.busy == std::vector<BusyPeriod>{{at("09"), at("10"), Busy::busy},
                                                {at("15"), at("16"), Busy::tentative},
                                                {at("17"), at("18"), Busy::busy}});
    CHECK(found.told == always);
}

TEST_CASE("RFC 7953 5: published availability counts, and an empty calendar says: free") {
    CHECK(read(vcalendar("BEGIN:VAVAILABILITY\nUID:1\nDTEND:20260105T080000Z\n"
                         "END:VAVAILABILITY\n"))
              .busy == std::vector<BusyPeriod>{{from, at("08"), Busy::unavailable}});
    CHECK(read(vcalendar("")).busy.empty());
}

TEST_CASE("what is no calendar, or a broken one, is not read as free") {
    CHECK_THROWS_AS(read("<html>Not found</html>"), ParseError);
    CHECK_THROWS_AS(read(""), ParseError);
    CHECK_THROWS_AS(read("BEGIN:VCARD\nVERSION:4.0\nEND:VCARD\n"), ParseError);
    CHECK_THROWS_AS(read(vcalendar("BEGIN:VFREEBUSY\nFREEBUSY:tomorrow\nEND:VFREEBUSY\n")),
                    ValueError);
    CHECK_THROWS_AS(read(vcalendar("BEGIN:VEVENT\nDTSTART:20260105T170000Z\nDURATION:PT1H\n"
                                   "RRULE:FREQ=NEVER\nEND:VEVENT\n")),
                    ValueError);
}
