// What attendees say to the organizer in private. Apple's draft on private comments.
#include "itip/organizer.hpp"
#include "itip/receive.hpp"
#include "unit/itip/sample.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::itip::sample;

namespace {

const std::string times = "DTSTART:20270101T100000Z|DURATION:PT1H|";

std::string meeting(const std::string& more) {
    return calendar(event(times + organizer + "ATTENDEE:MAILTO:a@x.org|" + attendee("b") + more));
}

std::string comment(const std::string& who, const std::string& words) {
    return "X-CALENDARSERVER-ATTENDEE-COMMENT;X-CALENDARSERVER-ATTENDEE-REF=\"mailto:" + who +
           "@x.org\";X-CALENDARSERVER-DTSTAMP=20260101T000000Z:" + words;
}

/// What the organizer has when a said `words` (empty: nothing) to what `object` was.
itip::Received say(const std::string& object, const std::string& words) {
    itip::Addresses sender;
    sender.add("mailto:a@x.org");
    const auto said = words.empty() ? words : "X-CALENDARSERVER-PRIVATE-COMMENT:" + words + "|";
    const auto reply =
        calendar(event(times + "ORGANIZER:mailto:o@x.org|" + attendee("a", "ACCEPTED") + said),
                 "METHOD:REPLY\r\n");
    return itip::receive_from_attendee(reply, object, sender, moment());
}

/// The comment of a@x.org (or another) in the organizer's object: "words when"; "none".
std::string said_in(const std::string& data, const std::string& who = "a") {
    const itip::Series series(data);
    for (const auto& line : series.master()->lines)
        if (line.name() == "X-CALENDARSERVER-ATTENDEE-COMMENT" &&
            line.parameter("X-CALENDARSERVER-ATTENDEE-REF") == "mailto:" + who + "@x.org")
            return line.value() + " " + std::string(line.parameter("X-CALENDARSERVER-DTSTAMP"));
    return "none";
}

/// What is stored when the organizer's client sends `after`.
std::string change(const std::string& before, const std::string& after) {
    itip::Addresses me;
    me.add("mailto:o@x.org");
    return itip::organize(before, after, me, moment()).data;
}

}  // namespace

TEST_CASE("a private comment stands in the organizer's object, with who said it and when") {
    CHECK(said_in(say(meeting(""), "Sorry").data) == "Sorry 20260528T202640Z");
}

TEST_CASE("a client of the organizer that does not know private comments does not lose them") {
    const auto stored = change(meeting(comment("a", "Sorry")), meeting("SUMMARY:x"));
    CHECK(contains(stored, "SUMMARY:x"));
    CHECK(said_in(stored) == "Sorry 20260101T000000Z");
}

TEST_CASE("only the server changes private comments of attendees") {
    const auto had = meeting(comment("a", "Sorry"));
    CHECK(said_in(change(had, meeting(comment("a", "Gladly") + "|SUMMARY:x"))) ==
          "Sorry 20260101T000000Z");
    try {
        change(had, meeting(comment("a", "Sorry") + "|" + comment("a", "Gladly")));
        FAIL("two of one attendee were taken");
    } catch (const itip::Refused& refused) {
        CHECK(refused.rule() == itip::Rule::duplicate_comment);
    }
}

TEST_CASE("the private comment of who is not invited any more goes") {
    const auto after = calendar(event(times + organizer + attendee("b") + comment("a", "Sorry")));
    CHECK(said_in(change(meeting(comment("a", "Sorry")), after)) == "none");
}
