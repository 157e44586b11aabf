// What people say on a page who have no calendar.

#include "itip/guest.hpp"
#include "itip/organizer.hpp"
#include "itip/receive.hpp"
#include "meeting_texts.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::itip;
using namespace kalends::itip_test;

namespace {

constexpr std::string_view annas = "mailto:anna@example.com";

std::string request(const std::string& object) {
    return request_for(object, annas, at(0)).value().data;
}

/// What the organizer has when the answer has come.
Received received(const std::string& object, const GuestAnswer& answer) {
    const auto reply = reply_of(request(object), annas, answer, at(5));
    REQUIRE(reply);
    return receive_from_attendee(reply->data.str(), object, anna, at(6));
}

/// Anna's line in the component that has that line.
std::string annas_line(const std::string& object, std::string_view of = "SUMMARY") {
    const auto component = component_with(unfolded(object), of);
    const auto address = component.find("anna@example.com");
    const auto begin = component.rfind("ATTENDEE", address);
    return component.substr(begin, address - begin);
}

InstanceKey tenth_hour_of(std::string_view day) {
    const auto local = ical::parse_date_time("202603" + std::string(day) + "T100000Z")->local;
    return {.start = ical::UtcTime{local.time_since_epoch()}};
}

}  // namespace

TEST_CASE("what a guest says is the answer that a calendar program would send") {
    for (const std::string partstat : {"ACCEPTED", "TENTATIVE", "DECLINED"}) {
        const auto after = received(invitation, {.partstat = partstat});
        REQUIRE(after.outcome == Outcome::stored);
        CHECK(annas_line(after.data).find("PARTSTAT=" + partstat) != std::string::npos);
        CHECK(after.worth_telling);
        CHECK(has(unfolded(after.data), "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert"));
    }
}

TEST_CASE("a guest who says the same again says nothing, but for a comment") {
    const auto accepted = with(invitation, "PARTSTAT=NEEDS-ACTION;RSVP=TRUE", "PARTSTAT=ACCEPTED");
    CHECK_FALSE(reply_of(request(accepted), annas, {.partstat = "ACCEPTED"}, at(5)));
    const auto reply = reply_of(request(accepted), annas,
                                {.partstat = "ACCEPTED", .comment = "Late; a bit,\nsorry"}, at(5));
    REQUIRE(reply);
    CHECK(has(unfolded(reply->data.str()), "COMMENT:Late\\; a bit\\,\\nsorry\n"));
    const auto after = receive_from_attendee(reply->data.str(), accepted, anna, at(6));
    CHECK(has(unfolded(after.data), ":Late\\; a bit\\,\\nsorry\n"));
    CHECK(has(unfolded(after.data), "X-CALENDARSERVER-ATTENDEE-COMMENT"));
}

TEST_CASE("comments of the organizer are not said back") {
    const auto commented =
        with(invitation, "SUMMARY:Lunch\n", "SUMMARY:Lunch\nCOMMENT:Bring cake\n");
    const auto reply = reply_of(request(commented), annas, {.partstat = "ACCEPTED"}, at(5));
    REQUIRE(reply);
    CHECK_FALSE(has(unfolded(reply->data.str()), "cake"));
}

TEST_CASE("a guest answers a whole series, also what was moved in it") {
    const auto after = received(series, {.partstat = "ACCEPTED"});
    REQUIRE(after.outcome == Outcome::stored);
    CHECK(annas_line(after.data).find("PARTSTAT=ACCEPTED") != std::string::npos);
    CHECK(annas_line(after.data, "RECURRENCE-ID:20260304").find("PARTSTAT=ACCEPTED") !=
          std::string::npos);
}

TEST_CASE("a guest answers one date of a series") {
    const auto after = received(series, {.partstat = "DECLINED", .instance = tenth_hour_of("06")});
    REQUIRE(after.outcome == Outcome::stored);
    CHECK(annas_line(after.data).find("PARTSTAT=NEEDS-ACTION") != std::string::npos);
    CHECK(annas_line(after.data, "RECURRENCE-ID:20260306").find("PARTSTAT=DECLINED") !=
          std::string::npos);
    const auto moved = received(series, {.partstat = "DECLINED", .instance = tenth_hour_of("04")});
    CHECK(annas_line(moved.data, "RECURRENCE-ID:20260304").find("PARTSTAT=DECLINED") !=
          std::string::npos);
}

TEST_CASE("an instance that there is not is not answered") {
    CHECK_FALSE(reply_of(request(series), annas,
                         {.partstat = "DECLINED", .instance = tenth_hour_of("30"), .comment = "x"},
                         at(5)));
}

