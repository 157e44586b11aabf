// Meetings with people who have no account here: who is sent which mail, and what becomes of it.
// RFC 6047, RFC 6638 3.2.9; decision 0016.

#include "base/text.hpp"
#include "http/mail_system.hpp"
#include "http/meetings.hpp"
#include "json/json.hpp"
#include "store/outgoing.hpp"

#include <algorithm>
#include <set>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

constexpr int later = 75;  // sysexits.h: try again
const std::string invited_mallory = "ATTENDEE:mailto:mallory@elsewhere.org\r\n";

json::Array outgoing(User& user) {
    const auto reply = user.request("GET", "/api/v1/outgoing");
    REQUIRE(reply.status == 200);
    return json::parse_object(reply.body).value().at("outgoing").as_array();
}

std::vector<store::MailLogEntry> log_of(TestServer& server) {
    return store::mail_log(server.database(), server.database().home("alice")->principal.id, 100);
}

std::vector<store::OutboxMail> two_waiting(TestServer& server) {
    auto waiting = store::waiting_mails(server.database(), {}, 2);
    for (int i = 0; i < 100 && waiting.size() < 2; ++i) {
        std::this_thread::sleep_for(50ms);
        waiting = store::waiting_mails(server.database(), {}, 2);
    }
    REQUIRE(waiting.size() == 2);
    return waiting;
}

int drop(User& user, std::int64_t id) {
    return user.request("DELETE", "/api/v1/outgoing/" + std::to_string(id)).status;
}

void wait_until_nothing_is_held(TestServer& server) {
    for (int i = 0; i < 100 && !store::holds(server.database(), {}, 1).empty(); ++i)
        std::this_thread::sleep_for(50ms);
}

/// One that repeats weekly, of which eve is told.
std::string weekly(const std::string& uid) {
    return meeting(uid, invited_eve + "RRULE:FREQ=WEEKLY;COUNT=5\r\n");
}

/// Its instance of that day is later.
std::string with_instance_moved(std::string object, const std::string& uid, int day) {
    const auto moved =
        meeting(uid, invited_eve + "RECURRENCE-ID:" + at_ten(day) + "\r\n", at_ten(day, 15));
    const auto begin = moved.find("BEGIN:VEVENT");
    return object.insert(object.find("END:VCALENDAR"),
                         moved.substr(begin, moved.find("END:VCALENDAR") - begin));
}

/// What a program finds in a mail.
std::string calendar_of(const std::string& mail) {
    const auto part = mail.find("\nContent-Type: text/calendar");
    REQUIRE(part != std::string::npos);
    const auto begin = mail.find("\n\n", part) + 2;
    auto body = mail.substr(begin, mail.find("\n--", begin) - begin);
    std::erase(body, '\n');
    return unfolded(text::base64_decode(body).value_or(""));
}

/// The one message that waits, when it has been tried once.
json::Object put_off(User& user) {
    for (int i = 0; i < 100; ++i) {
        const auto waiting = outgoing(user);
        if (waiting.size() == 1 && waiting.front().at("tries").as_int64() == 1 &&
            !json::text_of(waiting.front().as_object(), "problem").empty())
            return waiting.front().as_object();
        std::this_thread::sleep_for(50ms);
    }
    FAIL("nothing was put off");
    return {};
}

/// An invitation of somebody elsewhere, as a client stores it.
std::string invitation(const std::string& uid, const std::string& partstat) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\nBEGIN:VEVENT\r\nUID:" + uid +
           "\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:" + at_ten(20) +
           "\r\nDURATION:PT1H\r\nSUMMARY:Theirs\r\nORGANIZER:" + eve + "\r\nATTENDEE:" + eve +
           "\r\n" + attendee("alice", partstat) + "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

}  // namespace

