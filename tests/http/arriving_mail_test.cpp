// Invitations and answers that come by mail: who may speak for whom, and what becomes of it. RFC
// 6047; decision 0016.

#include "http/mail_system.hpp"
#include "mail/spool.hpp"
#include "sched/bounce_address.hpp"
#include "sched/mail_probe.hpp"
#include "store/mail_probes.hpp"
#include "store/outgoing.hpp"

#include <fcntl.h>
#include <functional>
#include <unistd.h>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;

namespace {

const std::string proven = "Authentication-Results: mx.example.com; dmarc=pass "
                           "header.from=elsewhere.org\r\n";

/// A mail that comes in.
struct Letter {
    std::string calendar;
    std::string method;
    std::string from = "eve@elsewhere.org";
    std::string header = proven;
    std::string id = "1@elsewhere.org";
    std::string to = "alice@example.com";

    [[nodiscard]] std::string text() const {
        return "Return-Path: <" + from + ">\r\n" + header + "From: Eve <" + from +
               ">\r\nTo: " + to + "\r\nSubject: x\r\nMessage-ID: <" + id +
               ">\r\nMIME-Version: 1.0\r\nContent-Type: text/calendar; charset=UTF-8; method=" +
               method + "\r\n\r\n" + calendar;
    }
};

/// A message of iTIP.
std::string message(const std::string& method, const std::string& uid, const std::string& lines,
                    const std::string& organizer, int sequence = 0,
                    const std::string& start = at_ten(30)) {
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//else//EN\r\nMETHOD:" + method +
           "\r\nBEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:" + at_ten(0, sequence) +
           "\r\nSEQUENCE:" + std::to_string(sequence) + "\r\nDTSTART:" + start +
           "\r\nDURATION:PT1H\r\nSUMMARY:Plan\r\nORGANIZER:" + organizer + "\r\n" + lines +
           "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

std::string answer_of_eve(const std::string& uid, const std::string& partstat) {
    return message("REPLY", uid, "ATTENDEE;PARTSTAT=" + partstat + ":" + eve + "\r\n",
                   mailto("alice"), 20);
}

/// A server with a spool.
class Site {
public:
    explicit Site(const std::function<void(Config&)>& change = {})
        : config_(system_.config(0s)), server_({"alice", "bob"}, with_spool(change)) {}

    ~Site() { wait_until_all_is_sent(server_); }
    Site(const Site&) = delete;
    Site& operator=(const Site&) = delete;

    TestServer& server() { return server_; }
    MailSystem& system() { return system_; }

    /// Delivered; the log's entry for it.
    store::MailLogEntry deliver(const Letter& letter) {
        const auto before = incoming().size();
        put(letter.text(), letter.to);
        for (int i = 0; i < 200 && incoming().size() == before; ++i)
            std::this_thread::sleep_for(20ms);
        const auto entries = incoming();
        REQUIRE(entries.size() == before + 1);
        return entries.front();
    }

    /// As the mail system hands it over.
    void put(const std::string& text, const std::string& recipient) const {
        int ends[2];
        REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
        REQUIRE(::write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
        ::close(ends[1]);
        (void)mail::put(config_.mail.spool, {.sender = {}, .recipient = recipient, .user = {}},
                        ends[0], 1 << 20);
        ::close(ends[0]);
    }

    std::vector<store::MailLogEntry> incoming() {
        auto& db = server_.database();
        auto entries = store::mail_log(db, db.home("alice")->principal.id, 100);
        std::erase_if(entries, [](const store::MailLogEntry& each) { return !each.incoming; });
        return entries;
    }

private:
    const Config& with_spool(const std::function<void(Config&)>& change) {
        config_.mail.spool = (system_.folder() / "spool").string();
        config_.mail.authserv_id = "mx.example.com";
        config_.mail.domains = {"example.com"};
        config_.mail.address = "calendar@example.com";
        config_.mail.bounces = "bounce@example.com";
        if (change) change(config_);
        return config_;
    }

    MailSystem system_;
    Config config_;
    TestServer server_;
};

/// "Jane, eve@elsewhere.org": in alice's address book.
void befriend_eve(TestServer& alice) {
    REQUIRE(alice
                .request("PUT", "/dav/addressbooks/alice/contacts/eve.vcf",
                         "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:eve\r\nFN:Eve\r\nN:Eve;;;;\r\n"
                         "EMAIL:eve@elsewhere.org\r\nEND:VCARD\r\n",
                         {{"Content-Type", "text/vcard"}})
                .status < 300);
}

std::string invitation(const std::string& uid, int sequence = 0,
                       const std::string& start = at_ten(30)) {
    return message("REQUEST", uid, attendee("alice"), eve, sequence, start);
}

/// What the newest item of the inbox says of why it was not applied.
std::string not_applied(User& user) {
    const auto reply = user.request(
        "PROPFIND", "inbox/",
        xml_body("D:propfind", "<D:prop><K:not-applied xmlns:K=\"urn:kalends\"/></D:prop>"),
        {{"Depth", "1"}});
    const auto at = reply.body.find("urn:kalends\">");
    return at == std::string::npos ? "" : reply.body.substr(at, 200);
}

}  // namespace

TEST_CASE("an answer that comes by mail is in the organizer's calendar and inbox") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    (void)alice.put("calendar/1.ics", meeting("answered", invited_eve + attendee("bob")));
    const auto entry = site.deliver({answer_of_eve("answered", "ACCEPTED"), "REPLY"});
    CHECK(entry.verdict == "applied");
    CHECK(entry.address == "eve@elsewhere.org");
    CHECK(has(only_meeting(alice), "PARTSTAT=ACCEPTED"));
    CHECK(has(only_meeting(alice), eve));
    CHECK(inbox_items(alice) == 1);
    CHECK(has(only_meeting(alice.as("bob")), "PARTSTAT=ACCEPTED"));  // who is here sees it, too
    SUBCASE("the same mail again changes nothing") {
        CHECK(site.deliver({answer_of_eve("answered", "ACCEPTED"), "REPLY"}).verdict == "again");
        CHECK(inbox_items(alice) == 1);
    }
    SUBCASE("an older one, too") {
        const auto old = message("REPLY", "answered", "ATTENDEE;PARTSTAT=DECLINED:" + eve + "\r\n",
                                 mailto("alice"));
        CHECK(site.deliver({.calendar = old, .method = "REPLY", .id = "2@elsewhere.org"}).verdict ==
              "nothing new");
        CHECK(has(only_meeting(alice), "PARTSTAT=ACCEPTED"));
    }
}

TEST_CASE("what a calendar program could not store does not come in by mail") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    befriend_eve(alice);
    const auto good = invitation("odd");
    const auto with = [&](std::string_view from, std::string_view to) {
        auto text = good;
        return text.replace(text.find(from), from.size(), to);
    };
    const auto when = "DTSTART:" + at_ten(30) + "\r\n";
    const auto event_of = [](const std::string& text) {
        const auto begin = text.find("BEGIN:VEVENT");
        return text.substr(begin, text.find("END:VCALENDAR") - begin);
    };
    const auto end = std::string("END:VCALENDAR");
    const struct {
        const char* what;
        std::string calendar;
        const char* verdict;
    } cases[] = {
        {"a character that XML can't hold", with("Plan", "\x01"), "unreadable"},
        {"a date that is none", with(when, "DTSTART:soon\r\n"), "unreadable"},
        {"no date", with(when, ""), "refused"},
        {"the same twice", with(end, event_of(good) + end), "refused"},
        {"two meetings", with(end, event_of(invitation("other")) + end), "refused"},
    };
    int number = 1;
    for (const auto& each : cases) {
        CAPTURE(each.what);
        const auto entry = site.deliver({.calendar = each.calendar,
                                         .method = "REQUEST",
                                         .id = std::to_string(++number) + "@elsewhere.org"});
        CHECK(entry.verdict == each.verdict);
        CHECK(entry.why != "");
    }
    CHECK(members_of(alice, "calendar/").empty());
    CHECK(inbox_items(alice) == 0);
    CHECK(site.deliver({.calendar = good, .method = "REQUEST"}).verdict == "applied");
}

