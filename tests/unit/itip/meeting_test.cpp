// Who takes part, over all components.
#include "itip/meeting.hpp"
#include "itip/message.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;

namespace {

itip::Meeting meeting_of(const std::string& master, const std::string& override = {}) {
    const std::string text = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:u\r\n" +
                             master + "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:u\r\n" + override +
                             "END:VEVENT\r\nEND:VCALENDAR\r\n";
    return itip::meeting_of(ical::parse_document(text));
}

}  // namespace

TEST_CASE("each attendee counts once, over all components and spellings") {
    const auto meeting =
        meeting_of("ORGANIZER:mailto:o@example.com\r\nATTENDEE:mailto:a@example.com\r\n"
                   "ATTENDEE;CUTYPE=GROUP:mailto:team@example.com\r\n",
                   "ORGANIZER:MAILTO:O@example.com\r\n"
                   "ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST:MAILTO:A@EXAMPLE.COM\r\n"
                   "ATTENDEE;SCHEDULE-AGENT=CLIENT:mailto:b@example.com\r\n");
    CHECK(meeting.uid == "u");
    CHECK(meeting.component == "VEVENT");
    CHECK(meeting.organizer == "mailto:o@example.com");
    CHECK(meeting.same_organizer);
    REQUIRE(meeting.attendees.size() == 3);
    CHECK(meeting.attendees[0].address == "mailto:a@example.com");
    CHECK(meeting.attendees[0].force_send);
    CHECK(meeting.attendees[1].is_group);
    CHECK(meeting.attendees[2].agent == itip::Agent::client);
}

TEST_CASE("RFC 6638 3.2.4.2: another organizer in another component is seen") {
    CHECK_FALSE(
        meeting_of("ORGANIZER:mailto:o@example.com\r\n", "ORGANIZER:mailto:p@example.com\r\n")
            .same_organizer);
    CHECK(meeting_of("ORGANIZER:mailto:o@example.com\r\n").same_organizer);
}

TEST_CASE("RFC 6638 7.1: SCHEDULE-AGENT that is not known counts as NONE") {
    const struct {
        const char* line;
        itip::Agent agent;
    } cases[] = {
        {"ATTENDEE:mailto:a@example.com", itip::Agent::server},
        {"ATTENDEE;SCHEDULE-AGENT=server:mailto:a@example.com", itip::Agent::server},
        {"ATTENDEE;SCHEDULE-AGENT=Client:mailto:a@example.com", itip::Agent::client},
        {"ATTENDEE;SCHEDULE-AGENT=NONE:mailto:a@example.com", itip::Agent::none},
        {"ATTENDEE;SCHEDULE-AGENT=X-ROBOT:mailto:a@example.com", itip::Agent::none},
    };
    for (const auto& each : cases) {
        CAPTURE(each.line);
        CHECK(itip::agent_of(ical::parse_line(each.line)) == each.agent);
    }
}

TEST_CASE("the role of somebody in a meeting") {
    const auto meeting = meeting_of("ORGANIZER:mailto:o@example.com\r\n"
                                    "ATTENDEE:mailto:o@example.com\r\n"
                                    "ATTENDEE:mailto:a@example.com\r\n");
    const auto role_of = [&](const char* address) {
        itip::Addresses who;
        who.add(address);
        return itip::role_in(meeting, who);
    };
    CHECK(role_of("mailto:o@example.com") == itip::Role::organizer);
    CHECK(role_of("a@example.com") == itip::Role::attendee);
    CHECK(role_of("mailto:x@example.com") == itip::Role::none);
    CHECK(itip::role_in(meeting_of("ATTENDEE:mailto:a@example.com\r\n"), {}) == itip::Role::none);
}

TEST_CASE("methods have names") {
    CHECK(itip::name_of(itip::Method::declinecounter) == "DECLINECOUNTER");
    CHECK(itip::method_named(" request") == itip::Method::request);
    CHECK_FALSE(itip::method_named("INVITE"));
}
