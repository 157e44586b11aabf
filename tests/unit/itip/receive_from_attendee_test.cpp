// Replies that arrive: what they change in the organizer's object, and what they must not. RFC 5546
// 2.1.5, 3.2.3; the draft on private comments.
#include "itip/attendee.hpp"
#include "itip/receive.hpp"
#include "meeting_texts.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace kalends;
using namespace kalends::itip_test;

namespace {

/// What the organizer has: as the attendees', but that the server sent it.
const std::string organized =
    with(invitation, ";RSVP=TRUE:mailto:anna", ";RSVP=TRUE;SCHEDULE-STATUS=\"1.2\":mailto:anna");

struct Reply {
    std::string partstat = "ACCEPTED";
    std::string address = "mailto:anna@example.com";
    std::string lines = "DTSTART:20260302T100000Z\nDTEND:20260302T110000Z\n";
    int sequence = 3;
    int minute = 5;
    std::string method = "REPLY";
    std::string uid = "lunch";
};

std::string component(const Reply& reply) {
    const auto stamp = ical::format_utc(at(reply.minute).now);
    return crlf("BEGIN:VEVENT\nUID:" + reply.uid + "\nDTSTAMP:" + stamp +
                "\nSEQUENCE:" + std::to_string(reply.sequence) + "\n" + reply.lines +
                "ORGANIZER:mailto:olga@example.com\nATTENDEE;PARTSTAT=" + reply.partstat + ":" +
                reply.address + "\nREQUEST-STATUS:2.0;Success\nEND:VEVENT\n");
}

std::string message(const Reply& reply, const std::string& more = {}) {
    return crlf("BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\nMETHOD:" + reply.method + "\n") +
           component(reply) + more + "END:VCALENDAR\r\n";
}

/// A reply to the series, or with a day to one instance of it.
Reply to_series(std::string partstat, const std::string& day = {}, int hour = 10, int minute = 5) {
    const auto date = "202603" + (day.empty() ? "02" : day) + "T";
    const auto begin = std::to_string(hour), end = std::to_string(hour + 1);
    const auto what = day.empty() ? std::string("RRULE:FREQ=DAILY;COUNT=10\n")
                                  : "RECURRENCE-ID:" + date + "100000Z\n";
    return {.partstat = std::move(partstat),
            .lines = what + "DTSTART:" + date + begin + "0000Z\nDTEND:" + date + end + "0000Z\n",
            .sequence = 0,
            .minute = minute,
            .uid = "daily"};
}

itip::Received receive(const std::string& text, const std::string& mine,
                       const itip::Addresses& sender = anna) {
    auto received = itip::receive_from_attendee(text, mine, sender, at(30));
    received.data = unfolded(received.data);
    return received;
}

bool is_refused(const std::string& text, const std::string& mine,
                const itip::Addresses& sender = anna) {
    try {
        receive(text, mine, sender);
    } catch (const itip::Refused& refusal) {
        return refusal.rule() == itip::Rule::valid_message;
    }
    return false;
}

}  // namespace

TEST_CASE("RFC 5546 3.2.3: a reply changes its sender's line alone") {
    const auto received = receive(message({}), organized);
    CHECK(received.outcome == itip::Outcome::stored);
    CHECK(received.worth_telling);
    CHECK(received.data == with(organized,
                                "NEEDS-ACTION;RSVP=TRUE;SCHEDULE-STATUS=\"1.2\":mailto:anna",
                                "ACCEPTED;SCHEDULE-STATUS=2.0;X-CALENDARSERVER-DTSTAMP="
                                "20260301T140500Z:mailto:anna"));
    REQUIRE(received.changes.size() == 1);
    CHECK(received.changes.front().recurrence_id.empty());
    CHECK(received.changes.front().properties == std::vector<std::string>{"ATTENDEE"});
    CHECK(received.changes.front().parameters == std::vector<std::string>{"ATTENDEE;PARTSTAT"});

    SUBCASE("and the second time nothing") {
        CHECK(receive(message({}), received.data).outcome == itip::Outcome::nothing);
    }
    SUBCASE("others' lines in it are not believed") {
        auto lie = message({});
        lie = with(lie, "REQUEST-STATUS",
                   "ATTENDEE;PARTSTAT=DECLINED:mailto:bert@example.com\nREQUEST-STATUS");
        lie = with(lie, "DTSTART", "SUMMARY:Dinner\nDTSTART");
        CHECK(receive(lie, organized).data == received.data);
    }
    SUBCASE("its status is noted as it says") {
        const auto poor = with(message({}), "2.0;Success", "3.7;Who?");
        CHECK(has(receive(poor, organized).data, "SCHEDULE-STATUS=3.7"));
    }
}