TEST_CASE("who may speak for whom: what is not applied is shown with its reason") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    (void)alice.put("calendar/1.ics", meeting("guarded", invited_eve + attendee("bob")));
    const auto before = settled(alice);
    const auto accepted = answer_of_eve("guarded", "ACCEPTED");
    const struct {
        const char* what;
        Letter letter;
        const char* verdict;
        bool is_shown;
    } cases[] = {
        {"nothing proves it",
         {.calendar = accepted, .method = "REPLY", .header = ""},
         "unproven",
         true},
        {"somebody else's results",
         {.calendar = accepted,
          .method = "REPLY",
          .header =
              "Authentication-Results: mx.evil.example; dmarc=pass header.from=elsewhere.org\r\n"},
         "unproven",
         true},
        {"another's answer",
         {.calendar = accepted, .method = "REPLY", .from = "mallory@elsewhere.org"},
         "for another",
         true},
        {"a colleague's answer from outside",
         {.calendar = message("REPLY", "guarded", attendee("bob", "ACCEPTED"), mailto("alice"), 20),
          .method = "REPLY",
          .from = "bob@example.com",
          .header =
              "Authentication-Results: mx.example.com; dmarc=pass header.from=example.com\r\n"},
         "unproven",
         true},
        {"who has logged in as somebody else",
         {.calendar = message("REPLY", "guarded", attendee("bob", "ACCEPTED"), mailto("alice"), 20),
          .method = "REPLY",
          .from = "bob@example.com",
          .header = "Authentication-Results: mx.example.com; auth=pass smtp.auth=alice\r\n"},
         "unproven",
         true},
        {"not invited",
         {.calendar =
              message("REPLY", "guarded", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:m@elsewhere.org\r\n",
                      mailto("alice"), 20),
          .method = "REPLY",
          .from = "m@elsewhere.org"},
         "not invited",
         true},
        {"marked as spam",
         {.calendar = accepted, .method = "REPLY", .header = proven + "X-Spam-Flag: YES\r\n"},
         "spam",
         false},
        {"its header says another method",
         {.calendar = accepted, .method = "REQUEST"},
         "contradiction",
         true},
        {"no such meeting",
         {.calendar = answer_of_eve("nowhere", "ACCEPTED"), .method = "REPLY"},
         "unknown meeting",
         false},
        {"two senders",
         {.calendar = accepted,
          .method = "REPLY",
          .header = proven + "From: Mallory <mallory@elsewhere.org>\r\n"},
         "unclear sender",
         true},
    };
    int number = 0;
    for (auto each : cases) {
        CAPTURE(each.what);
        const auto items = inbox_items(alice);
        each.letter.id = std::to_string(++number) + "@guarded.example";
        const auto entry = site.deliver(each.letter);
        CHECK(entry.verdict == each.verdict);
        CHECK_FALSE(entry.why.empty());
        CHECK(only_meeting(alice) == before);
        CHECK(inbox_items(alice) == items + (each.is_shown ? 1 : 0));
        if (each.is_shown) CHECK(has(not_applied(alice), ">"));
    }
}

