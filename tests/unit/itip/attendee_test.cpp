// What an attendee may change, what comes of it, and what the organizer is told. RFC 6638 3.2.2.
#include "ical/lines.hpp"
#include "itip/attendee.hpp"
#include "meeting_texts.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace kalends;
using namespace kalends::itip_test;

namespace {

itip::Attended attend(const std::string& before, const std::string& after) {
    auto attended = itip::attend(before, after, anna, at(5));
    attended.data = unfolded(attended.data);
    return attended;
}

/// The property that a refusal names; empty where there is none.
std::string refused(const std::string& before, const std::string& after) {
    try {
        attend(before, after);
    } catch (const itip::Refused& refusal) {
        CHECK(refusal.rule() == itip::Rule::allowed_attendee_change);
        const std::string sentence = refusal.what();
        return sentence.substr(sentence.rfind(' ') + 1);
    }
    return {};
}

std::string reply_of(const itip::Attended& attended) {
    return attended.reply ? unfolded(attended.reply->data.str()) : std::string{};
}

const std::string anna_line = "ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:anna";

struct Edit {
    std::string what;
    std::string from;
    std::string to;
    std::string expected;  ///< the property refused, or what is stored
};

}  // namespace

TEST_CASE("RFC 6638 3.2.2.1: what only the organizer changes is refused by name") {
    const Edit edits[] = {
        {"start", "DTSTART:20260302T100000Z", "DTSTART:20260302T103000Z", "DTSTART"},
        {"no start", "DTSTART:20260302T100000Z\n", "", "DTSTART"},
        {"end", "DTEND:20260302T110000Z", "DTEND:20260302T120000Z", "DTEND"},
        {"other length", "DTEND:20260302T110000Z", "DURATION:PT2H", "DURATION"},
        {"recurrence", "SEQUENCE:3", "SEQUENCE:3\nRRULE:FREQ=DAILY", "RRULE"},
        {"more dates", "SEQUENCE:3", "SEQUENCE:3\nRDATE:20260305T100000Z", "RDATE"},
        {"title", "SUMMARY:Lunch", "SUMMARY:Dinner", "SUMMARY"},
        {"place", "LOCATION:Canteen", "LOCATION:My room", "LOCATION"},
        {"description", "SEQUENCE:3", "SEQUENCE:3\nDESCRIPTION:Bring food", "DESCRIPTION"},
        {"organizer", "ORGANIZER;CN=Olga:mailto:olga@", "ORGANIZER:mailto:anna@", "ORGANIZER"},
        {"no organizer", "ORGANIZER;CN=Olga:mailto:olga@example.com\n", "", "ORGANIZER"},
        {"not there", anna_line + "@example.com\n", "", "ATTENDEE"},
        {"agent", "ORGANIZER;", "ORGANIZER;SCHEDULE-AGENT=CLIENT;", "SCHEDULE-AGENT"},
        {"UID", "UID:lunch", "UID:dinner", "UID"},
    };
    for (const auto& edit : edits) {
        CAPTURE(edit.what);
        CHECK(refused(invitation, with(invitation, edit.from, edit.to)) == edit.expected);
    }
}

TEST_CASE("RFC 6638 3.2.2.1: what is the attendee's own is stored, and tells nobody") {
    const Edit edits[] = {
        {"transparency", "TRANSP:TRANSPARENT", "TRANSP:OPAQUE", "TRANSP:OPAQUE\n"},
        {"categories", "SEQUENCE:3", "SEQUENCE:3\nCATEGORIES:Food", "CATEGORIES:Food\n"},
        {"stamp", "DTSTAMP:20260301T120000Z", "DTSTAMP:20260301T130000Z",
         "DTSTAMP:20260301T130000Z\n"},
        {"progress", "SEQUENCE:3", "SEQUENCE:3\nPERCENT-COMPLETE:50", "PERCENT-COMPLETE:50\n"},
        {"alarm", "END:VEVENT", "BEGIN:VALARM\nACTION:DISPLAY\nEND:VALARM\nEND:VEVENT",
         "BEGIN:VALARM\nACTION:DISPLAY\nEND:VALARM\n"},
        {"own extension", "SEQUENCE:3", "SEQUENCE:3\nX-MOZ-LASTACK:1", "X-MOZ-LASTACK:1\n"},
    };
    for (const auto& edit : edits) {
        CAPTURE(edit.what);
        const auto attended = attend(invitation, with(invitation, edit.from, edit.to));
        CHECK(has(attended.data, edit.expected));
        CHECK_FALSE(attended.reply);
    }
}

