#include "ical/object.hpp"
#include "sched/free_busy_request.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using namespace kalends::sched;

namespace {

const std::string good = "UID:1\nORGANIZER;CN=\"Al, ice\":mailto:alice@example.com\n"
                         "ATTENDEE;CN=Bob:mailto:bob@example.com\n"
                         "ATTENDEE:MAILTO:Bob@Example.com\n"
                         "ATTENDEE:mailto:carol@example.com\n"
                         "DTSTAMP:20260101T000000Z\n"
                         "DTSTART:20260105T000000Z\nDTEND:20260106T000000Z\n";

std::string message(const std::string& lines, const std::string& before = "METHOD:REQUEST\n") {
    return "BEGIN:VCALENDAR\nVERSION:2.0\n" + before + "BEGIN:VFREEBUSY\n" + lines +
           "END:VFREEBUSY\nEND:VCALENDAR\n";
}

std::string without(const std::string& name) {
    std::string result;
    for (std::size_t at = 0; at < good.size();) {
        const auto end = good.find('\n', at) + 1;
        const auto line = good.substr(at, end - at);
        if (!line.starts_with(name)) result += line;
        at = end;
    }
    return result;
}

std::string refusal(const std::string& body) {
    try {
        free_busy_request(body);
        return "";
    } catch (const itip::Refused& error) {
        CHECK(error.rule() == itip::Rule::valid_message);
        return error.what();
    }
}

}  // namespace

TEST_CASE("RFC 5546 3.3.2: a request for busy time") {
    const auto request = free_busy_request(message(good + "X-CALENDARSERVER-MASK-UID:a\\,b\n"));
    CHECK(request.uid == "1");
    CHECK(request.organizer.address == "mailto:alice@example.com");
    CHECK(request.to - request.from == std::chrono::hours{24});
    REQUIRE(request.recipients.size() == 2);
    CHECK(request.recipients[0].address == "mailto:bob@example.com");
    CHECK(request.recipients[1].address == "mailto:carol@example.com");
    CHECK(request.masked_uid == "a,b");
}

TEST_CASE("RFC 6638 5.2.1: what is no request for busy time is refused with a sentence") {
    struct Row {
        std::string body;
        const char* sentence;
    };
    const Row rows[] = {
        {message(good, ""), "An outbox takes METHOD:REQUEST."},
        {message(good, "METHOD:REPLY\n"), "An outbox takes METHOD:REQUEST."},
        {message(without("UID")), "A request for busy time needs UID."},
        {message(without("ORGANIZER")), "A request for busy time needs ORGANIZER."},
        {message(without("ATTENDEE")), "A request for busy time needs an ATTENDEE."},
        {message(without("DTSTART")), "A request for busy time needs DTSTART."},
        {message(without("DTEND")), "A request for busy time needs DTEND."},
        {message(without("DTEND") + "DTEND:20260106T000000\n"), "DTEND must be a time in UTC."},
        {message(without("DTEND") + "DTEND;VALUE=DATE:20260106\n"), "DTEND must be a time in UTC."},
        {message(without("DTEND") + "DTEND:20260105T000000Z\n"), "DTEND must be after DTSTART."},
        {message(good + "URL:https://example.com/\n"),
         "A request for busy time must not have URL."},
        {message(good, "METHOD:REQUEST\nBEGIN:VEVENT\nUID:2\nDTSTART:20260105T000000Z\n"
                       "END:VEVENT\n"),
         "A request for busy time has VFREEBUSY, and no VEVENT."},
        {message(good, "METHOD:REQUEST\nBEGIN:VFREEBUSY\nUID:2\nEND:VFREEBUSY\n"),
         "A request for busy time has one VFREEBUSY."},
        {"BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nEND:VCALENDAR\n",
         "A request for busy time has a VFREEBUSY."},
    };
    for (const Row& row : rows) {
        CAPTURE(row.body);
        CHECK(refusal(row.body) == row.sentence);
    }
    CHECK_THROWS_AS(free_busy_request("<?xml version=\"1.0\"?>"), ical::ObjectError);
    CHECK_THROWS_AS(free_busy_request(message(good + "SUMMARY:\xff\n")), ical::ObjectError);
}

TEST_CASE("RFC 5546 3.3.3: the reply has the request's UID, ORGANIZER and that ATTENDEE") {
    const auto request = free_busy_request(message(good));
    ical::FreeBusy busy(request.from, request.to);
    busy.add(request.from + std::chrono::hours{9}, request.from + std::chrono::hours{10},
             ical::Busy::busy);
    CHECK(free_busy_reply(request, request.recipients[0], busy, request.from) ==
          "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//Kalends//EN\r\nMETHOD:REPLY\r\n"
          "BEGIN:VFREEBUSY\r\nUID:1\r\nDTSTAMP:20260105T000000Z\r\nDTSTART:20260105T000000Z\r\n"
          "DTEND:20260106T000000Z\r\nORGANIZER;CN=\"Al, ice\":mailto:alice@example.com\r\n"
          "ATTENDEE;CN=Bob:mailto:bob@example.com\r\n"
          "FREEBUSY;FBTYPE=BUSY:20260105T090000Z/PT1H\r\n"
          "END:VFREEBUSY\r\nEND:VCALENDAR\r\n");
    CHECK(request_status(RecipientStatus::Kind::success) == "2.0;Success");
    CHECK(request_status(RecipientStatus::Kind::invalid_user).starts_with("3.7;"));
}