TEST_CASE("an invitation by mail of somebody who is known is in the calendar, unanswered") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    befriend_eve(alice);
    CHECK(site.deliver({invitation("theirs"), "REQUEST"}).verdict == "applied");
    CHECK(partstat_of(only_meeting(alice), "alice") == "NEEDS-ACTION");
    CHECK(inbox_items(alice) == 1);
    SUBCASE("the answer goes out as an answer to that mail") {
        answer_with(alice, "ACCEPTED");
        const auto mails = site.system().mails(1);
        REQUIRE(mails.size() == 1);
        CHECK(is_of(mails[0], "REPLY"));
        CHECK(field(mails[0], "In-Reply-To") == "<1@elsewhere.org>");
        CHECK(mails[0].starts_with("bounce+"));
        CHECK(has(field(mails[0], "From"), "<alice@example.com>"));
    }
    SUBCASE("it moves, and is cancelled, by its organizer alone") {
        CHECK(site.deliver({.calendar = invitation("theirs", 1, at_ten(31)),
                            .method = "REQUEST",
                            .id = "2@elsewhere.org"})
                  .verdict == "applied");
        CHECK(has(only_meeting(alice), "DTSTART:" + at_ten(31)));
        const auto end = message("CANCEL", "theirs", attendee("alice"), eve, 2, at_ten(31));
        CHECK(site.deliver({.calendar = end,
                            .method = "CANCEL",
                            .from = "mallory@elsewhere.org",
                            .id = "3@elsewhere.org"})
                  .verdict == "for another");
        CHECK_FALSE(has(only_meeting(alice), "STATUS:CANCELLED"));
        const auto taken = message("CANCEL", "theirs", attendee("alice"),
                                   "mailto:mallory@elsewhere.org", 2, at_ten(31));
        CHECK(site.deliver({.calendar = taken,
                            .method = "CANCEL",
                            .from = "mallory@elsewhere.org",
                            .id = "4@elsewhere.org"})
                  .verdict == "other organizer");
        CHECK(
            site.deliver({.calendar = end, .method = "CANCEL", .id = "5@elsewhere.org"}).verdict ==
            "applied");
        CHECK(has(only_meeting(alice), "STATUS:CANCELLED"));
    }
    SUBCASE("older mail does not undo newer") {
        (void)site.deliver({.calendar = invitation("theirs", 3, at_ten(33)),
                            .method = "REQUEST",
                            .id = "2@elsewhere.org"});
        CHECK(site.deliver({.calendar = invitation("theirs", 1, at_ten(31)),
                            .method = "REQUEST",
                            .id = "3@elsewhere.org"})
                  .verdict == "nothing new");
        CHECK(has(only_meeting(alice), "DTSTART:" + at_ten(33)));
    }
}

