// What becomes of an attendee's copy when a message from the organizer comes.
#include "itip/receive.hpp"
#include "itip/series.hpp"
#include "unit/itip/sample.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace kalends;
using namespace kalends::itip::sample;

namespace {

using itip::Outcome;

itip::Addresses me() {
    itip::Addresses addresses;
    addresses.add("mailto:a@x.org");
    return addresses;
}

std::string message(const std::string& method, const std::string& components) {
    return calendar(components, "METHOD:" + method + "\r\n");
}

itip::Received receive(const std::string& text, const std::string& mine) {
    return itip::receive_from_organizer(text, mine, me(), moment());
}

itip::Received first(const std::string& text) {
    return itip::receive_from_organizer(text, std::nullopt, me(), moment());
}

const std::string at_ten = "DTSTART:20270101T100000Z|DURATION:PT1H|";
const std::string at_noon = "DTSTART:20270101T120000Z|DURATION:PT1H|";
const std::string daily = at_ten + "RRULE:FREQ=DAILY;COUNT=10|";
const std::string second = "RECURRENCE-ID:20270102T100000Z|DTSTART:20270102T100000Z|DURATION:PT1H|";
const std::string third = "RECURRENCE-ID:20270103T100000Z|DTSTART:20270103T100000Z|DURATION:PT1H|";
const std::string accepted = organizer + attendee("a", "ACCEPTED");
const std::string asked = organizer + attendee("a");
const std::string reminder = "BEGIN:VALARM|ACTION:DISPLAY|TRIGGER:-PT5M|END:VALARM";

itip::InstanceKey key(const char* text) {
    return {ical::UtcTime{ical::parse_date_time(text)->local.time_since_epoch()}, false, false};
}

const ical::Part* part_of(const itip::Series& series, const char* instance) {
    return instance == nullptr ? series.master() : series.override_of(key(instance));
}

/// The value of a property in the master or in an instance.
std::string value(const std::string& data, const char* name, const char* instance = nullptr) {
    const itip::Series series(data);
    const auto* part = part_of(series, instance);
    return part == nullptr ? "no component" : std::string(part->value(name));
}

std::string partstat(const std::string& data, const char* instance = nullptr) {
    const itip::Series series(data);
    const auto* part = part_of(series, instance);
    if (part == nullptr) return "no component";
    for (const auto& line : part->lines)
        if (line.name() == "ATTENDEE" && me().contains(line.value()))
            return std::string(line.parameter("PARTSTAT"));
    return "not named";
}

constexpr const char* on_second = "20270102T100000Z";
constexpr const char* on_third = "20270103T100000Z";

}  // namespace

TEST_CASE("RFC 6638 4.1: an invitation becomes a copy that takes no time yet") {
    const auto got = first(message("REQUEST", event(at_ten + asked + "TRANSP:OPAQUE|" + reminder)));
    CHECK(got.outcome == Outcome::stored);
    CHECK(got.worth_telling);
    CHECK_FALSE(contains(got.data, "METHOD"));
    CHECK_FALSE(contains(got.data, "VALARM"));
    CHECK(value(got.data, "TRANSP") == "TRANSPARENT");
    CHECK(partstat(got.data) == "NEEDS-ACTION");
    REQUIRE(got.changes.size() == 1);
    CHECK(got.changes[0].added);
    const auto task = first(message("REQUEST", component("VTODO", asked)));
    CHECK_FALSE(contains(task.data, "TRANSP"));
}

TEST_CASE("what has nothing to do with what one has changes nothing") {
    for (const auto* method : {"CANCEL", "ADD"}) {
        CAPTURE(method);
        CHECK(first(message(method, event(at_ten + asked))).outcome == Outcome::nothing);
    }
    // One has declined and deleted it.
    const auto declined = organizer + attendee("a", "DECLINED");
    CHECK(first(message("REQUEST", event(at_ten + declined))).outcome == Outcome::nothing);
}