TEST_CASE("RFC 6638 3.2.2.1: what clients change without meaning it is put back") {
    const Edit edits[] = {
        {"sequence", "SEQUENCE:3", "SEQUENCE:7", "SEQUENCE:3\n"},
        {"lost place", "LOCATION:Canteen\n", "", "LOCATION:Canteen\n"},
        {"length instead of end", "DTEND:20260302T110000Z", "DURATION:PT1H",
         "DTEND:20260302T110000Z\n"},
        {"status", "SEQUENCE:3", "SEQUENCE:3\nSTATUS:TENTATIVE", "LOCATION:Canteen\n"},
        {"another's answer", "PARTSTAT=NEEDS-ACTION:mailto:bert", "PARTSTAT=DECLINED:mailto:bert",
         "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert@example.com\n"},
        {"another is lost", "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert@example.com\n", "",
         "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bert@example.com\n"},
        {"white space in a title", "SUMMARY:Lunch", "SUMMARY: Lunch\\n", "SUMMARY:Lunch\n"},
        {"spelling of the organizer", "ORGANIZER;CN=Olga:mailto:olga@", "ORGANIZER:MAILTO:Olga@",
         "ORGANIZER;CN=Olga:mailto:olga@example.com\n"},
        {"a word to other servers", "SEQUENCE:3", "SEQUENCE:3\nPRIORITY:1", "SEQUENCE:3\n"},
    };
    for (const auto& edit : edits) {
        CAPTURE(edit.what);
        const auto attended = attend(invitation, with(invitation, edit.from, edit.to));
        CHECK(has(attended.data, edit.expected));
        CHECK_FALSE(has(attended.data, "STATUS:TENTATIVE"));
        CHECK_FALSE(has(attended.data, "PRIORITY"));
        CHECK_FALSE(attended.reply);
    }
    CHECK(attend(invitation, invitation).data == invitation);
}

TEST_CASE("another spelling of a zone is put back") {
    const auto zoned = with(
        with(invitation, "DTSTART:20260302T100000Z", "DTSTART;TZID=US/Eastern:20260302T050000"),
        "DTEND:20260302T110000Z", "DTEND;TZID=US/Eastern:20260302T060000");
    const auto sent =
        with(with(zoned, "US/Eastern", "America/New_York"), "US/Eastern", "America/New_York");
    CHECK(attend(zoned, sent).data == zoned);
}