TEST_CASE("an invitation whose cancellation has overtaken it stays mail") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    befriend_eve(alice);
    const auto cancel = [](const std::string& more, int sequence) {
        return message("CANCEL", "theirs", attendee("alice") + more, eve, sequence);
    };
    SUBCASE("of the whole meeting") {
        CHECK(site.deliver({cancel("", 2), "CANCEL"}).verdict == "unknown meeting");
        CHECK(site.deliver({.calendar = invitation("theirs", 1),
                            .method = "REQUEST",
                            .id = "2@elsewhere.org"})
                  .verdict == "cancelled");
        CHECK(site.deliver({.calendar = invitation("other", 1),
                            .method = "REQUEST",
                            .id = "3@elsewhere.org"})
                  .verdict == "applied");
        // Invited again.
        CHECK(site.deliver({.calendar = invitation("theirs", 3),
                            .method = "REQUEST",
                            .id = "4@elsewhere.org"})
                  .verdict == "applied");
    }
    SUBCASE("but not of one day of a series") {
        CHECK(site.deliver({cancel("RECURRENCE-ID:" + at_ten(30) + "\r\n", 2), "CANCEL"}).verdict ==
              "unknown meeting");
        CHECK(site.deliver({.calendar = invitation("theirs", 1),
                            .method = "REQUEST",
                            .id = "2@elsewhere.org"})
                  .verdict == "applied");
    }
    SUBCASE("but not where nothing proves that it is from its sender") {
        CHECK(site.deliver({.calendar = cancel("", 2), .method = "CANCEL", .header = ""}).verdict ==
              "unproven");
        CHECK(site.deliver({.calendar = invitation("theirs", 1),
                            .method = "REQUEST",
                            .id = "2@elsewhere.org"})
                  .verdict == "applied");
    }
}

TEST_CASE("a copy that proves nothing does not stand in the way of the mail itself") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    befriend_eve(alice);
    const Letter forged{.calendar = invitation("listed"), .method = "REQUEST", .header = ""};
    CHECK(site.deliver(forged).verdict == "unproven");
    CHECK(site.deliver(forged).verdict == "again");
    CHECK(site.deliver({invitation("listed"), "REQUEST"}).verdict == "applied");
    CHECK(site.deliver({invitation("listed"), "REQUEST"}).verdict == "again");
    CHECK(site.deliver(forged).verdict == "again");
}

TEST_CASE("nor does a copy of a colleague's mail that comes from outside") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    const auto theirs = message("REQUEST", "listed", attendee("alice"), mailto("bob"));
    const std::string results = "Authentication-Results: mx.example.com; ";
    const auto with = [&](const std::string& proof) {
        return Letter{.calendar = theirs,
                      .method = "REQUEST",
                      .from = "bob@example.com",
                      .header = results + proof + "\r\n"};
    };
    CHECK(site.deliver(with("dmarc=pass header.from=example.com")).verdict == "unproven");
    CHECK(members_of(alice, "calendar/").empty());
    CHECK(site.deliver(with("auth=pass smtp.auth=bob")).verdict == "applied");
}