TEST_CASE("who is elsewhere gets an invitation by mail, and the organizer sees that it has gone") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice", "bob"}, system.config(0s)};
    REQUIRE(alice.put("calendar/1.ics", meeting("by-mail", invited_eve + attendee("bob"))).status ==
            201);
    const auto mails = system.mails(1);
    REQUIRE(mails.size() == 1);  // bob is here
    const auto& mail = mails.front();
    CHECK(mail.starts_with("alice@example.com eve@elsewhere.org\n"));
    CHECK(has(field(mail, "From"), "<alice@example.com>"));
    CHECK(field(mail, "To") == "eve@elsewhere.org");
    CHECK(field(mail, "Subject") == "Invitation: Plan");
    CHECK(field(mail, "Auto-Submitted") == "auto-generated");
    CHECK(field(mail, "In-Reply-To").empty());
    CHECK(is_of(mail, "REQUEST"));
    CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));
    const auto log = log_of(alice);
    REQUIRE(log.size() == 1);
    CHECK(log.front().verdict == "sent");
    CHECK(log.front().address == "eve@elsewhere.org");
    CHECK("<" + log.front().message_id + ">" == field(mail, "Message-Id"));
}

TEST_CASE("the status is pending until the mail is handed on, and changes no Schedule-Tag") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(3s)};
    const auto put = alice.put("calendar/1.ics", meeting("pending", invited_eve));
    REQUIRE(put.status == 201);
    CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=1.0:" + eve));
    CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));
    CHECK(alice.get("calendar/1.ics").header("Schedule-Tag") == put.header("Schedule-Tag"));
}

TEST_CASE("people get the last state once, and nothing where it is what they know") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(3s)};
    SUBCASE("three changes are one mail, and it begins a thread") {
        for (int day = 20; day < 23; ++day)
            (void)alice.put("calendar/1.ics", meeting("thrice", invited_eve, at_ten(day)));
        REQUIRE(system.mails(1).size() == 1);
        CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1"));
        (void)alice.put("calendar/1.ics", meeting("thrice", invited_eve, at_ten(22, 14)));
        const auto mails = system.mails(2);
        REQUIRE(mails.size() == 2);
        CHECK(field(mails[1], "Subject") == "Changed: Plan");
        CHECK(field(mails[1], "In-Reply-To") == field(mails[0], "Message-Id"));
        CHECK(field(mails[1], "References") == field(mails[0], "Message-Id"));
        CHECK(field(mails[1], "Message-Id") != field(mails[0], "Message-Id"));
    }
    SUBCASE("who is taken out again never hears of it") {
        (void)alice.put("calendar/1.ics", meeting("regret", invited_eve + invited_mallory));
        (void)alice.put("calendar/1.ics", meeting("regret", invited_mallory));
        const auto mails = system.mails(1);
        REQUIRE(mails.size() == 1);
        CHECK(mails[0].starts_with("alice@example.com mallory@"));
    }
    SUBCASE("what is deleted before anybody was told is told to nobody") {
        (void)alice.put("calendar/1.ics", meeting("deleted", invited_eve));
        REQUIRE(alice.erase("calendar/1.ics").status == 204);
        std::this_thread::sleep_for(5s);
        CHECK(system.mails(0).empty());
    }
    SUBCASE("there and back again") {
        (void)alice.put("calendar/1.ics", meeting("back", invited_eve, at_ten(20)));
        REQUIRE(system.mails(1).size() == 1);
        (void)settled(alice);
        (void)alice.put("calendar/1.ics", meeting("back", invited_eve, at_ten(21)));
        (void)alice.put("calendar/1.ics", meeting("back", invited_eve, at_ten(20)));
        CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));  // she knows what there is
        std::this_thread::sleep_for(1500ms);
        CHECK(system.mails(1).size() == 1);
    }
    SUBCASE("who was told is told that it is cancelled") {
        (void)alice.put("calendar/1.ics", meeting("cancelled", invited_eve));
        REQUIRE(system.mails(1).size() == 1);
        (void)settled(alice);
        REQUIRE(alice.erase("calendar/1.ics").status == 204);
        const auto mails = system.mails(2);
        REQUIRE(mails.size() == 2);
        CHECK(is_of(mails[1], "CANCEL"));
        CHECK(field(mails[1], "Subject") == "Cancelled: Plan");
        CHECK(field(mails[1], "In-Reply-To") == field(mails[0], "Message-Id"));
    }
}