TEST_CASE("RFC 5546 3: messages that are none for this object are refused") {
    CHECK(is_refused(message({.method = "REQUEST"}), organized));
    CHECK(is_refused(message({.method = "NONSENSE"}), organized));
    CHECK(is_refused(message({.uid = "dinner"}), organized));
    CHECK(is_refused(message({.address = "mailto:dora@example.com"}), organized,
                     only("mailto:dora@example.com")));
}

TEST_CASE("RFC 5546 3.2.6, 3.2.7: COUNTER is told, REFRESH is not") {
    const auto counter = receive(message({.method = "COUNTER"}), organized);
    CHECK(counter.outcome == itip::Outcome::nothing);
    CHECK(counter.worth_telling);
    const auto refresh = receive(message({.method = "REFRESH"}), organized);
    CHECK(refresh.outcome == itip::Outcome::nothing);
    CHECK_FALSE(refresh.worth_telling);
}

TEST_CASE("RFC 5546 2.1.5: which replies are void") {
    const auto answered = receive(message({}), organized).data;
    struct Case {
        std::string what;
        Reply reply;
        std::string mine;
        bool counts;
    };
    const auto moved = with(with(organized, "DTSTART:20260302T100000Z", "DTSTART:20260302T150000Z"),
                            "DTEND:20260302T110000Z", "DTEND:20260302T160000Z");
    const auto renamed = with(organized, "SEQUENCE:3", "SEQUENCE:4");
    const auto asked = with(organized, "PARTSTAT=NEEDS-ACTION;RSVP",
                            "X-CALENDARSERVER-RESET-PARTSTAT=4;PARTSTAT=NEEDS-ACTION;RSVP");
    const Case cases[] = {
        {"a later answer", {.partstat = "DECLINED", .minute = 6}, answered, true},
        {"an older answer", {.partstat = "DECLINED", .minute = 4}, answered, false},
        {"one of the same second", {.partstat = "DECLINED", .minute = 5}, answered, true},
        {"to a time that is no more", {}, with(moved, "SEQUENCE:3", "SEQUENCE:4"), false},
        {"to a meeting that has another title", {}, renamed, true},
        {"the same, but it names no time", {.lines = ""}, renamed, false},
        {"it names no time, and is up to date", {.lines = ""}, organized, true},
        {"it names no end", {.lines = "DTSTART:20260302T100000Z\n"}, renamed, true},
        {"to a newer version than known", {.sequence = 9}, organized, true},
        {"to what was asked before", {}, asked, false},
        {"to what is asked", {.sequence = 4}, asked, true},
    };
    for (const auto& each : cases) {
        CAPTURE(each.what);
        const auto received = receive(message(each.reply), each.mine);
        CHECK((received.outcome == itip::Outcome::stored) == each.counts);
        CHECK(received.worth_telling == each.counts);
    }
}

TEST_CASE("RFC 5546 2.2.2: delegation") {
    auto reply = message({.partstat = "DELEGATED;DELEGATED-TO=\"mailto:dora@example.com\""});
    const auto delegated = receive(reply, organized).data;
    CHECK(has(delegated, "DELEGATED-TO=\"mailto:dora@example.com\""));
    CHECK(has(delegated, "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE;DELEGATED-FROM=\"mailto:"
                         "anna@example.com\":mailto:dora@example.com\n"));

    const auto from_dora =
        message({.partstat = "ACCEPTED;DELEGATED-FROM=\"mailto:anna@example.com\"",
                 .address = "mailto:dora@example.com"});
    const auto sender = only("mailto:dora@example.com");
    SUBCASE("whom the organizer knows") {
        const auto received = receive(from_dora, delegated, sender);
        CHECK(received.outcome == itip::Outcome::stored);
    }
    SUBCASE("whom he does not know yet") {
        const auto received = receive(from_dora, organized, sender);
        CHECK(received.worth_telling);
        CHECK(has(received.data, "ATTENDEE;DELEGATED-FROM=\"mailto:anna@example.com\";"
                                 "PARTSTAT=ACCEPTED;SCHEDULE-STATUS=2.0"));
        CHECK(has(received.data, "PARTSTAT=NEEDS-ACTION;RSVP=TRUE;SCHEDULE-STATUS=\"1.2\":mailto:"
                                 "anna@example.com\n"));
    }
    SUBCASE("by somebody who is not invited") {
        CHECK(is_refused(with(from_dora, "mailto:anna@", "mailto:eve@"), organized, sender));
    }
}

