#include "mail/compose.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace kalends;
using mail::compose;
using mail::Outgoing;

namespace {

const std::string calendar = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\n"
                             "METHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Gespräch\r\n"
                             "END:VEVENT\r\nEND:VCALENDAR\r\n";

Outgoing invitation() {
    return {.from = {"Anna Berg", "anna@firma.test"},
            .to = {"Dora", "dora@partner.test"},
            .subject = "Invitation: Plans",
            .text = "Anna Berg invites you.\n",
            .html = "<html><body><p>Anna Berg invites you.</p></body></html>\n",
            .calendar = calendar,
            .method = "REQUEST",
            .message_id = "imip.1.0.request.dora@firma.test",
            .date = 1'767'225'600,
            .language = "en",
            .loop = "firma.test"};
}

std::string head_of(const std::string& message) {
    return message.substr(0, message.find("\r\n\r\n") + 2);
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != text.npos;
}

/// For tests/mail/check_structure.py, which ctest runs afterwards.
void keep(const std::string& name, const std::string& message) {
    std::filesystem::create_directories(SAMPLE_DIR);
    std::ofstream(std::filesystem::path(SAMPLE_DIR) / (name + ".eml"), std::ios::binary) << message;
}

}  // namespace

TEST_CASE("an invitation has the parts and headers that mail programs look for") {
    const auto message = compose(invitation());
    keep("request", message);
    const auto head = head_of(message);
    for (const auto* line :
         {"From: Anna Berg <anna@firma.test>\r\n", "To: Dora <dora@partner.test>\r\n",
          "Subject: Invitation: Plans\r\n", "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n",
          "Message-Id: <imip.1.0.request.dora@firma.test>\r\n",
          "Auto-Submitted: auto-generated\r\n", "Content-Language: en\r\n",
          "X-Kalends-Loop: firma.test\r\n", "MIME-Version: 1.0\r\n"})
        CHECK_MESSAGE(contains(head, line), line);
    for (const auto* name : {"Sender:", "Reply-To:", "In-Reply-To:", "References:", "Precedence:",
                             "List-Unsubscribe:", "Bcc:"})
        CHECK_MESSAGE(!contains(head, name), name);
    CHECK(contains(message, "Content-Type: text/calendar; method=REQUEST; charset=UTF-8\r\n"
                            "Content-Transfer-Encoding: base64\r\n\r\n"));
    CHECK(message.find("text/plain") < message.find("text/html"));
    CHECK(message.find("text/html") < message.find("text/calendar"));
    CHECK(message.find("text/calendar") < message.find("application/ics"));
}

TEST_CASE("who sends for somebody, where answers go and the thread stand in the header") {
    auto message = invitation();
    message.sender = mail::Mailbox{"", "calendar@firma.test"};
    message.reply_to = mail::Mailbox{"Anna", "anna@firma.test"};
    message.in_reply_to = "first@firma.test";
    message.references = {"first@firma.test", "second@firma.test"};
    message.method = "CANCEL";
    message.calendar.replace(message.calendar.find("REQUEST"), 7, "CANCEL");
    const auto written = compose(message);
    keep("cancel", written);
    const auto head = head_of(written);
    CHECK(contains(head, "Sender: calendar@firma.test\r\n"));
    CHECK(contains(head, "Reply-To: Anna <anna@firma.test>\r\n"));
    CHECK(contains(head, "In-Reply-To: <first@firma.test>\r\n"));
    CHECK(contains(head, "References: <first@firma.test> <second@firma.test>\r\n"));
}

TEST_CASE("a plain mail has neither calendar nor attachment") {
    auto message = invitation();
    message.calendar.clear();
    message.method.clear();
    const auto written = compose(message);
    keep("plain", written);
    CHECK(contains(written, "Content-Type: multipart/alternative;"));
    CHECK_FALSE(contains(written, "multipart/mixed"));
    CHECK_FALSE(contains(written, "calendar;"));
    message.html.clear();
    const auto text_only = compose(message);
    keep("plain-text-only", text_only);
    CHECK_FALSE(contains(text_only, "text/html"));
}