TEST_CASE("a message that is none is refused") {
    const auto mine = calendar(event(at_ten + asked));
    const auto other = "UID:v|ORGANIZER:mailto:p@x.org|" + attendee("a");
    const std::string cases[] = {
        calendar(event(at_ten + asked)),
        message("REPLY", event(at_ten + asked)),
        message("INVITE", event(at_ten + asked)),
        message("REQUEST", ""),
        message("REQUEST", event(at_ten + attendee("a"))),
        message("REQUEST", event(at_ten + "ORGANIZER:mailto:p@x.org|" + attendee("a"))),
        message("CANCEL", "BEGIN:VEVENT\r\nUID:v\r\nORGANIZER:mailto:o@x.org\r\nEND:VEVENT\r\n"),
    };
    for (const auto& each : cases) {
        CAPTURE(each);
        CHECK_THROWS_AS(receive(each, mine), itip::Refused);
    }
}

TEST_CASE(
    "RFC 5546 3.2.2: a copy has its organizer in all components, also where the message has not") {
    const auto nobody = attendee("a");
    for (const auto& text : {message("REQUEST", event(daily + nobody) + event(second + asked)),
                             message("REQUEST", event(daily + asked) + event(second + nobody))}) {
        CAPTURE(text);
        for (const auto& got :
             {first(text), receive(text, calendar(event(daily + accepted + "SEQUENCE:0")))}) {
            CHECK(value(got.data, "ORGANIZER") == "mailto:o@x.org");
            CHECK(value(got.data, "ORGANIZER", on_second) == "mailto:o@x.org");
        }
    }
    // One has deleted the only instance that says it.
    const auto got = receive(message("REQUEST", event(daily + nobody) + event(second + asked)),
                             calendar(event(daily + accepted + "EXDATE:20270102T100000Z")));
    CHECK(value(got.data, "ORGANIZER") == "mailto:o@x.org");
}

TEST_CASE("RFC 5546 2.1.5: older messages and those that came before change nothing") {
    const auto mine = calendar(event(at_ten + accepted + "SEQUENCE:2"));
    const struct {
        const char* what;
        std::string lines;
        Outcome outcome;
    } cases[] = {
        {"the same", at_ten + accepted + "SEQUENCE:2", Outcome::nothing},
        {"a lower SEQUENCE", at_noon + accepted + "SEQUENCE:1", Outcome::nothing},
        {"the same SEQUENCE and new content", at_ten + accepted + "SUMMARY:x|SEQUENCE:2",
         Outcome::stored},
        {"a higher SEQUENCE", at_noon + asked + "SEQUENCE:3", Outcome::stored},
    };
    for (const auto& each : cases) {
        CAPTURE(each.what);
        CHECK(receive(message("REQUEST", event(each.lines)), mine).outcome == each.outcome);
    }
    auto older = message("REQUEST", event(at_noon + accepted + "SEQUENCE:2"));
    older.replace(older.find("DTSTAMP:2026"), 12, "DTSTAMP:2025");
    CHECK(receive(older, mine).outcome == Outcome::nothing);
}

TEST_CASE("every message that is stored is nothing when it comes again") {
    const auto series = calendar(event(daily + accepted) + event(third + accepted + reminder));
    const std::string cases[] = {
        message("REQUEST", event(at_noon + asked + "SEQUENCE:1")),
        message("REQUEST", event(second + asked + "SEQUENCE:1|SUMMARY:x")),
        message("REQUEST", event(daily + accepted + "SEQUENCE:1|EXDATE:20270104T100000Z")),
        message("CANCEL", event(accepted + "SEQUENCE:1")),
        message("CANCEL", event(second + accepted + "SEQUENCE:1")),
        message("ADD", event("DTSTART:20270301T100000Z|SEQUENCE:1|" + asked)),
    };
    for (const auto& each : cases) {
        CAPTURE(each);
        const auto got = receive(each, series);
        REQUIRE(got.outcome == Outcome::stored);
        CHECK(got.worth_telling);
        CHECK(receive(each, got.data).outcome == Outcome::nothing);
    }
}