TEST_CASE("RFC 5546 3.2.3: an answer to one instance") {
    SUBCASE("that has a component") {
        const auto received = receive(message(to_series("DECLINED", "04", 11)), series);
        CHECK(has(component_with(received.data, "RECURRENCE-ID:20260304"), "PARTSTAT=DECLINED"));
        CHECK(has(component_with(received.data, "RRULE"), "PARTSTAT=NEEDS-ACTION;X-SERIES"));
        REQUIRE(received.changes.size() == 1);
        CHECK(received.changes.front().recurrence_id == "20260304T100000Z");
    }
    SUBCASE("that gets one") {
        const auto received = receive(message(to_series("DECLINED", "05")), series);
        CHECK(count(received.data, "BEGIN:VEVENT") == 3);
        const auto single = component_with(received.data, "RECURRENCE-ID:20260305");
        CHECK(has(single, "PARTSTAT=DECLINED"));
        CHECK(has(single, "PARTSTAT=NEEDS-ACTION:mailto:bert"));
        CHECK(has(single, "DTSTART:20260305T100000Z\n"));
    }
    SUBCASE("that there is not") {
        CHECK(receive(message(to_series("DECLINED", "25")), series).outcome ==
              itip::Outcome::nothing);
        const auto excluded = with(series, "RRULE", "EXDATE:20260305T100000Z\nRRULE");
        CHECK(receive(message(to_series("DECLINED", "05")), excluded).outcome ==
              itip::Outcome::nothing);
    }
    SUBCASE("that was cancelled, and is not any more") {
        auto reply = to_series("DECLINED", "05");
        reply.lines += "STATUS:CANCELLED\n";
        CHECK(receive(message(reply), series).outcome == itip::Outcome::nothing);
    }
    SUBCASE("that does not name its sender") {
        const auto mine = without(series, moved_line + "@example.com\n");
        CHECK(receive(message(to_series("DECLINED", "04", 11)), mine).outcome ==
              itip::Outcome::nothing);
    }
    SUBCASE("that was moved meanwhile") {
        const auto mine = with(series, "RECURRENCE-ID", "SEQUENCE:1\nRECURRENCE-ID");
        CHECK(receive(message(to_series("ACCEPTED", "04", 10)), mine).outcome ==
              itip::Outcome::nothing);
        CHECK(receive(message(to_series("ACCEPTED", "04", 11)), mine).outcome ==
              itip::Outcome::stored);
    }
}

TEST_CASE("RFC 5546 3.2.3: an answer to the series and what it is to instances") {
    const auto by_bert =
        plus(series, with(with(instance("05", "NEEDS-ACTION"), "NEEDS-ACTION:mailto:bert",
                               "DECLINED:mailto:bert"),
                          "NEEDS-ACTION:mailto:anna", "NEEDS-ACTION;X-SERIES=1:mailto:anna"));
    SUBCASE("one that its sender did not know follows") {
        const auto received = receive(message(to_series("ACCEPTED")), by_bert);
        const auto single = component_with(received.data, "RECURRENCE-ID:20260305");
        CHECK(has(single, "PARTSTAT=ACCEPTED"));
        CHECK(has(single, "PARTSTAT=DECLINED:mailto:bert"));
        CHECK(received.changes.size() == 1);
    }
    SUBCASE("one that is at another time does not") {
        const auto received = receive(message(to_series("ACCEPTED")), by_bert);
        CHECK(has(component_with(received.data, "RECURRENCE-ID:20260304"), "NEEDS-ACTION;X-MOVED"));
    }
    SUBCASE("one that is named is as named") {
        const auto named = message(to_series("ACCEPTED"), component(to_series("TENTATIVE", "05")));
        const auto received = receive(named, by_bert);
        CHECK(has(component_with(received.data, "RECURRENCE-ID:20260305"), "PARTSTAT=TENTATIVE"));
    }
    SUBCASE("one that was answered otherwise does not") {
        const auto declined = receive(message(to_series("DECLINED", "05")), by_bert).data;
        const auto received = receive(message(to_series("ACCEPTED", {}, 10, 6)), declined);
        CHECK(has(component_with(received.data, "RRULE"), "PARTSTAT=ACCEPTED"));
        const auto single = component_with(received.data, "RECURRENCE-ID:20260305");
        CHECK(count(single, "PARTSTAT=DECLINED") == 2);
    }
    SUBCASE("one that is then as the series is dropped") {
        const auto declined = receive(message(to_series("DECLINED", "05")), series).data;
        CHECK(count(declined, "BEGIN:VEVENT") == 3);
        const auto all = message(to_series("DECLINED", {}, 10, 6),
                                 component(to_series("DECLINED", "05", 10, 6)));
        CHECK(count(receive(all, declined).data, "BEGIN:VEVENT") == 2);
    }
}