TEST_CASE("any text of the world leaves as ASCII, in lines that no server breaks") {
    auto message = invitation();
    message.from.name = "Dörte \"Dori\" <dora@evil.test>, Berg";
    message.to = {"名前", "name@bücher.test"};
    for (int i = 0; i < 50; ++i) message.subject += " Gespräch über alles";
    message.subject += std::string(3000, 'x');
    message.text = ".\nFrom here\n" + std::string(5000, 'y') + "\nzwei  \r\nÄ\rx";
    message.html = "<html><body><p>" + std::string(5000, 'z') + " ä</p></body></html>";
    for (int i = 0; i < 100; ++i)
        message.references.push_back("reference." + std::to_string(i) + "@firma.test");
    const auto written = compose(message);
    keep("world", written);
    CHECK(std::ranges::all_of(written, [](char c) {
        return (c >= ' ' && c < 0x7f) || c == '\r' || c == '\n' || c == '\t';
    }));
    CHECK(contains(written, "<name@xn--bcher-kva.test>"));
    std::size_t begin = 0;
    for (auto end = written.find("\r\n"); end != written.npos; end = written.find("\r\n", begin)) {
        CHECK(end - begin <= 998);
        CHECK(written.substr(begin, end - begin).find_first_of("\r\n") == written.npos);
        begin = end + 2;
    }
    CHECK(begin == written.size());
}

TEST_CASE("an address that needs SMTPUTF8 is written in UTF-8 (RFC 6532)") {
    auto message = invitation();
    message.to = {"Dörte", "dörte@bücher.test"};
    CHECK(contains(compose(message), "<dörte@xn--bcher-kva.test>\r\n"));
}

TEST_CASE("nobody's name, subject or id becomes a header") {
    auto message = invitation();
    message.from.name = "Anna\r\nBcc: all@firma.test";
    message.subject = "x\nX-Spam-Flag: NO\r\n\r\nbody";
    const auto head = head_of(compose(message));
    CHECK_FALSE(contains(head, "\nBcc:"));
    CHECK_FALSE(contains(head, "\nX-Spam-Flag:"));
    CHECK(contains(head, "Subject: x X-Spam-Flag: NO"));

    const auto refuses = [](auto change) {
        auto bad = invitation();
        change(bad);
        CHECK_THROWS_AS(compose(bad), mail::Malformed);
    };
    refuses([](Outgoing& m) { m.from.address = "anna@firma.test\r\nBcc: b@c.test"; });
    refuses([](Outgoing& m) { m.to.address = "dora"; });
    refuses([](Outgoing& m) { m.message_id = "a@b>\r\nX: <c@d"; });
    refuses([](Outgoing& m) { m.message_id = ""; });
    refuses([](Outgoing& m) { m.in_reply_to = "a@b c@d"; });
    refuses([](Outgoing& m) { m.references = {"a@b\r\n"}; });
    refuses([](Outgoing& m) { m.method = "REQUEST\r\nX: y"; });
    refuses([](Outgoing& m) { m.method = "REQUEST; x=y"; });
    refuses([](Outgoing& m) { m.method = ""; });
    refuses([](Outgoing& m) { m.language = "en\r\nX: y"; });
    refuses([](Outgoing& m) { m.loop = "a\nb"; });
    refuses([](Outgoing& m) { m.subject = "\xff"; });
    refuses([](Outgoing& m) { m.text = "\xff"; });
    refuses([](Outgoing& m) { m.html = std::string("a\0b", 3); });
    refuses([](Outgoing& m) { m.calendar = "\xff"; });
}

TEST_CASE("a second attempt sends the same bytes") {
    CHECK(compose(invitation()) == compose(invitation()));
}