TEST_CASE("RFC 6638 3.2.8: one's answer is kept until the organizer asks again") {
    const struct {
        const char* what;
        std::string lines, partstat, transp;
    } cases[] = {
        {"moved", at_noon + asked + "SEQUENCE:1", "NEEDS-ACTION", "TRANSPARENT"},
        {"told of something else", at_ten + accepted + "SUMMARY:x|SEQUENCE:1", "ACCEPTED",
         "OPAQUE"},
        {"crossed with the answer", at_ten + asked + "SUMMARY:x", "ACCEPTED", "OPAQUE"},
        {"an older answer", at_ten + organizer + attendee("a", "TENTATIVE") + "SEQUENCE:1",
         "ACCEPTED", "OPAQUE"},
    };
    for (const auto& each : cases) {
        CAPTURE(each.what);
        const auto got = receive(message("REQUEST", event(each.lines)),
                                 calendar(event(at_ten + accepted + "TRANSP:OPAQUE")));
        CHECK(partstat(got.data) == each.partstat);
        CHECK(value(got.data, "TRANSP") == each.transp);
    }
}

TEST_CASE("RFC 6638 3.2.2.1: what is one's own stays") {
    const auto mine = calendar(event(at_ten + "ORGANIZER;SCHEDULE-STATUS=1.2:mailto:o@x.org|" +
                                     attendee("a", "ACCEPTED") +
                                     "X-MY-NOTE:hello|CATEGORIES:Mine|SUMMARY:old|" + reminder));
    const auto got = receive(
        message("REQUEST", event(at_ten + accepted +
                                 "SUMMARY:new|TRANSP:TRANSPARENT|CATEGORIES:Theirs|SEQUENCE:1")),
        mine);
    CHECK(value(got.data, "SUMMARY") == "new");
    CHECK(value(got.data, "X-MY-NOTE") == "hello");
    CHECK(value(got.data, "CATEGORIES") == "Mine");
    CHECK(value(got.data, "TRANSP").empty());
    CHECK(contains(got.data, "VALARM"));
    CHECK(contains(got.data, "SCHEDULE-STATUS=1.2"));
    const auto task = receive(
        message("REQUEST", component("VTODO", "SUMMARY:new|SEQUENCE:1|" + accepted)),
        calendar(component("VTODO", "PERCENT-COMPLETE:50|COMPLETED:20270101T000000Z|" + accepted)));
    CHECK(value(task.data, "PERCENT-COMPLETE") == "50");
    CHECK(value(task.data, "COMPLETED") == "20270101T000000Z");
}

TEST_CASE("a REQUEST for one instance is merged into the series") {
    const auto mine = calendar(event(daily + accepted + "TRANSP:OPAQUE|" + reminder));
    const auto got =
        receive(message("REQUEST", event(second + accepted + "SUMMARY:x|SEQUENCE:1")), mine);
    CHECK(value(got.data, "SUMMARY", on_second) == "x");
    CHECK(value(got.data, "TRANSP", on_second) == "OPAQUE");
    CHECK(itip::Series(got.data).override_of(key(on_second))->parts.size() == 1);
    CHECK(value(got.data, "SEQUENCE").empty());
    REQUIRE(got.changes.size() == 1);
    CHECK(got.changes[0].recurrence_id == on_second);
    CHECK(got.changes[0].properties == std::vector<std::string>{"SUMMARY"});
}

TEST_CASE("what changed is told with parameters, and the end by its effect") {
    const auto mine =
        calendar(event("DTSTART;TZID=Europe/Berlin:20270101T100000|DURATION:PT1H|" + accepted));
    const auto got = receive(
        message("REQUEST", event("DTSTART;TZID=America/New_York:20270101T100000|DURATION:PT1H|" +
                                 asked + "SEQUENCE:1")),
        mine);
    REQUIRE(got.changes.size() == 1);
    CHECK(got.changes[0].recurrence_id.empty());
    CHECK(got.changes[0].properties == std::vector<std::string>{"ATTENDEE", "DTEND", "DTSTART"});
    CHECK(got.changes[0].parameters ==
          std::vector<std::string>{"ATTENDEE;PARTSTAT", "DTSTART;TZID"});
}

TEST_CASE("answers of others are stored and not told") {
    const auto mine = calendar(event(at_ten + accepted + attendee("b")));
    const auto got =
        receive(message("REQUEST", event(at_ten + accepted + attendee("b", "DECLINED"))), mine);
    CHECK(got.outcome == Outcome::stored);
    CHECK_FALSE(got.worth_telling);
    CHECK(contains(got.data, "PARTSTAT=DECLINED:mailto:b@x.org"));
    const auto more = receive(message("REQUEST", event(at_ten + accepted + attendee("c"))), mine);
    CHECK(more.worth_telling);
}

