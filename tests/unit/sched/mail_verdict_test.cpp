// Who may speak for whom by mail.
#include "sched/mail_verdict.hpp"

#include <doctest/doctest.h>

#include <functional>

using namespace kalends;
using sched::MailCase;
using Deed = sched::MailVerdict::Deed;
using Proof = mail::Verdict::Kind;

namespace {

const std::string eve = "mailto:eve@elsewhere.org";
const std::string alice = "mailto:alice@example.com";

/// A mail of eve's to alice.
struct Scene {
    explicit Scene(const std::string& method) {
        proof.kind = Proof::dmarc;
        const bool answers = method == "REPLY" || method == "COUNTER" || method == "REFRESH";
        message.calendars.push_back(
            {.content = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:" + method +
                        "\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n"
                        "DTSTART:20270101T100000Z\r\nORGANIZER:" +
                        (answers ? alice : eve) + "\r\nATTENDEE:" + (answers ? eve : alice) +
                        "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
             .method = method});
        me.add(alice);
        stored_organizer = answers ? alice : eve;
        stored_attendees = {answers ? eve : alice};
        is_stored = answers;
    }

    /// Of the message alone, and where that lets it through of the meeting.
    sched::MailVerdict judge() {
        MailCase mail{.message = message,
                      .proof = proof,
                      .object = sched::mailed_object(message.calendars.front().content),
                      .from = from,
                      .me = me,
                      .is_stored = is_stored,
                      .stored_organizer = stored_organizer,
                      .stored_attendees = stored_attendees};
        change(mail);
        auto verdict = sched::judge_message(mail);
        return verdict.deed == Deed::apply ? sched::judge_meeting(mail) : verdict;
    }