TEST_CASE("who is in the organizer's address book is written to in his language, by his clock") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(0s)};
    const auto card = [](const std::string& uid, const std::string& lines) {
        return "BEGIN:VCARD\r\nVERSION:4.0\r\nUID:" + uid + "\r\nFN:Eve\r\n" + lines +
               "END:VCARD\r\n";
    };
    const auto keep = [&](const std::string& uid, const std::string& lines) {
        return alice
            .request("PUT", "/dav/addressbooks/alice/contacts/" + uid + ".vcf", card(uid, lines),
                     {{"Content-Type", "text/vcard"}})
            .status;
    };
    REQUIRE(keep("other", "EMAIL:steve@elsewhere.org\r\nLANG:fr\r\n") == 201);
    REQUIRE(keep("eve", "EMAIL:Eve@elsewhere.org\r\nLANG;PREF=2:es\r\nLANG;PREF=1:sv\r\n"
                        "TZ:Asia/Tokyo\r\n") == 201);
    REQUIRE(alice.put("calendar/1.ics", meeting("reader", invited_eve)).status == 201);
    const auto mails = system.mails(1);
    REQUIRE(mails.size() == 1);
    CHECK(field(mails.front(), "Subject") == "Inbjudan: Plan");
    CHECK(has(mails.front(), "19:00"));
    CHECK(has(mails.front(), "Asia/Tokyo"));
}

TEST_CASE("nobody is told of what is written into a calendar that is marked silent") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice", "bob"}, system.config(0s)};
    const auto mark = [&](const std::string& word) {
        return alice.proppatch("calendar/",
                               "<K:silent xmlns:K=\"urn:kalends\">" + word + "</K:silent>");
    };
    (void)mark("true");
    REQUIRE(alice.put("calendar/1.ics", meeting("silent", invited_eve + attendee("bob"))).status ==
            201);
    CHECK_FALSE(has(only_meeting(alice), "SCHEDULE-STATUS"));
    CHECK(members_of(alice.as("bob"), "calendar/").empty());
    SUBCASE("nor when it is deleted") {
        REQUIRE(alice.erase("calendar/1.ics").status == 204);
        std::this_thread::sleep_for(2s);
        CHECK(system.mails(0).empty());
    }
    SUBCASE("until it is not silent any more, and something changes") {
        (void)mark("false");
        (void)alice.put("calendar/1.ics",
                        meeting("silent", invited_eve + attendee("bob"), at_ten(31)));
        CHECK(system.mails(1).size() == 1);
        CHECK(members_of(alice.as("bob"), "calendar/").size() == 1);
        CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));
    }
}

TEST_CASE("whom an attendee sends is not told of a meeting in a silent calendar") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice", "bob", "carol"}, system.config(0s)};
    const auto delegate = [&](const std::string& address) {
        auto& bob = alice.as("bob");
        auto his = unfolded(bob.get(only_href(bob)).body);
        const auto line = line_of(his, "bob");
        his.replace(his.find(line), line.size(),
                    "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"" + address +
                        "\":" + mailto("bob") + "\r\nATTENDEE;DELEGATED-FROM=\"" + mailto("bob") +
                        "\":" + address);
        REQUIRE(bob.put(only_href(bob), his).status == 204);
    };
    REQUIRE(alice.put("calendar/1.ics", meeting("sent-by-bob", attendee("bob"))).status == 201);
    SUBCASE("which is told otherwise") {
        SUBCASE("here") {
            delegate(mailto("carol"));
            CHECK(members_of(alice.as("carol"), "calendar/").size() == 1);
        }
        SUBCASE("by mail") {
            delegate(eve);
            CHECK(system.mails(1).size() == 1);
        }
    }
    SUBCASE("neither here nor by mail") {
        (void)alice.proppatch("calendar/", "<K:silent xmlns:K=\"urn:kalends\">true</K:silent>");
        SUBCASE("here") {
            delegate(mailto("carol"));
            CHECK(members_of(alice.as("carol"), "calendar/").empty());
            CHECK(has(only_meeting(alice), "DELEGATED-TO"));
        }
        SUBCASE("by mail") {
            delegate(eve);
            CHECK(has(only_meeting(alice), "DELEGATED-TO"));
            std::this_thread::sleep_for(2s);
            CHECK(system.mails(0).empty());
        }
    }
}