TEST_CASE("a series replaces what one has, but for one's own answers and alarms") {
    const auto mine =
        calendar(event(daily + accepted) + event(second + accepted + "SUMMARY:gone") +
                 event(third + accepted + reminder) +
                 event("RECURRENCE-ID:20270104T100000Z|DTSTART:20270104T150000Z|" + accepted));
    const auto got =
        receive(message("REQUEST", event(daily + accepted + "SUMMARY:new|SEQUENCE:1")), mine);
    CHECK(value(got.data, "SUMMARY", on_second) == "no component");
    CHECK(value(got.data, "SUMMARY", on_third) == "new");
    CHECK(value(got.data, "SUMMARY", "20270104T100000Z") == "no component");
    // A series that moved takes everything with it.
    const auto moved = receive(
        message("REQUEST", event(at_noon + "RRULE:FREQ=DAILY|" + asked + "SEQUENCE:1")), mine);
    CHECK(itip::Series(moved.data).overrides().empty());
}

TEST_CASE("of single instances those that one has declined and deleted do not come back") {
    const auto text = message("REQUEST", event(second + organizer + attendee("a", "DECLINED")) +
                                             event(third + asked));
    const auto got = itip::receive_from_organizer(text, std::nullopt, me(), moment());
    CHECK(value(got.data, "UID", on_second) == "no component");
    CHECK(value(got.data, "UID", on_third) != "no component");
}

TEST_CASE("one's alarm for an instance stays when the series asks anew") {
    const auto mine = calendar(event(daily + accepted) + event(third + accepted + reminder));
    const auto got =
        receive(message("REQUEST", event(daily + asked + "SUMMARY:new|SEQUENCE:1")), mine);
    CHECK(value(got.data, "SUMMARY", on_third) == "new");
    CHECK(contains(got.data, "BEGIN:VALARM"));
    CHECK_FALSE(contains(got.data, "PARTSTAT=ACCEPTED:mailto:a@x.org"));
}

TEST_CASE("an instance that one has declined and deleted stays deleted") {
    const auto declined = organizer + attendee("a", "DECLINED");
    const auto mine = calendar(event(daily + accepted + "EXDATE:20270102T100000Z"));
    const auto with_series =
        receive(message("REQUEST", event(daily + accepted + "SEQUENCE:1") +
                                       event(second + declined + "SEQUENCE:1")),
                mine);
    CHECK(itip::Series(with_series.data).is_excluded(key(on_second)));
    CHECK(value(with_series.data, "UID", on_second) == "no component");
    const auto alone =
        receive(message("REQUEST", event(second + declined + "SEQUENCE:1|SUMMARY:x")), mine);
    CHECK(alone.outcome == Outcome::nothing);
    // Asked again, it comes back.
    const auto again =
        receive(message("REQUEST", event(second + asked + "SEQUENCE:1|SUMMARY:x")), mine);
    CHECK(value(again.data, "SUMMARY", on_second) == "x");
    CHECK_FALSE(itip::Series(again.data).is_excluded(key(on_second)));
}

TEST_CASE("that one has deleted instances is no news when others answer") {
    const auto mine = calendar(event(daily + accepted + attendee("b") + "EXDATE:20270102T100000Z"));
    const auto declined = organizer + attendee("a", "DECLINED");
    const auto got =
        receive(message("REQUEST", event(daily + accepted + attendee("b", "ACCEPTED")) +
                                       event(second + declined + attendee("b", "ACCEPTED"))),
                mine);
    CHECK(got.outcome == Outcome::stored);
    CHECK_FALSE(got.worth_telling);
    CHECK(itip::tell_of_answers_alone(got.changes));
    CHECK(contains(got.data, "PARTSTAT=ACCEPTED:mailto:b@x.org"));
    CHECK(itip::Series(got.data).is_excluded(key(on_second)));
}