TEST_CASE("an order of attendees that is another is none that matters") {
    auto sent = without(invitation, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:olga@example.com\n");
    sent = with(sent, "TRANSP:", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:olga@example.com\nTRANSP:");
    CHECK(attend(invitation, sent).data == invitation);
}

TEST_CASE("RFC 5546 3.2.3: an answer becomes a REPLY") {
    const auto sent = with(invitation, anna_line, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna");
    const auto attended = attend(invitation, sent);
    CHECK(has(attended.data, "PARTSTAT=ACCEPTED;X-CALENDARSERVER-DTSTAMP=20260301T140500Z"));
    CHECK_FALSE(has(attended.data, "RSVP"));

    REQUIRE(attended.reply);
    CHECK(attended.reply->method == itip::Method::reply);
    CHECK(attended.reply->recipient == "mailto:olga@example.com");
    const auto reply = reply_of(attended);
    CHECK(has(reply, "METHOD:REPLY\n"));
    CHECK(has(reply, "PRODID:-//Test//EN\n"));
    CHECK(has(reply, "UID:lunch\n"));
    CHECK(has(reply, "SEQUENCE:3\n"));
    CHECK(has(reply, "DTSTAMP:20260301T140500Z\n"));
    CHECK(has(reply, "DTSTART:20260302T100000Z\n"));
    CHECK(has(reply, "ORGANIZER;CN=Olga:mailto:olga@example.com\n"));
    CHECK(has(reply, "REQUEST-STATUS:2.0;Success\n"));
    CHECK(has(reply, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna@example.com\n"));
    CHECK(count(reply, "ATTENDEE") == 1);
    CHECK_FALSE(has(reply, "TRANSP"));
    CHECK_FALSE(has(reply, "RECURRENCE-ID"));
}

TEST_CASE("what is between a client and its server is in no reply") {
    const auto stored =
        with(invitation, "ORGANIZER;CN=Olga", "ORGANIZER;CN=Olga;SCHEDULE-STATUS=\"1.2\"");
    const auto sent = with(with(stored, anna_line,
                                "ATTENDEE;PARTSTAT=DECLINED;SCHEDULE-AGENT=SERVER;X-OWN=1:mailto:"
                                "anna"),
                           "SEQUENCE:3", "SEQUENCE:3\nX-OWN:1");
    const auto reply = reply_of(attend(stored, sent));
    CHECK(has(reply, "PARTSTAT=DECLINED"));
    CHECK_FALSE(has(reply, "SCHEDULE-"));
    CHECK_FALSE(has(reply, "X-"));
}

TEST_CASE("a client that leaves PARTSTAT out answers nothing") {
    const auto stored = with(invitation, anna_line, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna");
    const auto attended =
        attend(stored, with(stored, ";PARTSTAT=ACCEPTED:mailto:anna", ":mailto:anna"));
    CHECK(has(attended.data, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna"));
    CHECK_FALSE(attended.reply);
}

TEST_CASE("of two lines of the attendee the one that changed counts") {
    const auto sent =
        with(invitation, "TRANSP:TRANSPARENT",
             "TRANSP:TRANSPARENT\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ANNA@example.com");
    const auto attended = attend(invitation, sent);
    CHECK(count(attended.data, "mailto:anna") == 1);
    CHECK(has(reply_of(attended), "PARTSTAT=ACCEPTED"));
}

TEST_CASE("comments go to the organizer once") {
    SUBCASE("COMMENT") {
        const auto stored = with(invitation, "SEQUENCE:3", "SEQUENCE:3\nCOMMENT:From Olga");
        const auto sent = with(stored, "SEQUENCE:3", "SEQUENCE:3\nCOMMENT:I am late");
        const auto reply = reply_of(attend(stored, sent));
        CHECK(has(reply, "COMMENT:I am late\n"));
        CHECK_FALSE(has(reply, "From Olga"));
        CHECK_FALSE(attend(sent, sent).reply);
    }
    SUBCASE("private comment") {
        const auto sent = with(invitation, "SEQUENCE:3",
                               "SEQUENCE:3\nX-CALENDARSERVER-PRIVATE-COMMENT:I am late");
        const auto reply = reply_of(attend(invitation, sent));
        CHECK(has(reply, "X-CALENDARSERVER-PRIVATE-COMMENT:I am late\n"));
        CHECK(attend(sent, invitation).reply);
        CHECK_FALSE(attend(sent, sent).reply);
    }
}

TEST_CASE("RFC 5546 2.2.2: who delegates says so in one line, and keeps the delegate's") {
    const auto sent =
        with(invitation, anna_line + "@example.com",
             "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:dora@example.com\":mailto:"
             "anna@example.com\nATTENDEE;DELEGATED-FROM=\"mailto:anna@example.com\":mailto:"
             "dora@example.com");
    const auto attended = attend(invitation, sent);
    CHECK(has(attended.data, "\nATTENDEE;DELEGATED-FROM=\"mailto:anna@example.com\":mailto:dora"));
    const auto reply = reply_of(attended);
    CHECK(count(reply, "\nATTENDEE") == 1);
    CHECK(has(reply, "DELEGATED-TO=\"mailto:dora@example.com\""));
}

TEST_CASE("RFC 6638 7.2: SCHEDULE-FORCE-SEND=REPLY sends what was said before") {
    const auto sent = with(invitation, "ORGANIZER;", "ORGANIZER;SCHEDULE-FORCE-SEND=REPLY;");
    const auto attended = attend(invitation, sent);
    CHECK(has(reply_of(attended), "PARTSTAT=NEEDS-ACTION"));
    CHECK_FALSE(has(attended.data, "FORCE-SEND"));
}

TEST_CASE("RFC 6638 3.2.2.3: with SCHEDULE-AGENT=CLIENT the server keeps its hands off") {
    const auto stored = with(invitation, "ORGANIZER;", "ORGANIZER;SCHEDULE-AGENT=CLIENT;");
    const auto sent = with(with(stored, "SUMMARY:Lunch", "SUMMARY:Dinner"), anna_line,
                           "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna");
    const auto attended = attend(stored, sent);
    CHECK(attended.data == sent);
    CHECK_FALSE(attended.reply);
    CHECK_FALSE(itip::decline_all(stored, anna, at(5)));
    CHECK(refused(stored, with(stored, "AGENT=CLIENT", "AGENT=SERVER")) == "SCHEDULE-AGENT");
    CHECK(refused(stored, with(stored, "AGENT=CLIENT", "AGENT=NONE")).empty());
}

TEST_CASE("RFC 6638 3.2.2.2: an invitation that came by mail is stored, and its answer sent") {
    const auto quiet = itip::attend(std::nullopt, invitation, anna, at(5));
    CHECK(quiet.data == invitation);
    CHECK_FALSE(quiet.reply);
    const auto accepted = with(invitation, anna_line, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna");
    CHECK(itip::attend(std::nullopt, accepted, anna, at(5)).reply);
    const auto by_client = with(accepted, "ORGANIZER;", "ORGANIZER;SCHEDULE-AGENT=CLIENT;");
    CHECK_FALSE(itip::attend(std::nullopt, by_client, anna, at(5)).reply);
}

TEST_CASE("RFC 6638 7.1: an object that does not name its owner is left alone") {
    const auto attended =
        itip::attend(std::nullopt, invitation, only("mailto:dora@example.com"), at(5));
    CHECK(has(attended.data, "SCHEDULE-AGENT=NONE;SCHEDULE-STATUS=5.3:mailto:olga"));
    CHECK_FALSE(attended.reply);
}

TEST_CASE("the whole series and an instance of it are answered apart") {
    const auto accepted = with(series, series_line, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna");
    SUBCASE("the series: the reply names the instance that was not answered") {
        const auto reply = reply_of(attend(series, accepted));
        CHECK(count(reply, "BEGIN:VEVENT") == 2);
        CHECK(has(component_with(reply, "RRULE"), "PARTSTAT=ACCEPTED"));
        CHECK(has(component_with(reply, "RECURRENCE-ID"), "PARTSTAT=NEEDS-ACTION"));
    }
    SUBCASE("one instance that has a component") {
        const auto sent = with(series, moved_line, "ATTENDEE;PARTSTAT=DECLINED:mailto:anna");
        const auto reply = reply_of(attend(series, sent));
        CHECK(count(reply, "BEGIN:VEVENT") == 1);
        CHECK(has(reply, "RECURRENCE-ID:20260304T100000Z\n"));
        CHECK(has(reply, "PARTSTAT=DECLINED"));
    }
    SUBCASE("one that had none") {
        const auto attended = attend(series, plus(series, instance("05", "TENTATIVE")));
        CHECK(has(component_with(attended.data, "RECURRENCE-ID:20260305"), "PARTSTAT=TENTATIVE"));
        const auto reply = reply_of(attended);
        CHECK(count(reply, "BEGIN:VEVENT") == 1);
        CHECK(has(reply, "RECURRENCE-ID:20260305T100000Z\n"));
    }
    SUBCASE("one that has now a component that says nothing new") {
        CHECK_FALSE(attend(series, plus(series, instance("05", "NEEDS-ACTION"))).reply);
    }
}

TEST_CASE("RFC 6638 3.2.2.1: a new component is what the series says, but for the answer") {
    const auto later =
        with(instance("05", "ACCEPTED"), "DTSTART:20260305T10", "DTSTART:20260305T09");
    CHECK(refused(series, plus(series, later)) == "DTSTART");
    const auto title = with(instance("05", "ACCEPTED"), "SUMMARY:Daily", "SUMMARY:Mine");
    CHECK(refused(series, plus(series, title)) == "SUMMARY");
    CHECK(refused(series, plus(series, instance("25", "ACCEPTED"))) == "RECURRENCE-ID");
}

TEST_CASE("an instance that comes back with the words of its series keeps its own") {
    const auto stored =
        plus(series, with(instance("05", "NEEDS-ACTION"), "SUMMARY:Daily", "SUMMARY:Weekly"));
    const auto attended = attend(stored, plus(series, instance("05", "ACCEPTED")));
    const auto answered = component_with(attended.data, "RECURRENCE-ID:20260305");
    CHECK(has(answered, "SUMMARY:Weekly"));
    CHECK(count(answered, "PARTSTAT=ACCEPTED") == 2);
}

TEST_CASE("who answers by PARTSTAT alone is busy or free as he answered") {
    const auto unanswered = with(invitation, "SEQUENCE:3", "SEQUENCE:3\nTRANSP:TRANSPARENT");
    const auto with_answer = [](const std::string& object, const std::string& partstat) {
        return with(object, anna_line, "ATTENDEE;PARTSTAT=" + partstat + ":mailto:anna");
    };
    CHECK(has(attend(unanswered, with_answer(unanswered, "ACCEPTED")).data, "TRANSP:OPAQUE"));
    CHECK(has(attend(unanswered, with_answer(unanswered, "TENTATIVE")).data, "TRANSP:OPAQUE"));
    const auto busy = with(unanswered, "TRANSPARENT", "OPAQUE");
    CHECK(has(attend(busy, with_answer(busy, "DECLINED")).data, "TRANSP:TRANSPARENT"));
    // What he changes himself is his own, and so is what he says later.
    CHECK(has(attend(busy, with_answer(unanswered, "ACCEPTED")).data, "TRANSP:TRANSPARENT"));
    const auto accepted = with_answer(busy, "ACCEPTED");
    CHECK(
        has(attend(accepted, with(accepted, "OPAQUE", "TRANSPARENT")).data, "TRANSP:TRANSPARENT"));
}

TEST_CASE("RFC 6638 3.2.2.3: an EXDATE declines an instance") {
    const auto sent = with(series, "RRULE:", "EXDATE:20260305T100000Z\nRRULE:");
    const auto attended = attend(series, sent);
    CHECK(has(attended.data, "EXDATE:20260305T100000Z\n"));
    const auto reply = reply_of(attended);
    CHECK(count(reply, "BEGIN:VEVENT") == 1);
    CHECK(has(reply, "RECURRENCE-ID:20260305T100000Z\n"));
    CHECK(has(reply, "PARTSTAT=DECLINED"));

    SUBCASE("not twice") { CHECK_FALSE(attend(attended.data, attended.data).reply); }
    SUBCASE("it is not taken back by a client that lost it") {
        const auto again = attend(attended.data, series);
        CHECK(has(again.data, "EXDATE:20260305T100000Z\n"));
        CHECK_FALSE(again.reply);
    }
    SUBCASE("for nothing, it is nothing") {
        const auto odd = attend(series, with(series, "RRULE:", "EXDATE:20270305T100000Z\nRRULE:"));
        CHECK(odd.data == series);
        CHECK_FALSE(odd.reply);
    }
}

TEST_CASE("RFC 6638 3.2.2.1: a component that an EXDATE replaces is declined with it") {
    const auto last = series.rfind("BEGIN:VEVENT");
    const auto bare = without(series, series.substr(last, series.rfind("END:VCALENDAR") - last));
    const auto sent = with(bare, "RRULE:", "EXDATE:20260304T100000Z\nRRULE:");
    const auto attended = attend(series, sent);
    CHECK(count(attended.data, "BEGIN:VEVENT") == 1);
    CHECK(has(reply_of(attended), "RECURRENCE-ID:20260304T100000Z\n"));

    SUBCASE("but not once it was declined or cancelled") {
        const auto declined = with(series, moved_line, "ATTENDEE;PARTSTAT=DECLINED:mailto:anna");
        CHECK_FALSE(attend(declined, sent).reply);
        const auto cancelled = with(series, "RECURRENCE-ID", "STATUS:CANCELLED\nRECURRENCE-ID");
        CHECK_FALSE(attend(cancelled, sent).reply);
    }
    SUBCASE("without the EXDATE it is put back") {
        const auto kept = attend(series, bare);
        CHECK(kept.data == series);
        CHECK_FALSE(kept.reply);
    }
}

TEST_CASE("who takes up a declined series again leaves out what was removed") {
    auto stored = with(series, series_line, "ATTENDEE;PARTSTAT=DECLINED;X-SERIES=1:mailto:anna");
    stored = attend(stored, with(stored, "RRULE:", "EXDATE:20260305T100000Z\nRRULE:")).data;
    const auto reply =
        reply_of(attend(stored, with(stored, "PARTSTAT=DECLINED", "PARTSTAT=ACCEPTED")));
    CHECK(has(component_with(reply, "RRULE"), "PARTSTAT=ACCEPTED"));
    CHECK(has(component_with(reply, "RECURRENCE-ID:20260305"), "PARTSTAT=DECLINED"));
}

TEST_CASE("an instance that only others made special is answered with the series") {
    const auto stored =
        plus(series, with(instance("05", "NEEDS-ACTION"), "PARTSTAT=NEEDS-ACTION:mailto:bert",
                          "PARTSTAT=DECLINED:mailto:bert"));
    const auto sent = with(series, series_line, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna");
    const auto attended = attend(stored, sent);
    const auto special = component_with(attended.data, "RECURRENCE-ID:20260305");
    CHECK(has(special, "PARTSTAT=ACCEPTED;X-CALENDARSERVER-DTSTAMP=20260301T140500Z:mailto:anna"));
    CHECK(has(special, "PARTSTAT=DECLINED:mailto:bert"));
    CHECK(has(component_with(reply_of(attended), "RECURRENCE-ID:20260305"), "PARTSTAT=ACCEPTED"));
}

TEST_CASE("a client that sends single instances alone keeps the rest") {
    const auto begin = series.find("BEGIN:VEVENT");
    const auto alone = without(series, series.substr(begin, series.rfind("BEGIN:VEVENT") - begin));
    const auto sent = with(alone, moved_line, "ATTENDEE;PARTSTAT=ACCEPTED:mailto:anna");
    const auto attended = attend(series, sent);
    CHECK(has(attended.data, "RRULE"));
    CHECK(count(reply_of(attended), "BEGIN:VEVENT") == 1);

    SUBCASE("in an object that has no more, what is missing is declined") {
        const auto two = plus(alone, instance("05", "ACCEPTED"));
        const auto left = attend(two, alone);
        CHECK(left.data == alone);
        CHECK(has(component_with(reply_of(left), "RECURRENCE-ID:20260305"), "PARTSTAT=DECLINED"));
    }
    SUBCASE("without its RECURRENCE-ID it is found by its start") {
        const auto bare = attend(alone, without(sent, "RECURRENCE-ID:20260304T100000Z\n"));
        CHECK(has(bare.data, "RECURRENCE-ID:20260304T100000Z\n"));
        CHECK(has(reply_of(bare), "RECURRENCE-ID:20260304T100000Z\n"));
    }
    SUBCASE("a cancelled one in the place of another cancelled one: nothing is left") {
        const auto stored = with(alone, "RECURRENCE-ID", "STATUS:CANCELLED\nRECURRENCE-ID");
        auto other =
            with(plus(without(series, series.substr(begin, series.rfind("END:VCALENDAR") - begin)),
                      instance("05", "NEEDS-ACTION")),
                 "RECURRENCE-ID", "STATUS:CANCELLED\nRECURRENCE-ID");
        const auto gone = attend(stored, other);
        CHECK(gone.data.empty());
        CHECK_FALSE(gone.reply);
    }
}

TEST_CASE("RFC 5546 3.4.3: progress of a task is told, and ticking it off is an answer") {
    auto task = invitation;
    for (int i = 0; i < 2; ++i) task = with(task, "VEVENT", "VTODO");
    task = with(task, "DTEND", "DUE");
    SUBCASE("progress") {
        const auto reply =
            reply_of(attend(task, with(task, "SEQUENCE:3", "SEQUENCE:3\nPERCENT-COMPLETE:50")));
        CHECK(has(reply, "PERCENT-COMPLETE:50\n"));
        CHECK(has(reply, "BEGIN:VTODO"));
    }
    SUBCASE("done") {
        const auto attended =
            attend(task, with(task, "SEQUENCE:3", "SEQUENCE:3\nCOMPLETED:20260301T140000Z"));
        CHECK(has(reply_of(attended), "PARTSTAT=COMPLETED"));
        CHECK(has(reply_of(attended), "COMPLETED:20260301T140000Z\n"));
        const auto undone = without(attended.data, "COMPLETED:20260301T140000Z\n");
        CHECK(has(reply_of(attend(attended.data, undone)), "PARTSTAT=IN-PROCESS"));
    }
    SUBCASE("by a client that drops everybody") {
        auto sent = with(task, "SEQUENCE:3", "COMPLETED:20260301T140000Z");
        sent.erase(sent.find("ORGANIZER"), sent.find("TRANSP") - sent.find("ORGANIZER"));
        const auto attended = attend(task, sent);
        CHECK(has(attended.data, "ORGANIZER;CN=Olga:mailto:olga@example.com\n"));
        CHECK(has(attended.data, "PARTSTAT=NEEDS-ACTION:mailto:bert@example.com\n"));
        CHECK(has(reply_of(attended), "PARTSTAT=COMPLETED"));
    }
    SUBCASE("its end can't be moved") {
        CHECK(refused(task, with(task, "DUE:20260302T11", "DUE:20260302T12")) == "DUE");
    }
}

TEST_CASE("RFC 6638 3.2.2.4: removing a meeting declines what was not declined") {
    const auto all = itip::decline_all(series, anna, at(5));
    REQUIRE(all);
    CHECK(all->recipient == "mailto:olga@example.com");
    CHECK(count(all->data.str(), "PARTSTAT=DECLINED") == 2);

    const auto one = with(series, moved_line, "ATTENDEE;PARTSTAT=DECLINED:mailto:anna");
    const auto rest = itip::decline_all(one, anna, at(5));
    REQUIRE(rest);
    CHECK(count(rest->data.str(), "BEGIN:VEVENT") == 1);
    CHECK_FALSE(has(rest->data.str(), "RECURRENCE-ID"));

    const auto both = with(one, series_line, "ATTENDEE;PARTSTAT=DECLINED:mailto:anna");
    CHECK_FALSE(itip::decline_all(both, anna, at(5)));
    CHECK_FALSE(itip::decline_all(with(invitation, "SEQUENCE:3", "STATUS:CANCELLED"), anna, at(5)));
    CHECK_FALSE(itip::decline_all(invitation, only("mailto:dora@example.com"), at(5)));
}

TEST_CASE("a room answers for the whole and for single instances") {
    const auto key = [](int day, int hour) {
        return itip::InstanceKey{.start = std::chrono::sys_days{std::chrono::March / day / 2026} +
                                          std::chrono::hours{hour}};
    };
    SUBCASE("all alike") {
        const auto answered = itip::answer(series, anna, {{std::nullopt, "ACCEPTED"}}, at(5));
        CHECK(count(answered.data, "BEGIN:VEVENT") == 2);
        CHECK(count(reply_of(answered), "PARTSTAT=ACCEPTED") == 2);
        CHECK(count(answered.data, "TRANSP:OPAQUE") == 2);
        const auto again = itip::answer(answered.data, anna, {{std::nullopt, "ACCEPTED"}}, at(6));
        CHECK(again.data == answered.data);
        CHECK_FALSE(again.reply);
    }
    SUBCASE("but one") {
        const auto answered = itip::answer(
            series, anna, {{key(5, 10), "DECLINED"}, {std::nullopt, "ACCEPTED"}}, at(5));
        CHECK(count(answered.data, "BEGIN:VEVENT") == 3);
        const auto declined = component_with(answered.data, "RECURRENCE-ID:20260305");
        CHECK(has(declined, "PARTSTAT=DECLINED"));
        CHECK(has(declined, "TRANSP:TRANSPARENT"));
        CHECK(count(reply_of(answered), "PARTSTAT=ACCEPTED") == 2);
        CHECK(count(reply_of(answered), "PARTSTAT=DECLINED") == 1);
    }
    SUBCASE("one that has a component") {
        const auto answered = itip::answer(
            series, anna, {{std::nullopt, "ACCEPTED"}, {key(4, 10), "DECLINED"}}, at(5));
        CHECK(count(answered.data, "BEGIN:VEVENT") == 2);
        CHECK(has(component_with(answered.data, "RECURRENCE-ID:20260304"), "PARTSTAT=DECLINED"));
    }
    SUBCASE("as the rest: it gets no component") {
        const auto answered = itip::answer(
            series, anna, {{std::nullopt, "ACCEPTED"}, {key(5, 10), "ACCEPTED"}}, at(5));
        CHECK(count(answered.data, "BEGIN:VEVENT") == 2);
    }
    SUBCASE("one more: the reply tells all") {
        const auto before = itip::answer(series, anna, {{std::nullopt, "ACCEPTED"}}, at(5));
        const auto answered = itip::answer(
            before.data, anna, {{std::nullopt, "ACCEPTED"}, {key(5, 10), "DECLINED"}}, at(6));
        CHECK(count(reply_of(answered), "PARTSTAT=ACCEPTED") == 2);
        CHECK(count(reply_of(answered), "PARTSTAT=DECLINED") == 1);
    }
    SUBCASE("one that is left to somebody else is free, and asks") {
        const auto answered = itip::answer(
            series, anna, {{std::nullopt, "ACCEPTED"}, {key(5, 10), "NEEDS-ACTION"}}, at(5));
        const auto left = component_with(answered.data, "RECURRENCE-ID:20260305");
        CHECK(has(left, "RSVP=TRUE"));
        CHECK(has(left, "TRANSP:TRANSPARENT"));
    }
    SUBCASE("one that there is not") {
        const auto answered = itip::answer(series, anna, {{key(25, 10), "DECLINED"}}, at(5));
        CHECK(answered.data == series);
        CHECK_FALSE(answered.reply);
    }
}

TEST_CASE("5,000 attendees and 10,000 instances take no time that grows with their product") {
    std::string crowd;
    for (int i = 0; i < 5000; ++i)
        crowd +=
            "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:guest" + std::to_string(i) + "@example.com\n";
    const auto big = with(series, "RRULE:FREQ=DAILY;COUNT=10", crowd + "RRULE:FREQ=DAILY");
    auto many = big;
    std::string exdates;
    for (int i = 0; i < 10'000; ++i) {
        const auto day =
            std::chrono::sys_days{std::chrono::March / 10 / 2026} + std::chrono::days{i};
        const ical::UtcTime start = day + std::chrono::hours{10};
        exdates += "EXDATE:" + ical::format_utc(start) + "\n";
    }
    many = with(many, "RRULE:", exdates + "RRULE:");
    const auto begin = std::chrono::steady_clock::now();
    const auto attended = attend(big, many);
    CHECK(count(attended.data, "EXDATE") == 10'000);
    CHECK(count(reply_of(attended), "BEGIN:VEVENT") == 10'000);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds{20});
}