TEST_CASE("a guest proposes another time, in the form that the meeting has") {
    const auto on = [](std::string_view time) { return ical::parse_date_or_time(time)->local; };
    struct Row {
        std::string start, end, proposed_start, proposed_end, expected_start, expected_end;
        const char* zone = "";
    };
    const Row rows[] = {
        {"DTSTART:20260302T100000Z", "DTEND:20260302T110000Z", "20260303T080000", "20260303T090000",
         "DTSTART:20260303T080000Z", "DTEND:20260303T090000Z"},
        {"DTSTART;TZID=Europe/Berlin:20260302T100000", "DURATION:PT1H", "20260303T080000",
         "20260303T093000", "DTSTART;TZID=Europe/Berlin:20260303T080000",
         "DTEND;TZID=Europe/Berlin:20260303T093000"},
        {"DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260303", "20260305", "20260307",
         "DTSTART;VALUE=DATE:20260305", "DTEND;VALUE=DATE:20260307"},
        // On the clock of somebody else.
        {"DTSTART:20260302T100000Z", "DTEND:20260302T110000Z", "20260303T080000", "20260303T090000",
         "DTSTART:20260302T230000Z", "DTEND:20260303T000000Z", "Asia/Tokyo"},
        {"DTSTART;TZID=Europe/Berlin:20260302T100000", "DURATION:PT1H", "20260703T080000",
         "20260703T093000", "DTSTART;TZID=Europe/Berlin:20260703T010000",
         "DTEND;TZID=Europe/Berlin:20260703T023000", "Asia/Tokyo"},
        {"DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260303", "20260305", "20260307",
         "DTSTART;VALUE=DATE:20260305", "DTEND;VALUE=DATE:20260307", "Asia/Tokyo"},
        {"DTSTART:20260302T100000", "DTEND:20260302T110000", "20260303T080000", "20260303T090000",
         "DTSTART:20260303T080000", "DTEND:20260303T090000", "Asia/Tokyo"},
    };
    for (const auto& row : rows) {
        const auto object = with(with(invitation, "DTSTART:20260302T100000Z", row.start),
                                 "DTEND:20260302T110000Z", row.end);
        REQUIRE(may_propose(Series(request(object))));
        const auto counter = counter_of(request(object),
                                        {.start = on(row.proposed_start),
                                         .end = on(row.proposed_end),
                                         .zone = ical::system_zone(row.zone).get(),
                                         .comment = "Better?"},
                                        at(5));
        const auto text = unfolded(counter.data.str());
        CHECK(counter.recipient == "mailto:olga@example.com");
        CHECK(has(text, "METHOD:COUNTER\n"));
        CHECK(has(text, "\n" + row.expected_start + "\n"));
        CHECK(has(text, "\n" + row.expected_end + "\n"));
        CHECK_FALSE(has(text, "DURATION"));
        CHECK(has(text, "COMMENT:Better?\n"));
        CHECK(has(text, "SEQUENCE:3\n"));
        CHECK(receive_from_attendee(counter.data.str(), object, anna, at(6)).worth_telling);
    }
}

TEST_CASE("another time can be proposed for one meeting, and not for a series or a task") {
    CHECK(may_propose(Series(request(invitation))));
    CHECK_FALSE(may_propose(Series(request(series))));
    CHECK_THROWS_AS(counter_of(request(invitation), {}, at(5)), Refused);
}

TEST_CASE("RFC 5545 3.3.5: a proposal whose start a clock skips must end after what it becomes") {
    const auto at = [](std::string_view time) { return ical::parse_date_or_time(time)->local; };
    const auto zone = ical::system_zone("America/New_York");
    REQUIRE(zone);
    const auto propose = [&](std::string_view end) {
        return counter_of(request(invitation),
                          {.start = at("20260308T021500"), .end = at(end), .zone = zone.get()},
                          itip::Moment{});
    };
    CHECK_THROWS_AS(propose("20260308T030000"), Refused);
    CHECK(has(propose("20260308T040000").data.str(), "DTEND:20260308T080000Z"));
}

TEST_CASE("a meeting of days is not proposed at hours of one") {
    const auto days =
        with(with(invitation, "DTSTART:20260302T100000Z", "DTSTART;VALUE=DATE:20260302"),
             "DTEND:20260302T110000Z", "DTEND;VALUE=DATE:20260303");
    const auto day = ical::parse_date("20260310")->local;
    CHECK_THROWS_AS(
        counter_of(request(days),
                   {.start = day + std::chrono::hours{10}, .end = day + std::chrono::hours{12}},
                   at(5)),
        Refused);
}