TEST_CASE("what an organizer outside says of SCHEDULE-AGENT is not for this server") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    befriend_eve(alice);
    auto theirs = invitation("agent");
    theirs.replace(theirs.find("ORGANIZER:"), 10, "ORGANIZER;SCHEDULE-AGENT=CLIENT:");
    // Its program names its mails as it likes, too.
    CHECK(site.deliver({.calendar = theirs, .method = "REQUEST", .id = "ABC123"}).verdict ==
          "applied");
    CHECK_FALSE(has(only_meeting(alice), "SCHEDULE-AGENT"));
    answer_with(alice, "ACCEPTED");
    const auto mails = site.system().mails(1);
    REQUIRE(mails.size() == 1);
    CHECK(is_of(mails[0], "REPLY"));
    CHECK(field(mails[0], "In-Reply-To").empty());
    CHECK(has(settled(alice), "SCHEDULE-STATUS=1.1"));
}

TEST_CASE("whose invitations are taken is everybody's own choice") {
    REQUIRE_POSTGRESQL();
    const auto say = [](TestServer& user, const std::string& word) {
        return user
            .request("PROPPATCH", "inbox/",
                     xml_body("D:propertyupdate",
                              "<D:set><D:prop><K:mail-invitations xmlns:K=\"urn:kalends\">" + word +
                                  "</K:mail-invitations></D:prop></D:set>"))
            .status;
    };
    Site site;
    auto& alice = site.server();
    CHECK(site.deliver({invitation("stranger"), "REQUEST"}).verdict == "stranger");
    CHECK(members_of(alice, "calendar/").empty());
    CHECK(inbox_items(alice) == 1);
    CHECK(has(not_applied(alice), "not known here"));
    SUBCASE("of everybody") {
        REQUIRE(say(alice, "always") == 207);
        CHECK(site.deliver({.calendar = invitation("stranger"),
                            .method = "REQUEST",
                            .id = "2@elsewhere.org"})
                  .verdict == "applied");
    }
    SUBCASE("of nobody") {
        befriend_eve(alice);
        REQUIRE(say(alice, "never") == 207);
        CHECK(site.deliver({.calendar = invitation("stranger"),
                            .method = "REQUEST",
                            .id = "2@elsewhere.org"})
                  .verdict == "not wanted");
    }
    SUBCASE("who was invited is known") {
        (void)alice.put("calendar/1.ics", meeting("met", invited_eve));
        REQUIRE(site.system().mails(1).size() == 1);
        (void)settled(alice);
        CHECK(site.deliver({.calendar = invitation("stranger"),
                            .method = "REQUEST",
                            .id = "2@elsewhere.org"})
                  .verdict == "applied");
    }
    SUBCASE("what names somebody else is not for her") {
        const auto forwarded = message("REQUEST", "forwarded", attendee("bob"), eve);
        CHECK(site.deliver({.calendar = forwarded, .method = "REQUEST", .id = "2@elsewhere.org"})
                  .verdict == "not invited");
    }
}

TEST_CASE("a counter-proposal is in the inbox, and changes nothing") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    (void)alice.put("calendar/1.ics", meeting("countered", invited_eve));
    const auto counter =
        message("COUNTER", "countered", invited_eve, mailto("alice"), 20, at_ten(32));
    CHECK(site.deliver({counter, "COUNTER"}).verdict == "applied");
    CHECK(inbox_items(alice) == 1);
    CHECK(has(only_meeting(alice), "DTSTART:" + at_ten(30)));
}

namespace {

std::string failure_report(const std::string& to, const std::string& recipient,
                           const std::string& action, const std::string& status) {
    return "Return-Path: <>\r\nFrom: MAILER-DAEMON@example.com\r\nTo: " + to +
           "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; "
           "report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
           "no\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n"
           "\r\nFinal-Recipient: rfc822; " +
           recipient + "\r\nAction: " + action + "\r\nStatus: " + status + "\r\n\r\n--b--\r\n";
}

}  // namespace

