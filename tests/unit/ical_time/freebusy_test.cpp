#include "ical/freebusy.hpp"
#include "support.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends::ical;
using namespace kalends::ical::testing;

namespace {

const UtcTime from = utc("20260101T000000Z");
const UtcTime to = utc("20260102T000000Z");

UtcTime at(const std::string& hour) { return utc("20260101T" + hour + "0000Z"); }

void add_object(FreeBusy& busy, const std::string& text) {
    Budget budget;
    busy.add_digest(digest(parse(text), budget).text, *Zone::utc(), budget);
}

}  // namespace

TEST_CASE("busy periods that touch or overlap are one, whatever their order") {
    FreeBusy busy(from, to);
    busy.add(at("12"), at("13"), Busy::busy);
    busy.add(at("09"), at("10"), Busy::busy);
    busy.add(at("10"), at("11"), Busy::busy);
    busy.add(at("09"), at("12"), Busy::busy);
    busy.add(at("15"), at("16"), Busy::busy);
    CHECK(busy.merged() == std::vector<BusyPeriod>{{at("09"), at("13"), Busy::busy},
                                                   {at("15"), at("16"), Busy::busy}});
}

TEST_CASE("RFC 4791 7.10: what is outside of the range is not told, what crosses it is clipped") {
    FreeBusy busy(from, to);
    busy.add(utc("20251231T220000Z"), at("01"), Busy::busy);
    busy.add(at("23"), utc("20260102T020000Z"), Busy::tentative);
    busy.add(utc("20251230T000000Z"), from, Busy::busy);
    busy.add(to, utc("20260103T000000Z"), Busy::busy);
    busy.add(at("05"), at("05"), Busy::busy);
    busy.add(at("06"), at("07"), Busy::free);
    CHECK(busy.merged() ==
          std::vector<BusyPeriod>{{from, at("01"), Busy::busy}, {at("23"), to, Busy::tentative}});
}

TEST_CASE("RFC 4791 7.10: each kind of busy time is told whole where kinds overlap") {
    FreeBusy busy(from, to);
    busy.add(at("10"), at("11"), Busy::busy);
    busy.add(at("09"), at("12"), Busy::unavailable);
    busy.add(at("14"), at("18"), Busy::tentative);
    busy.add(at("08"), at("14"), Busy::tentative);
    CHECK(busy.merged() == std::vector<BusyPeriod>{{at("08"), at("18"), Busy::tentative},
                                                   {at("09"), at("12"), Busy::unavailable},
                                                   {at("10"), at("11"), Busy::busy}});
}

TEST_CASE(
    "RFC 4791 7.10: TRANSP, STATUS and Outlook's status say what an event does to one's time") {
    struct Row {
        const char* lines;
        std::vector<Busy> kinds;
    };
    const Row rows[] = {
        {"", {Busy::busy}},
        {"TRANSP:OPAQUE\nSTATUS:CONFIRMED\n", {Busy::busy}},
        {"STATUS:TENTATIVE\n", {Busy::tentative}},
        {"STATUS:CANCELLED\n", {}},
        {"TRANSP:TRANSPARENT\n", {}},
        {"TRANSP:transparent\nSTATUS:TENTATIVE\n", {}},
        {"X-MICROSOFT-CDO-BUSYSTATUS:OOF\n", {Busy::unavailable}},
        {"X-MICROSOFT-CDO-BUSYSTATUS:TENTATIVE\n", {Busy::tentative}},
        {"X-MICROSOFT-CDO-BUSYSTATUS:FREE\n", {}},
        {"X-MICROSOFT-CDO-BUSYSTATUS:BUSY\n", {Busy::busy}},
    };
    for (const Row& row : rows) {
        CAPTURE(row.lines);
        FreeBusy busy(from, to);
        add_object(busy, vevent(std::string("DTSTART:20260101T090000Z\nDTEND:20260101T100000Z\n") +
                                row.lines));
        std::vector<Busy> kinds;
        for (const BusyPeriod& period : busy.merged()) kinds.push_back(period.kind);
        CHECK(kinds == row.kinds);
    }
}