TEST_CASE("with Schedule-Reply: F nobody gets a mail, as an import wants it") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice", "bob"}, system.config(0s)};
    REQUIRE(alice
                .put("calendar/1.ics", meeting("imported", invited_eve + attendee("bob")),
                     {{"Schedule-Reply", "F"}})
                .status == 201);
    CHECK_FALSE(has(only_meeting(alice), "SCHEDULE-STATUS=1.0"));
    CHECK(members_of(alice.as("bob"), "calendar/").size() == 1);
    REQUIRE(alice.erase("calendar/1.ics", {{"Schedule-Reply", "F"}}).status == 204);
    std::this_thread::sleep_for(2s);
    CHECK(system.mails(0).empty());
}

TEST_CASE("what others answer is not told by mail, and is not lost") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice", "bob"}, system.config(3s)};
    (void)alice.put("calendar/1.ics", meeting("answers", invited_eve + attendee("bob")));
    answer_with(alice.as("bob"), "ACCEPTED");
    const auto mails = system.mails(1);
    REQUIRE(mails.size() == 1);
    const auto mine = settled(alice);
    CHECK(partstat_of(mine, "bob") == "ACCEPTED");
    CHECK(has(mine, "SCHEDULE-STATUS=1.1:" + eve));
    answer_with(alice.as("bob"), "DECLINED");
    std::this_thread::sleep_for(5s);
    CHECK(system.mails(1).size() == 1);
}

TEST_CASE("an organizer elsewhere gets one answer, the last") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(3s)};
    REQUIRE(alice.put("calendar/1.ics", invitation("theirs", "NEEDS-ACTION")).status == 201);
    REQUIRE(alice.put("calendar/1.ics", invitation("theirs", "ACCEPTED")).status == 204);
    REQUIRE(alice.put("calendar/1.ics", invitation("theirs", "TENTATIVE")).status == 204);
    auto mails = system.mails(1);
    REQUIRE(mails.size() == 1);
    CHECK(is_of(mails[0], "REPLY"));
    CHECK(field(mails[0], "To") == "eve@elsewhere.org");
    CHECK(field(mails[0], "Subject") == "Maybe: Theirs");
    CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));
    REQUIRE(alice.erase("calendar/1.ics").status == 204);
    mails = system.mails(2);
    REQUIRE(mails.size() == 2);
    CHECK(field(mails[1], "Subject") == "Declined: Theirs");
}

TEST_CASE("where a client sees to it itself, or wants no answer, nobody is told") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(0s)};
    (void)alice.put("calendar/1.ics",
                    meeting("client", "ATTENDEE;SCHEDULE-AGENT=CLIENT:" + eve + "\r\n"));
    REQUIRE(alice.put("calendar/2.ics", invitation("silent", "NEEDS-ACTION")).status == 201);
    CHECK(alice.request("DELETE", "calendar/2.ics", "", {{"Schedule-Reply", "F"}}).status == 204);
    std::this_thread::sleep_for(1500ms);
    CHECK(system.mails(0).empty());
    CHECK(outgoing(alice).empty());
}

TEST_CASE("RFC 6638 8.1: what is not to be answered does not take back what was answered before") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(2s)};
    REQUIRE(alice.put("calendar/1.ics", invitation("kept", "NEEDS-ACTION")).status == 201);
    REQUIRE(alice.put("calendar/1.ics", invitation("kept", "ACCEPTED")).status == 204);
    REQUIRE(alice.request("DELETE", "calendar/1.ics", "", {{"Schedule-Reply", "F"}}).status == 204);
    std::this_thread::sleep_for(4s);
    const auto mails = system.mails(1);
    REQUIRE(mails.size() == 1);
    CHECK(field(mails[0], "Subject") == "Accepted: Theirs");
}

TEST_CASE("an address that is no text is nobody's, and holds up nobody") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(0s)};
    (void)alice.put("calendar/1.ics",
                    meeting("broken", invited_eve + "ATTENDEE:mailto:%FF@elsewhere.org\r\n"));
    CHECK(system.mails(1).size() == 1);
    CHECK(has(settled(alice), "SCHEDULE-STATUS=3.7:mailto:%FF@elsewhere.org"));
}

TEST_CASE("RFC 6638 7.2: SCHEDULE-FORCE-SEND is not held, and tells again what is known") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(1h)};
    const auto forced = "ATTENDEE;SCHEDULE-FORCE-SEND=REQUEST:" + eve + "\r\n";
    (void)alice.put("calendar/1.ics", meeting("forced", forced));
    REQUIRE(system.mails(1).size() == 1);
    (void)settled(alice);
    (void)alice.put("calendar/1.ics", meeting("forced", forced));
    CHECK(system.mails(2).size() == 2);
}