TEST_CASE("which changes tell only of answers") {
    using Names = std::vector<std::string>;
    const struct {
        itip::Change change;
        bool answers_alone;
    } cases[] = {
        {{.properties = Names{"ATTENDEE", "SEQUENCE"}}, true},
        {{.properties = Names{"ATTENDEE", "X-TEST-ALL-PROP"}}, true},
        {{.properties = Names{"ATTENDEE", "SUMMARY"}}, false},
        {{.properties = Names{"EXDATE"}}, false},
        {{.properties = Names{}, .added = true}, false},
        {{.properties = Names{}, .removed = true}, false},
    };
    for (const auto& each : cases)
        CHECK(itip::tell_of_answers_alone({each.change}) == each.answers_alone);
    CHECK(itip::tell_of_answers_alone({}));
}

TEST_CASE("RFC 6638 7.3: a new instance says what came of answers to the meeting") {
    const auto known = "ORGANIZER;SCHEDULE-STATUS=1.2:mailto:o@x.org|" + attendee("a", "ACCEPTED");
    for (const auto& mine : {calendar(event(third + known)), calendar(event(daily + known))}) {
        const auto got =
            receive(message("REQUEST", event(second + asked + "SEQUENCE:1|SUMMARY:x")), mine);
        const itip::Series series(got.data);
        const auto* organizer_line = series.override_of(key(on_second))->line("ORGANIZER");
        CHECK(organizer_line->parameter("SCHEDULE-STATUS") == "1.2");
    }
}

TEST_CASE("RFC 5546 3.2.5: a cancelled meeting is kept as cancelled") {
    const auto mine = calendar(event(daily + accepted + reminder) + event(second + accepted));
    const auto got = receive(message("CANCEL", event(at_ten + accepted + "SEQUENCE:1")), mine);
    CHECK(got.outcome == Outcome::stored);
    CHECK(value(got.data, "STATUS") == "CANCELLED");
    CHECK(value(got.data, "STATUS", on_second) == "CANCELLED");
    CHECK(value(got.data, "SEQUENCE", on_second) == "1");
    CHECK(partstat(got.data) == "ACCEPTED");
    REQUIRE(got.changes.size() == 1);
    CHECK(got.changes[0].removed);
    // Who has some instances only is told the same.
    const auto some = receive(message("CANCEL", event(at_ten + accepted + "SEQUENCE:1")),
                              calendar(event(second + accepted)));
    CHECK(value(some.data, "STATUS", on_second) == "CANCELLED");
    const auto older = receive(message("CANCEL", event(at_ten + accepted)),
                               calendar(event(at_ten + accepted + "SEQUENCE:1")));
    CHECK(older.outcome == Outcome::nothing);
}

TEST_CASE("RFC 5546 3.2.5: a cancelled instance is kept, also when the series comes after") {
    const auto mine = calendar(event(daily + accepted + "SUMMARY:x"));
    const auto got = receive(message("CANCEL", event(second + accepted + "SEQUENCE:1")), mine);
    CHECK(value(got.data, "STATUS", on_second) == "CANCELLED");
    CHECK(value(got.data, "SUMMARY", on_second) == "x");
    CHECK(value(got.data, "STATUS").empty());
    CHECK(got.changes[0].recurrence_id == on_second);
    const auto after =
        receive(message("REQUEST",
                        event(daily + accepted + "SUMMARY:x|SEQUENCE:1|EXDATE:20270102T100000Z")),
                got.data);
    CHECK(after.outcome == Outcome::stored);
    CHECK(after.worth_telling);
    CHECK(value(after.data, "STATUS", on_second) == "CANCELLED");
    CHECK_FALSE(itip::Series(after.data).is_excluded(key(on_second)));
    CHECK(after.changes[0].properties == std::vector<std::string>{"EXDATE"});
    // It is on again.
    const auto again =
        receive(message("REQUEST", event(daily + accepted + "SUMMARY:x|SEQUENCE:2")), after.data);
    CHECK(value(again.data, "STATUS", on_second) == "no component");
}

TEST_CASE("an instance that one has deleted is told as cancelled, and nothing is stored") {
    const auto got = receive(message("CANCEL", event(second + accepted + "SEQUENCE:1")),
                             calendar(event(daily + accepted + "EXDATE:20270102T100000Z")));
    CHECK(got.outcome == Outcome::nothing);
    CHECK(got.worth_telling);
    REQUIRE(got.changes.size() == 1);
    CHECK(got.changes[0].removed);
    // One that never was is nothing at all.
    const auto none =
        receive(message("CANCEL", event("RECURRENCE-ID:20270102T110000Z|SEQUENCE:1|" + accepted)),
                calendar(event(daily + accepted)));
    CHECK_FALSE(none.worth_telling);
}