TEST_CASE("RFC 3464: a report of a failed delivery is shown to the organizer") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    (void)alice.put("calendar/1.ics", meeting("bounced", invited_eve));
    const auto mails = site.system().mails(1);
    REQUIRE(mails.size() == 1);
    (void)settled(alice);
    const auto bounce = mails[0].substr(0, mails[0].find(' '));
    const struct {
        const char* action;
        const char* status;
        const char* recipient;
        const char* shown;
    } cases[] = {{"failed", "5.1.1", "somebody@elsewhere.org", "1.1"},  // not about her
                 {"delayed", "4.4.1", "eve@elsewhere.org", "1.1"},
                 {"delivered", "2.0.0", "eve@elsewhere.org", "1.2"},
                 {"failed", "4.4.7", "eve@elsewhere.org", "5.1"},
                 {"failed", "5.7.1", "eve@elsewhere.org", "5.3"},
                 {"failed", "5.1.1", "eve@elsewhere.org", "5.2"}};
    for (const auto& each : cases) {
        CAPTURE(each.status);
        const auto text = failure_report(bounce, each.recipient, each.action, each.status);
        site.put(text, bounce);
        for (int i = 0; i < 60 && !has(only_meeting(alice),
                                       "SCHEDULE-STATUS=" + std::string(each.shown) + ":" + eve);
             ++i)
            std::this_thread::sleep_for(20ms);
        std::this_thread::sleep_for(400ms);
        CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=" + std::string(each.shown) + ":" + eve));
    }
}

TEST_CASE("a report about a mail that waits is kept waiting only by who has seen that mail") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    constexpr int later = 75;
    site.system().answer(later);
    (void)alice.put("calendar/1.ics", meeting("reported", invited_eve));
    std::vector<store::OutboxMail> waiting;
    for (int i = 0; i < 100 && (waiting.empty() || waiting.front().tries == 0); ++i) {
        std::this_thread::sleep_for(50ms);
        waiting = store::waiting_mails(alice.database(), {}, 1);
    }
    REQUIRE(waiting.size() == 1);
    const auto report_with = [&](const std::string& token) {
        const auto to =
            "bounce+" + std::to_string(waiting.front().id) + "-" + token + "@example.com";
        site.put(failure_report(to, "eve@elsewhere.org", "failed", "5.1.1"), to);
        const auto spool = site.system().folder() / "spool";
        for (int i = 0; i < 75 && !mail::list(spool).empty(); ++i)
            std::this_thread::sleep_for(20ms);
        return mail::list(spool).size();
    };
    CHECK(report_with("00000000") == 0);
    CHECK(report_with(waiting.front().message_id.substr(0, 8)) == 1);
    site.system().answer(0);
    (void)store::retry_outgoing(alice.database(), 0);
    for (int i = 0; i < 100 && !has(only_meeting(alice), "SCHEDULE-STATUS=5.2:" + eve); ++i)
        std::this_thread::sleep_for(50ms);
    CHECK(has(only_meeting(alice), "SCHEDULE-STATUS=5.2:" + eve));
}

TEST_CASE("what one has answered goes out before a change of the meeting comes in") {
    REQUIRE_POSTGRESQL();
    Site site([](Config& config) { config.mail.hold = 1h; });
    auto& alice = site.server();
    befriend_eve(alice);
    (void)site.deliver({invitation("crossing"), "REQUEST"});
    answer_with(alice, "ACCEPTED");
    CHECK(site.deliver({.calendar = invitation("crossing", 1, at_ten(35)),
                        .method = "REQUEST",
                        .id = "2@elsewhere.org"})
              .verdict == "applied");
    const auto mails = site.system().mails(1);
    REQUIRE(mails.size() == 1);
    CHECK(has(mails[0], "Accepted: Plan"));
    CHECK(has(only_meeting(alice), "DTSTART:" + at_ten(35)));
}