TEST_CASE("what is held is listed with its reason, and can be dropped or sent at once") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice", "bob"}, system.config(1h)};
    (void)alice.put("calendar/1.ics", meeting("listed", invited_eve + attendee("bob")));
    auto waiting = outgoing(alice);
    REQUIRE(waiting.size() == 1);
    const auto entry = waiting.front().as_object();
    CHECK(entry.at("held").as_bool());
    CHECK(json::text_of(entry, "recipient") == "eve@elsewhere.org");
    CHECK(json::text_of(entry, "reason") == "invited");
    CHECK(json::text_of(entry, "title") == "Plan");
    CHECK(outgoing(alice.as("bob")).empty());
    const auto path = "/api/v1/outgoing/" + std::to_string(entry.at("id").as_int64());
    CHECK(alice.as("bob").request("DELETE", path).status == 404);  // not his
    SUBCASE("dropped") {
        CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=1.0:" + eve));
        CHECK(alice.request("DELETE", path).status == 204);
        CHECK(alice.request("DELETE", path).status == 404);
        CHECK(outgoing(alice).empty());
        CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=5.1:" + eve));  // she knows nothing
        REQUIRE(log_of(alice).size() == 1);
        CHECK(log_of(alice).front().verdict == "dropped");
        CHECK_FALSE(log_of(alice).front().incoming);
        CHECK(log_of(alice).front().address == "eve@elsewhere.org");
    }
    SUBCASE("at once") {
        CHECK(store::retry_outgoing(alice.database(), entry.at("id").as_int64()) == 1);
        CHECK(system.mails(1).size() == 1);
    }
}

TEST_CASE("RFC 6638 3.2.9: what the mail system refuses is shown to the organizer") {
    REQUIRE_POSTGRESQL();
    MailSystem system;
    constexpr int no_user = 67;
    TestServer alice{{"alice"}, system.config(0s)};
    SUBCASE("for good") {
        system.answer(no_user);
        (void)alice.put("calendar/1.ics", meeting("refused", invited_eve));
        CHECK(has(settled(alice), "SCHEDULE-STATUS=5.2:" + eve));
        REQUIRE(log_of(alice).size() == 1);
        CHECK(log_of(alice).front().verdict == "refused");
        CHECK(has(log_of(alice).front().why, "the answer is 67"));
    }
    SUBCASE("for good; of what is new she gets the whole") {
        system.answer(no_user);
        (void)alice.put("calendar/1.ics", weekly("refused"));
        (void)settled(alice);
        system.answer(0);
        auto shorter = weekly("refused");
        shorter.insert(shorter.find("RRULE"), "EXDATE:" + at_ten(37) + "\r\n");
        (void)alice.put("calendar/1.ics", shorter);
        const auto mails = system.mails(1);
        REQUIRE(mails.size() == 1);
        CHECK(is_of(mails.front(), "REQUEST"));  // and no CANCEL of what she never heard of
        CHECK(field(mails.front(), "Subject") == "Invitation: Plan");
        CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));
    }
    SUBCASE("for now, and it is dropped") {
        system.answer(later);
        (void)alice.put("calendar/1.ics", meeting("dropped", invited_eve));
        const auto waiting = put_off(alice);
        CHECK(drop(alice, waiting.at("id").as_int64()) == 204);
        CHECK(outgoing(alice).empty());
        CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=5.1:" + eve));
        REQUIRE(log_of(alice).size() == 1);
        CHECK(log_of(alice).front().verdict == "dropped");
    }
    SUBCASE("for now: it is sent when it can be, once, and always as the same message") {
        system.answer(later);
        (void)alice.put("calendar/1.ics", meeting("later", invited_eve));
        const auto waiting = put_off(alice);
        CHECK(has(json::text_of(waiting, "problem"), "the answer is 75"));
        CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=1.0"));
        system.answer(0);
        CHECK(store::retry_outgoing(alice.database(), 0) == 1);
        CHECK(system.mails(1).size() == 1);
        CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));
        CHECK(outgoing(alice).empty());
    }
}