TEST_CASE("private comments 3.2: the attendee's words are kept apart for each attendee") {
    constexpr auto words = "X-CALENDARSERVER-PRIVATE-COMMENT";
    const auto says = [&](const std::string& text, const itip::Addresses& who,
                          const std::string& address, const std::string& mine, int minute) {
        Reply reply{.address = address, .minute = minute};
        reply.lines += words + (":" + text) + "\n";
        return receive(message(reply), mine, who);
    };
    const auto received = says("I am late", anna, "mailto:anna@example.com", organized, 5);
    CHECK(count(received.data, "X-CALENDARSERVER-ATTENDEE-COMMENT") == 1);
    CHECK(received.changes.front().properties == std::vector<std::string>{"ATTENDEE", words});

    SUBCASE("other words replace them") {
        const auto again = says("Very late", anna, "mailto:anna@example.com", received.data, 6);
        CHECK(count(again.data, "X-CALENDARSERVER-ATTENDEE-COMMENT") == 1);
        CHECK(again.worth_telling);
        CHECK(again.changes.front().properties == std::vector<std::string>{words});
    }
    SUBCASE("the same again tell nothing") {
        CHECK_FALSE(
            says("I am late", anna, "mailto:anna@example.com", received.data, 6).worth_telling);
    }
    SUBCASE("another's stand beside them") {
        const auto both = says("Me too", bert, "mailto:bert@example.com", received.data, 6);
        CHECK(count(both.data, "X-CALENDARSERVER-ATTENDEE-COMMENT") == 2);
    }
    SUBCASE("none takes them back") {
        const auto none = receive(message({.minute = 6}), received.data);
        CHECK(count(none.data, "X-CALENDARSERVER-ATTENDEE-COMMENT") == 0);
        CHECK(none.worth_telling);
    }
}

TEST_CASE("what attend() sends is what receive_from_attendee() takes") {
    const auto sent = with(series, series_line, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna");
    const auto attended = itip::attend(series, plus(sent, instance("05", "DECLINED")), anna, at(5));
    REQUIRE(attended.reply);
    const auto received = receive(attended.reply->data, series);
    CHECK(received.outcome == itip::Outcome::stored);
    CHECK(has(component_with(received.data, "RRULE"), "PARTSTAT=ACCEPTED"));
    CHECK(has(component_with(received.data, "RECURRENCE-ID:20260304"), "PARTSTAT=NEEDS-ACTION"));
    CHECK(has(component_with(received.data, "RECURRENCE-ID:20260305"), "PARTSTAT=DECLINED"));
    CHECK(received.changes.size() == 2);
    CHECK(receive(attended.reply->data, received.data).outcome == itip::Outcome::nothing);
}

TEST_CASE(
    "a reply to 10,000 instances, and one of 5,000 attendees, take no time that grows faster") {
    const auto begin = std::chrono::steady_clock::now();
    const auto endless = with(series, ";COUNT=10", "");
    std::string answers;
    for (int i = 0; i < 10'000; ++i) {
        const ical::UtcTime start = std::chrono::sys_days{std::chrono::March / 10 / 2026} +
                                    std::chrono::days{i} + std::chrono::hours{10};
        Reply reply = to_series("DECLINED");
        reply.lines = "RECURRENCE-ID:" + ical::format_utc(start) + "\n";
        answers += component(reply);
    }
    const auto all = receive(message(to_series("ACCEPTED"), answers), endless);
    CHECK(count(all.data, "BEGIN:VEVENT") == 10'002);
    const auto again = receive(message(to_series("TENTATIVE", {}, 10, 6)), all.data);
    CHECK(count(again.data, "PARTSTAT=DECLINED") == 10'000);

    std::string crowd;
    for (int i = 0; i < 5000; ++i)
        crowd +=
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:guest" + std::to_string(i) + "@example.com\n";
    const auto big = with(organized, "TRANSP", crowd + "TRANSP");
    CHECK(receive(message({.address = "mailto:guest4999@example.com"}), big,
                  only("mailto:guest4999@example.com"))
              .outcome == itip::Outcome::stored);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
}