TEST_CASE("tasks, notes and events without a length take no time") {
    FreeBusy busy(from, to);
    add_object(busy, object("VTODO", "DTSTART:20260101T090000Z\nDUE:20260101T100000Z\n"));
    add_object(busy, object("VJOURNAL", "DTSTART;VALUE=DATE:20260101\n"));
    add_object(busy, vevent("DTSTART:20260101T090000Z\n"));
    CHECK(busy.merged().empty());
}

TEST_CASE("RFC 4791 7.10: the periods of a stored VFREEBUSY count, each with its kind") {
    FreeBusy busy(from, to);
    add_object(busy, object("VFREEBUSY",
                            "DTSTART:20260101T000000Z\nDTEND:20260102T000000Z\n"
                            "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260101T080000Z/PT1H\n"
                            "FREEBUSY:20260101T090000Z/20260101T100000Z,20260101T120000Z/PT30M\n"
                            "FREEBUSY;FBTYPE=FREE:20260101T200000Z/PT1H\n"
                            "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260101T220000Z/PT1H\n"));
    CHECK(busy.merged() == std::vector<BusyPeriod>{{at("08"), at("09"), Busy::tentative},
                                                   {at("09"), at("10"), Busy::busy},
                                                   {at("12"), utc("20260101T123000Z"), Busy::busy},
                                                   {at("22"), at("23"), Busy::unavailable}});
}

TEST_CASE("an override says for its instance whether it is busy") {
    FreeBusy busy(from, utc("20260105T000000Z"));
    add_object(busy, vcalendar("BEGIN:VEVENT\nUID:1\nDTSTART:20260101T090000Z\nDURATION:"
                               "PT1H\nRRULE:FREQ=DAILY;COUNT=3\nEND:VEVENT\n"
                               "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260102T090000Z\nDTSTART:"
                               "20260102T090000Z\nDURATION:PT1H\n"
                               "TRANSP:TRANSPARENT\nEND:VEVENT\n"
                               "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID:20260103T090000Z\nDTSTART:"
                               "20260103T150000Z\nDURATION:PT2H\n"
                               "STATUS:TENTATIVE\nEND:VEVENT\n"));
    CHECK(busy.merged() == std::vector<BusyPeriod>{{at("09"), at("10"), Busy::busy},
                                                   {utc("20260103T150000Z"),
                                                    utc("20260103T170000Z"), Busy::tentative}});
}

TEST_CASE("RFC 5545 3.6.4: the answer is a VFREEBUSY in UTC, a property for each kind") {
    FreeBusy busy(from, to);
    busy.add(at("09"), at("10"), Busy::busy);
    busy.add(at("12"), utc("20260101T133000Z"), Busy::busy);
    busy.add(at("14"), at("15"), Busy::tentative);
    busy.add(at("20"), to, Busy::unavailable);
    FreeBusyHeader header;
    header.method = "REPLY";
    header.uid = "4,5";
    header.organizer = "mailto:a@example.com\r\nX-EVIL:1";
    header.attendee = "mailto:b@example.com";
    header.lines = {"ATTENDEE;CN=C:mailto:c@example.com"};
    header.stamp = utc("20251231T120000Z");
    CHECK(render(busy, header) ==
          "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//Kalends//EN\r\nMETHOD:REPLY\r\n"
          "BEGIN:VFREEBUSY\r\nUID:4\\,5\r\nDTSTAMP:20251231T120000Z\r\nDTSTART:20260101T000000Z\r\n"
          "DTEND:20260102T000000Z\r\nORGANIZER:mailto:a@example.comX-EVIL:1\r\n"
          "ATTENDEE:mailto:b@example.com\r\n"
          "ATTENDEE;CN=C:mailto:c@example.com\r\n"
          "FREEBUSY;FBTYPE=BUSY:20260101T090000Z/PT1H,20260101T120000Z/PT1H30M\r\n"
          "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20260101T200000Z/20260102T000000Z\r\n"
          "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20260101T140000Z/PT1H\r\n"
          "END:VFREEBUSY\r\nEND:VCALENDAR\r\n");
}

TEST_CASE("RFC 4791 7.10: where nobody is busy the answer has no periods") {
    const std::string text = render(FreeBusy(from, to), {});
    CHECK(text.find("FREEBUSY;") == std::string::npos);
    CHECK(text.find("BEGIN:VFREEBUSY\r\n") != std::string::npos);
}