TEST_CASE("who got nothing of a meeting is told the whole, though a part of it was to be told") {
    REQUIRE_POSTGRESQL();
    MailSystem system;
    TestServer alice{{"alice"}, system.config(0s)};
    system.answer(later);
    (void)alice.put("calendar/1.ics", weekly("part"));
    const auto first = put_off(alice);
    (void)alice.put("calendar/1.ics", with_instance_moved(weekly("part"), "part", 37));
    (void)two_waiting(alice);
    REQUIRE(drop(alice, first.at("id").as_int64()) == 204);
    system.answer(0);
    (void)store::retry_outgoing(alice.database(), 0);
    const auto mails = system.mails(1);
    REQUIRE(mails.size() == 1);
    CHECK(has(calendar_of(mails.front()), "RRULE:"));
    CHECK(has(calendar_of(mails.front()), "RECURRENCE-ID:" + at_ten(37)));
}

TEST_CASE("what was not delivered stays so, when a change is taken back") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(1h)};
    (void)alice.put("calendar/1.ics", meeting("back", invited_eve));
    const auto waiting = outgoing(alice);
    REQUIRE_FALSE(waiting.empty());
    for (const auto& each : waiting) (void)drop(alice, each.as_object().at("id").as_int64());
    CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=5.1:" + eve));
    (void)alice.put("calendar/1.ics", meeting("back", invited_eve, at_ten(31)));
    CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=1.0:" + eve));
    (void)alice.put("calendar/1.ics", meeting("back", invited_eve));
    CHECK(store::retry_outgoing(alice.database(), 0) == 1);
    wait_until_nothing_is_held(alice);
    CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=5.1:" + eve));
}

TEST_CASE("an earlier message that arrives does not hide that a later one was dropped") {
    REQUIRE_POSTGRESQL();
    MailSystem system;
    TestServer alice{{"alice"}, system.config(0s)};
    system.answer(later);
    (void)alice.put("calendar/1.ics", meeting("earlier", invited_eve));
    (void)put_off(alice);
    (void)alice.put("calendar/1.ics", meeting("earlier", invited_eve, at_ten(31)));
    const auto waiting = two_waiting(alice);
    REQUIRE(drop(alice, waiting[1].id) == 204);
    system.answer(0);
    (void)store::retry_outgoing(alice.database(), 0);
    CHECK(system.mails(1).size() == 1);
    wait_until_all_is_sent(alice);
    std::this_thread::sleep_for(500ms);
    CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=5.1:" + eve));
}

TEST_CASE("who missed a part of a meeting is told the whole with the next part") {
    REQUIRE_POSTGRESQL();
    MailSystem system;
    TestServer alice{{"alice"}, system.config(0s)};
    const auto one = with_instance_moved(weekly("parts"), "parts", 37);
    (void)alice.put("calendar/1.ics", weekly("parts"));
    REQUIRE(system.mails(1).size() == 1);
    (void)settled(alice);
    system.answer(later);
    (void)alice.put("calendar/1.ics", one);
    const auto first = put_off(alice);
    (void)alice.put("calendar/1.ics", with_instance_moved(one, "parts", 44));
    (void)two_waiting(alice);
    REQUIRE(drop(alice, first.at("id").as_int64()) == 204);
    system.answer(0);
    (void)store::retry_outgoing(alice.database(), 0);
    const auto mails = system.mails(2);
    REQUIRE(mails.size() == 2);
    CHECK(has(calendar_of(mails.back()), "RECURRENCE-ID:" + at_ten(37)));
    CHECK(has(calendar_of(mails.back()), "RECURRENCE-ID:" + at_ten(44)));
    CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));
}

TEST_CASE("who still waits for a mail is said to wait, while there is nothing else to tell") {
    REQUIRE_POSTGRESQL();
    MailSystem system;
    TestServer alice{{"alice"}, system.config(1h)};
    system.answer(later);
    (void)alice.put("calendar/1.ics", meeting("pending", invited_eve));
    CHECK(store::retry_outgoing(alice.database(), 0) == 1);
    (void)put_off(alice);
    (void)alice.put("calendar/1.ics", meeting("pending", invited_eve, at_ten(31)));
    (void)alice.put("calendar/1.ics", meeting("pending", invited_eve));
    REQUIRE(store::holds(alice.database(), {}, 1).size() == 1);
    CHECK(store::retry_outgoing(alice.database(), 0) == 2);
    wait_until_nothing_is_held(alice);
    CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=1.0:" + eve));
    system.answer(0);
    CHECK(store::retry_outgoing(alice.database(), 0) == 1);
    CHECK(system.mails(1).size() == 1);
    CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1:" + eve));
}