TEST_CASE("a cancelled meeting comes back, whatever its SEQUENCE") {
    const auto mine = calendar(event(at_ten + accepted + "SEQUENCE:5|STATUS:CANCELLED"));
    auto text = message("REQUEST", event(at_ten + asked));
    CHECK(receive(text, mine).outcome == Outcome::nothing);
    text.replace(text.find("DTSTAMP:2026"), 12, "DTSTAMP:2027");
    const auto got = receive(text, mine);
    CHECK(got.outcome == Outcome::stored);
    CHECK(value(got.data, "STATUS").empty());
}

TEST_CASE("RFC 5546 3.2.4: ADD brings one more instance") {
    const auto mine = calendar(event(daily + accepted));
    const auto got = receive(
        message("ADD", event("DTSTART:20270301T100000Z|DURATION:PT2H|SEQUENCE:1|" + asked)), mine);
    ical::Budget budget;
    const itip::Series series(got.data);
    CHECK(series.has_instance(key("20270301T100000Z"), budget));
    CHECK(value(got.data, "DURATION", "20270301T100000Z") == "PT2H");
    CHECK(partstat(got.data, "20270301T100000Z") == "NEEDS-ACTION");
    CHECK(partstat(got.data) == "ACCEPTED");
}

TEST_CASE("RFC 5546 3.2.8: DECLINECOUNTER is told") {
    const auto got = receive(message("DECLINECOUNTER", event(at_ten + accepted)),
                             calendar(event(at_ten + accepted)));
    CHECK(got.outcome == Outcome::nothing);
    CHECK(got.worth_telling);
}

TEST_CASE("RFC 5546 3.2.1: PUBLISH needs no attendees") {
    const auto got = first(message("PUBLISH", event(at_ten + "ORGANIZER:mailto:o@x.org")));
    CHECK(got.outcome == Outcome::stored);
    CHECK_FALSE(contains(got.data, "TRANSP"));
}

TEST_CASE("RFC 6638 7.1: a copy of another agent gives way to the server's") {
    const auto mine = calendar(event(at_ten + "ORGANIZER;SCHEDULE-AGENT=CLIENT:mailto:o@x.org|" +
                                     attendee("a", "ACCEPTED")));
    const auto got = receive(message("REQUEST", event(at_ten + asked)), mine);
    CHECK(got.outcome == Outcome::stored);
    CHECK_FALSE(contains(got.data, "SCHEDULE-AGENT"));
    CHECK(partstat(got.data) == "NEEDS-ACTION");
}

TEST_CASE("VTIMEZONEs of new components come along") {
    const std::string zone =
        "BEGIN:VTIMEZONE\r\nTZID:Mine\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\n"
        "TZOFFSETFROM:+0300\r\nTZOFFSETTO:+0300\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n";
    const auto got = receive(
        message("REQUEST", zone + event("RECURRENCE-ID:20270102T100000Z|SEQUENCE:1|DTSTART;TZID="
                                        "Mine:20270102T150000|" +
                                        asked)),
        calendar(event(daily + accepted)));
    CHECK(contains(got.data, "TZID:Mine"));
}

TEST_CASE("thousands of instances cost no more than they weigh") {
    const itip::Series series(calendar(event(at_ten + "RRULE:FREQ=DAILY|")));
    ical::Budget budget;
    const auto from = series.start()->start;
    std::string overrides;
    for (const auto& each :
         series.instances(from, from + std::chrono::hours{24 * 3000}, budget, 10'000))
        overrides += event("RECURRENCE-ID" + series.written(each) + "|DTSTART" +
                           series.written(each) + "|DURATION:PT2H|SEQUENCE:1|" + asked);
    const auto mine = calendar(event(at_ten + "RRULE:FREQ=DAILY|" + accepted));
    const auto got = receive(message("REQUEST", overrides), mine);
    CHECK(got.changes.size() == 3000);
    const auto cancelled = receive(message("CANCEL", overrides), got.data);
    CHECK(cancelled.changes.size() == 3000);
}