    mail::Incoming message;
    mail::Verdict proof;
    std::string from = "eve@elsewhere.org";
    itip::Addresses me;
    bool is_stored = false;
    std::string stored_organizer;
    std::vector<std::string> stored_attendees;
    std::function<void(MailCase&)> change = [](MailCase& mail) { mail.from_is_known = true; };
};

void replace(std::string& text, std::string_view what, std::string_view by) {
    const auto at = text.find(what);
    REQUIRE(at != std::string::npos);
    text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("RFC 6047 3: what is proven, and said by who may say it, is applied") {
    for (const auto* method :
         {"REQUEST", "ADD", "CANCEL", "DECLINECOUNTER", "REPLY", "COUNTER", "REFRESH"}) {
        CAPTURE(method);
        Scene scene(method);
        scene.is_stored = true;
        CHECK(scene.judge().deed == Deed::apply);
    }
}

TEST_CASE("RFC 6047 3: what is not applied, and why") {
    const struct {
        const char* what;
        const char* method;
        std::function<void(Scene&)> change;
        const char* word;
        Deed deed;
    } cases[] = {
        {"spam", "REPLY", [](Scene& s) { s.message.spam = true; }, "spam", Deed::pass},
        {"nothing proves it", "REQUEST", [](Scene& s) { s.proof.kind = Proof::none; }, "unproven",
         Deed::keep},
        {"one of ours who has not logged in", "REPLY",
         [](Scene& s) { s.change = [](MailCase& m) { m.from_is_ours = true; }; }, "unproven",
         Deed::keep},
        {"a loop", "REQUEST",
         [](Scene& s) {
             s.message.loops = {"here"};
             s.change = [](MailCase& m) { m.site = "here"; };
         },
         "loop", Deed::pass},
        {"the same again", "REPLY",
         [](Scene& s) { s.change = [](MailCase& m) { m.came_before = true; }; }, "again",
         Deed::pass},
        {"too many", "REPLY", [](Scene& s) { s.change = [](MailCase& m) { m.is_flood = true; }; },
         "flood", Deed::pass},
        {"too many, but of somebody who only says that he is eve", "REPLY",
         [](Scene& s) {
             s.proof.kind = Proof::none;
             s.change = [](MailCase& m) { m.is_flood = true; };
         },
         "unproven", Deed::keep},
        {"a full inbox", "REPLY",
         [](Scene& s) {
             s.proof.kind = Proof::none;
             s.change = [](MailCase& m) { m.is_inbox_flooded = true; };
         },
         "unproven", Deed::pass},
        {"no METHOD", "REQUEST",
         [](Scene& s) { replace(s.message.calendars[0].content, "METHOD:REQUEST\r\n", ""); },
         "no message", Deed::pass},
        {"another METHOD in the header", "REQUEST",
         [](Scene& s) { s.message.calendars[0].method = "CANCEL"; }, "contradiction", Deed::keep},
        {"two parts that disagree", "REQUEST",
         [](Scene& s) {
             s.message.calendars.push_back(s.message.calendars[0]);
             replace(s.message.calendars[1].content, "UID:1", "UID:2");
         },
         "contradiction", Deed::keep},
        {"no sender", "REQUEST", [](Scene& s) { s.from.clear(); }, "unclear sender", Deed::keep},
        {"another organizer than the sender", "CANCEL",
         [](Scene& s) {
             s.is_stored = true;
             s.from = "mallory@elsewhere.org";
         },
         "for another", Deed::keep},
        {"who says himself that he acts for the organizer", "CANCEL",
         [](Scene& s) {
             s.is_stored = true;
             s.from = "mallory@elsewhere.org";
             replace(s.message.calendars[0].content,
                     "ORGANIZER:", "ORGANIZER;SENT-BY=\"mailto:mallory@elsewhere.org\":");
         },
         "for another", Deed::keep},
        {"the meeting has another organizer", "CANCEL",
         [](Scene& s) {
             s.is_stored = true;
             s.stored_organizer = "mailto:boss@elsewhere.org";
         },
         "other organizer", Deed::keep},
        {"one's own meeting", "REQUEST", [](Scene& s) { s.me.add(eve); }, "own meeting",
         Deed::pass},
        {"nothing to cancel", "CANCEL", [](Scene&) {}, "unknown meeting", Deed::pass},
        {"for somebody else", "REQUEST",
         [](Scene& s) { replace(s.message.calendars[0].content, alice, "mailto:bob@example.com"); },
         "not invited", Deed::keep},
        {"a stranger", "REQUEST", [](Scene& s) { s.change = [](MailCase&) {}; }, "stranger",
         Deed::keep},
        {"nobody's are wanted", "REQUEST",
         [](Scene& s) {
             s.change = [](MailCase& m) {
                 m.from_is_known = true;
                 m.acceptance = sched::Acceptance::never;
             };
         },
         "not wanted", Deed::keep},
        {"a date that is made known", "PUBLISH", [](Scene&) {}, "published", Deed::keep},
        {"a date of a stranger, where those of people who are known are wanted", "PUBLISH",
         [](Scene& s) { s.change = [](MailCase& m) { m.published = sched::Acceptance::known; }; },
         "published", Deed::keep},
        {"a date to which one is invited", "PUBLISH",
         [](Scene& s) {
             s.is_stored = true;
             s.stored_attendees = {alice};
             s.change = [](MailCase& m) { m.published = sched::Acceptance::always; };
         },
         "published", Deed::pass},
        {"a date that somebody else makes known", "PUBLISH",
         [](Scene& s) {
             s.from = "mallory@elsewhere.org";
             s.change = [](MailCase& m) { m.published = sched::Acceptance::always; };
         },
         "for another", Deed::keep},
        {"an answer of who is not invited, which the operator does not want to be shown", "REPLY",
         [](Scene& s) {
             s.stored_attendees = {"mailto:bob@example.com"};
             s.change = [](MailCase& m) { m.shows_uninvited = false; };
         },
         "not invited", Deed::pass},
        {"an answer to nothing", "REPLY", [](Scene& s) { s.is_stored = false; }, "unknown meeting",
         Deed::pass},
        {"an answer to somebody else's meeting", "REPLY",
         [](Scene& s) { s.stored_organizer = "mailto:bob@example.com"; }, "not yours", Deed::keep},
        {"an answer in another's name", "REPLY", [](Scene& s) { s.from = "mallory@elsewhere.org"; },
         "for another", Deed::keep},
        {"an answer of who is not invited", "COUNTER",
         [](Scene& s) { s.stored_attendees = {"mailto:bob@example.com"}; }, "not invited",
         Deed::keep},
        {"an answer that brings somebody else in", "REPLY",
         [](Scene& s) {
             replace(s.message.calendars[0].content, "END:VEVENT",
                     "ATTENDEE:mailto:mallory@elsewhere.org\r\nEND:VEVENT");
         },
         "delegated", Deed::keep},
        {"an answer that sends somebody else", "REPLY",
         [](Scene& s) {
             replace(s.message.calendars[0].content,
                     "ATTENDEE:", "ATTENDEE;DELEGATED-TO=\"mailto:mallory@elsewhere.org\":");
         },
         "delegated", Deed::keep},
    };
    for (const auto& each : cases) {
        CAPTURE(each.what);
        Scene scene(each.method);
        each.change(scene);
        const auto verdict = scene.judge();
        CHECK(verdict.word == each.word);
        CHECK(verdict.deed == each.deed);
        CHECK_FALSE(verdict.why.empty());
    }
}

TEST_CASE("RFC 5233: an address with a tag is of the same person") {
    CHECK(sched::is_same_person("eve@x.org", "Eve+cal@X.org"));
    CHECK_FALSE(sched::is_same_person("eve@x.org", "eve@y.org"));
    CHECK_FALSE(sched::is_same_person("", ""));
    CHECK_FALSE(sched::is_same_person("+a@x.org", "+b@x.org"));
}

TEST_CASE("a date that is made known is put into the calendar of who wants that") {
    Scene scene("PUBLISH");
    SUBCASE("of everybody") {
        scene.change = [](MailCase& mail) {
            mail.published = sched::Acceptance::always;
            mail.acceptance = sched::Acceptance::never;  // that is about invitations
        };
    }
    SUBCASE("of people who are known") {
        scene.change = [](MailCase& mail) {
            mail.published = sched::Acceptance::known;
            mail.from_is_known = true;
        };
    }
    CHECK(scene.judge().deed == Deed::apply);
}