TEST_CASE("a broken file of one's own words holds mail up until it is mended, and loses none") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    auto config = system.config(0s);
    config.mail.words = system.folder().string();
    const auto file = system.folder() / "en.json";
    std::ofstream(file) << "{ this is no JSON";
    TestServer alice{{"alice"}, config};
    (void)alice.put("calendar/1.ics", meeting("words", invited_eve));
    std::string problem;
    for (int i = 0; i < 100 && problem.empty(); ++i) {
        std::this_thread::sleep_for(50ms);
        if (const auto waiting = outgoing(alice); !waiting.empty())
            problem = json::text_of(waiting.front().as_object(), "problem");
    }
    CHECK(has(problem, "en.json"));
    std::ofstream(file) << R"({"subject_invitation": "Come to: {{title}}"})";
    CHECK(store::retry_outgoing(alice.database(), 0) == 1);
    const auto mails = system.mails(1);
    REQUIRE(mails.size() == 1);
    CHECK(field(mails[0], "Subject") == "Come to: Plan");
}

TEST_CASE("many meetings that are due at once are told of by all threads, each once") {
    REQUIRE_POSTGRESQL();
    constexpr std::size_t meetings = 40;  // more than one thread takes at a time
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(1h)};
    for (std::size_t i = 0; i < meetings; ++i) {
        const auto number = std::to_string(i);
        const auto guest = "ATTENDEE:mailto:guest" + number + "@elsewhere.org\r\n";
        REQUIRE(alice.put("calendar/" + number + ".ics", meeting("due" + number, guest)).status ==
                201);
    }
    CHECK(store::retry_outgoing(alice.database(), 0) == meetings);
    const auto sent = [&] {
        std::vector<std::string> recipients;
        for (const auto& mail : system.mails(meetings))
            recipients.push_back(mail.substr(0, mail.find('\n')));
        return recipients;
    };
    auto recipients = sent();
    for (int i = 0; i < 5 && recipients.size() < meetings; ++i) recipients = sent();
    CHECK(recipients.size() == meetings);
    const std::set<std::string> different(recipients.begin(), recipients.end());
    CHECK(different.size() == meetings);
    CHECK(log_of(alice).size() >= meetings - 1);  // the last is being written
}

TEST_CASE("in whose name a server may not send, it sends in its own") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    auto config = system.config(0s);
    config.mail.domains = {"ours.example"};
    config.mail.address = "calendar@ours.example";
    config.mail.bounces = "bounce@ours.example";
    TestServer alice{{"alice"}, config};
    (void)alice.put("calendar/1.ics", meeting("proxy", invited_eve));
    const auto mails = system.mails(1);
    REQUIRE(mails.size() == 1);
    CHECK(has(field(mails[0], "From"), "<calendar@ours.example>"));
    CHECK(has(field(mails[0], "Reply-To"), "alice@example.com"));
    CHECK(mails[0].starts_with("bounce+"));
}

TEST_CASE("a series: who is told of cancelled dates is not told of the series again") {
    REQUIRE_POSTGRESQL();
    const MailSystem system;
    TestServer alice{{"alice"}, system.config(0s)};
    const std::string rule = "RRULE:FREQ=DAILY;COUNT=5\r\n";
    (void)alice.put("calendar/1.ics", meeting("series", rule + invited_eve, at_ten(20)));
    REQUIRE(system.mails(1).size() == 1);
    (void)settled(alice);
    (void)alice.put(
        "calendar/1.ics",
        meeting("series", rule + "EXDATE:" + at_ten(22) + "\r\n" + invited_eve, at_ten(20)));
    auto mails = system.mails(2);
    REQUIRE(mails.size() == 2);
    CHECK(is_of(mails[1], "CANCEL"));
    std::this_thread::sleep_for(1500ms);
    CHECK(system.mails(2).size() == 2);
}