TEST_CASE("a date that is made known is put into the calendar where its owner wants that") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& alice = site.server();
    const auto published = [](const std::string& id, int sequence) {
        return Letter{.calendar =
                          message("PUBLISH", "known", "", eve, sequence, at_ten(30 + sequence)),
                      .method = "PUBLISH",
                      .id = id};
    };
    CHECK(site.deliver(published("1@elsewhere.org", 0)).verdict == "published");
    CHECK(members_of(alice, "calendar/").empty());
    (void)alice.proppatch("inbox/",
                          "<K:mail-published xmlns:K=\"urn:kalends\">always</K:mail-published>");
    CHECK(site.deliver(published("2@elsewhere.org", 0)).verdict == "applied");
    CHECK(has(only_meeting(alice), "DTSTART:" + at_ten(30)));
    CHECK(site.deliver(published("3@elsewhere.org", 1)).verdict == "applied");
    CHECK(has(only_meeting(alice), "DTSTART:" + at_ten(31)));
    auto by_another = published("4@elsewhere.org", 2);
    by_another.from = "mallory@elsewhere.org";
    CHECK(site.deliver(by_another).verdict == "for another");
    REQUIRE(alice.erase(only_href(alice)).status == 204);  // and nobody is told
    std::this_thread::sleep_for(1500ms);
    CHECK(site.system().mails(0).empty());
}

TEST_CASE("what can be no entry of the spool is out of its way") {
    REQUIRE_POSTGRESQL();
    std::filesystem::path spool;
    Site site{[&](const Config& config) {
        spool = config.mail.spool;
        mail::make_spool(spool);
        std::ofstream(spool / "new" / "junk") << "x";
    }};
    CHECK(site.deliver({.calendar = invitation("junk"), .method = "REQUEST"}).verdict ==
          "stranger");
    for (int i = 0; i < 200 && !std::filesystem::exists(spool / "failed" / "junk"); ++i)
        std::this_thread::sleep_for(20ms);
    CHECK(std::filesystem::exists(spool / "failed" / "junk"));
    CHECK_FALSE(std::filesystem::exists(spool / "new" / "junk"));
}

TEST_CASE("a forged mail of doctor's changes nothing, and doctor hears whether it is believed") {
    REQUIRE_POSTGRESQL();
    Site site;
    auto& database = site.server().database();
    const auto outcome_of = [&](const std::string& tag) {
        auto outcome = store::probe_outcome(database, tag);
        for (int i = 0; i < 200 && !outcome; ++i) {
            std::this_thread::sleep_for(20ms);
            outcome = store::probe_outcome(database, tag);
        }
        return outcome;
    };
    const auto forgery = sched::forgeries("mx.example.com").front();
    const auto tag = sched::new_probe_tag();
    const auto to = sched::with_tag("bounce@example.com", tag);
    const auto forged = sched::forged_mail(forgery, to, clock::unix_now());
    store::begin_probe(database, tag, clock::unix_now());
    SUBCASE("nobody has removed the field") {
        site.put(forged, to);
        const auto outcome = outcome_of(tag);
        REQUIRE(outcome);
        CHECK(outcome->believed);
        CHECK(outcome->why == "logged in as stranger");
    }
    SUBCASE("it was removed at the border") {
        site.put(forged.substr(forged.find("\r\nFrom:") + 2), to);
        const auto outcome = outcome_of(tag);
        REQUIRE(outcome);
        CHECK_FALSE(outcome->believed);
        CHECK(outcome->why != "");
    }
    SUBCASE("what nobody waits for is forgotten, and so is what has come") {
        const auto unknown = sched::new_probe_tag();
        CHECK_FALSE(store::finish_probe(database, unknown, {.believed = false, .why = "x"}));
        CHECK(store::finish_probe(database, tag, {.believed = false, .why = "first"}));
        CHECK_FALSE(store::finish_probe(database, tag, {.believed = true, .why = "second"}));
        CHECK(store::probe_outcome(database, tag)->why == "first");
        store::end_probe(database, tag);
        CHECK_FALSE(store::probe_outcome(database, tag));
    }
    SUBCASE("after a day nobody waits") {
        const auto next = sched::new_probe_tag();
        store::begin_probe(database, next, clock::unix_now() + 2 * 86'400);
        CHECK_FALSE(store::finish_probe(database, tag, {.believed = true, .why = "late"}));
        store::end_probe(database, next);
    }
    CHECK(site.incoming().empty());
    CHECK(inbox_items(site.server()) == 0);
}
