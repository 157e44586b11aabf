#include "base/text.hpp"
#include "mail/compose.hpp"
#include "mail/read.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>

using namespace kalends;
using mail::read;
using mail::TooMuch;
using What = mail::TooMuch::What;

namespace {

const std::string calendar = "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n";

/// With CRLF for LF.
std::string crlf(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (c == '\n') result += '\r';
        result += c;
    }
    return result;
}

std::string calendar_part(const std::string& content, const std::string& type = "text/calendar",
                          const std::string& more = "") {
    return "Content-Type: " + type + "\n" + more + "\n" + content;
}

std::string mixed(const std::vector<std::string>& parts, const std::string& type = "mixed") {
    std::string result = "Content-Type: multipart/" + type + "; boundary=\"=_b\"\n\npreamble\n";
    for (const auto& part : parts) result += "--=_b\n" + part + "\n";
    return result + "--=_b--\nepilogue\n";
}

/// The limit that a message is beyond; nothing if it is read.
std::optional<What> limit_of(const std::string& message, const mail::Limits& limits = {}) {
    try {
        read(message, limits);
    } catch (const TooMuch& error) {
        return error.limit();
    }
    return std::nullopt;
}

std::string nested(std::size_t depth) {
    std::string result;
    for (std::size_t i = 0; i < depth; ++i)
        result += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" +
                  std::to_string(i) + "\n";
    return result + "Content-Type: text/calendar\n\nx\n";
}

}  // namespace

TEST_CASE("what a header says is read, decoded and on one line") {
    const auto message =
        read(crlf("Return-Path: <dora+x@partner.test>\n"
                  "Delivered-To: anna@firma.test\n"
                  "From: =?UTF-8?Q?D=C3=B6rte_=22Ext=22?=\n\t<dora@partner.test>\n"
                  "Sender: office@partner.test\n"
                  "To: Anna <anna@firma.test>, team: b@firma.test, c@firma.test;\n"
                  "Subject: =?iso-8859-1?Q?Gespr=E4ch?=\n =?UTF-8?B?IMO8YmVyCkJjYzogeA==?=\n"
                  "Date: Thu, 01 Jan 2026 01:00:00 +0100\n"
                  "Message-ID: <reply-1@partner.test>\n"
                  "In-Reply-To: <imip.1@firma.test>\n"
                  "References: <imip.0@firma.test>\n <imip.1@firma.test>\n"
                  "Auto-Submitted: Auto-Replied (vacation); x=y\n"
                  "X-Kalends-Loop: firma.test\nX-Kalends-Loop: other.test\n\nHello\n"));
    CHECK(message.return_path == "dora+x@partner.test");
    CHECK(message.from_fields == 1);
    REQUIRE(message.from.size() == 1);
    CHECK(message.from[0].name == "Dörte \"Ext\"");
    CHECK(message.from[0].address == "dora@partner.test");
    REQUIRE(message.sender.size() == 1);
    CHECK(message.sender[0].address == "office@partner.test");
    CHECK(message.to.size() == 3);
    CHECK(message.subject == "Gespräch über Bcc: x");
    CHECK(message.date == 1'767'225'600);
    CHECK(message.message_id == "reply-1@partner.test");
    CHECK(message.in_reply_to == "imip.1@firma.test");
    CHECK(message.references == std::vector<std::string>{"imip.0@firma.test", "imip.1@firma.test"});
    CHECK(message.auto_submitted == "auto-replied");
    CHECK(message.loops == std::vector<std::string>{"firma.test", "other.test"});
    CHECK(message.text == "Hello\r\n");
    CHECK_FALSE(message.spam);
    CHECK(message.calendars.empty());
    CHECK_FALSE(message.report.has_value());
}

TEST_CASE("a null sender is not the same as none") {
    CHECK(read("Return-Path: <>\n\n").return_path == "");
    CHECK_FALSE(read("Subject: x\n\n").return_path.has_value());
    CHECK(read("Return-Path: <a@b>\nReturn-Path: <forged@x>\n\n").return_path == "a@b");
}

TEST_CASE("two From fields, two addresses and a name that holds an address are seen as such") {
    auto message = read("From: a@b.test\nFrom: c@d.test\n\n");
    CHECK(message.from_fields == 2);
    CHECK(message.from.size() == 2);
    message = read("From: a@b.test, c@d.test\n\n");
    CHECK(message.from_fields == 1);
    CHECK(message.from.size() == 2);
    message = read("From: \"anna@firma.test\" <mallory@evil.test>\n\n");
    REQUIRE(message.from.size() == 1);
    CHECK(message.from[0].address == "mallory@evil.test");
    message = read("From: group: a@b.test, c@d.test;\n\n");
    CHECK(message.from.size() == 2);
    message = read(std::string("From: an\0na@firma.test\n\n", 24));
    for (const auto& mailbox : message.from) CHECK(mailbox.address != "anna@firma.test");
    CHECK(read(std::string("Subject: a\0b\n\n", 14)).subject == "a b");
    CHECK(read("From:\n\n").from_fields == 1);
    CHECK(read("From : x@y.test\n\n").from.size() == 1);
}

TEST_CASE("a verdict of a spam filter is read in each of its forms") {
    for (const auto* line : {"X-Spam-Flag: YES", "X-Spam: Yes", "x-spam-status: Yes, score=9",
                             "X-Spam-Status: NO\nX-Spam-Flag: yes"})
        CHECK_MESSAGE(read(std::string(line) + "\n\n").spam, line);
    for (const auto* line : {"X-Spam-Flag: NO", "X-Spam-Status: No, score=1", "X-Spam-Level: **"})
        CHECK_MESSAGE(!read(std::string(line) + "\n\n").spam, line);
}

TEST_CASE("what Kalends composes it reads again") {
    const auto written = mail::compose({.from = {"Änne", "anna@firma.test"},
                                        .to = {"", "dora@partner.test"},
                                        .subject = "Gespräch",
                                        .text = "Hällo\n",
                                        .html = "<p>x</p>",
                                        .calendar = calendar,
                                        .method = "REPLY",
                                        .message_id = "1@firma.test",
                                        .date = 1'767'225'600,
                                        .loop = "firma.test"});
    const auto message = read(written);
    CHECK(message.from[0].name == "Änne");
    CHECK(message.subject == "Gespräch");
    CHECK(message.text == "Hällo\r\n");
    CHECK(message.loops == std::vector<std::string>{"firma.test"});
    REQUIRE(message.calendars.size() == 1);  // the attachment is the same once more
    CHECK(message.calendars[0].content == calendar);
    CHECK(message.calendars[0].method == "REPLY");
    CHECK(message.calendars[0].charset == "utf-8");
    CHECK_FALSE(message.calendars[0].charset_lies);
    CHECK_FALSE(message.calendars[0].is_attachment);
}

TEST_CASE("calendar parts are found wherever they are, and as often as they are there") {
    const auto alone = read(calendar_part("x\n", "text/calendar; method=\"reply\""));
    REQUIRE(alone.calendars.size() == 1);
    CHECK(alone.calendars[0].content == "x\n");
    CHECK(alone.calendars[0].method == "REPLY");

    const auto two = read(
        mixed({"Content-Type: text/plain\n\nhello", calendar_part("one"), calendar_part("two")}));
    REQUIRE(two.calendars.size() == 2);
    CHECK(two.calendars[0].content == "one");
    CHECK(two.calendars[1].content == "two");
    CHECK(two.text == "hello");

    const auto file = read(
        mixed({calendar_part("one", "application/ics; name=a.ics",
                             "Content-Disposition: attachment; filename*=utf-8''%C3%A4.ics\n")}));
    REQUIRE(file.calendars.size() == 1);
    CHECK(file.calendars[0].is_attachment);
    CHECK(file.calendars[0].name == "ä.ics");
    CHECK(file.calendars[0].method.empty());

    // An invitation that somebody forwarded, and a digest, were not said to us.
    CHECK(read(mixed({"Content-Type: message/rfc822\n\n" + calendar_part("x")})).calendars.empty());
    CHECK(read(mixed({"\n" + calendar_part("x")}, "digest")).calendars.empty());
    CHECK(read("Content-Type: message/rfc822\n\n" + calendar_part("x")).calendars.empty());
    // TNEF, and other types.
    CHECK(read(calendar_part("x", "application/ms-tnef")).calendars.empty());
    CHECK(read(calendar_part("x", "text/x-vcalendar")).calendars.empty());
}

TEST_CASE(
    "boundaries: only whole lines, the outer one before the inner, and with none at the end") {
    const auto prefix = read(mixed({"Content-Type: multipart/alternative; boundary=\"=_b2\"\n\n"
                                    "--=_b2\n" +
                                        calendar_part("in") + "\n--=_b2--",
                                    calendar_part("out")}));
    REQUIRE(prefix.calendars.size() == 2);
    CHECK(prefix.calendars[0].content == "in");

    const auto open = read("Content-Type: multipart/mixed; boundary=b\n\n--b  \n" +
                           calendar_part("x--b\n --b\ny"));
    REQUIRE(open.calendars.size() == 1);
    CHECK(open.calendars[0].content == "x--b\n --b\ny");

    const auto same =
        read(mixed({"Content-Type: multipart/mixed; boundary=\"=_b\"\n\n", calendar_part("x")}));
    CHECK(same.calendars.size() == 1);
    CHECK(read("Content-Type: multipart/mixed\n\n--\n" + calendar_part("x")).calendars.empty());
    CHECK(read(crlf(mixed({calendar_part("x\n")}))).calendars[0].content == "x\r\n");
    CHECK(read(mixed({})).calendars.empty());
    CHECK(read("Content-Type: multipart/mixed; boundary=b\n\n--b--\n--b\n" + calendar_part("x"))
              .calendars.empty());
}

TEST_CASE("transfer encodings are taken away") {
    const auto content = [](const std::string& encoding, const std::string& body) {
        return read(calendar_part(body, "text/calendar",
                                  "Content-Transfer-Encoding: " + encoding + "\n"))
            .calendars.at(0)
            .content;
    };
    CHECK(content("BASE64", "QkVH\r\nSU4=\r\n") == "BEGIN");
    CHECK(content("quoted-printable", "a=C3=A4=\nb=3D\n") == "aäb=\n");
    CHECK(content("8bit", "ä\n") == "ä\n");
    CHECK(content("nonsense", "ä\n") == "ä\n");
    CHECK(content("base64", "!!!!").empty());
}

TEST_CASE("charsets become UTF-8, and a charset that lies is told") {
    struct Case {
        const char* type;
        std::string bytes;
        std::string text;
        bool lies;
    };
    const Case cases[] = {
        {"text/calendar; charset=UTF-8", "\xC3\xA4", "ä", false},
        {"text/calendar; charset=utf-8", "\xEF\xBB\xBF\xC3\xA4", "ä", false},
        {"text/calendar", "\xC3\xA4", "ä", false},
        {"text/calendar; charset=us-ascii", "\xC3\xA4", "ä", true},
        {"text/calendar; charset=utf-8", "\xE4\x80", "ä€", true},
        {"text/calendar; charset=utf-8", "\xE4\x81", "ä?", true},
        {"text/calendar; charset=iso-8859-1", "\xE4", "ä", false},
        {"text/calendar; charset=iso-8859-1", "\xC3\xA4", "ä", true},
        {"text/calendar; charset=iso-2022-jp", "\x1B$B$\"\x1B(B", "あ", false},
        {"text/calendar; charset=utf-16le", std::string("a\0\xE4\0", 4), "aä", false},
        {"text/calendar; charset=x-unknown", "\xE4", "ä", true},
        {"text/calendar; charset=\"../../x\"", "a", "a", true},
        {"text/calendar; charset=gbk", "\xFF\xFF", "ÿÿ", true},
    };
    for (const auto& at : cases) {
        const auto message = read(calendar_part(at.bytes, at.type));
        REQUIRE(message.calendars.size() == 1);
        CHECK_MESSAGE(message.calendars[0].charset_lies == at.lies, at.type);
        const auto& text = message.calendars[0].content;
        CHECK_MESSAGE(text.starts_with(at.text.substr(0, at.text.find('?'))),
                      (std::string(at.type) + ": " + text));
        CHECK_MESSAGE(text::is_utf8(text), at.type);
    }
}

TEST_CASE("a message beyond a limit is refused, and says which") {
    CHECK(limit_of(std::string((25U << 20U) + 1, 'x')) == What::bytes);
    CHECK(limit_of("X: " + std::string(70'000, 'x') + "\n\n") == What::field_bytes);
    std::string folded = "X: a\n";
    for (int i = 0; i < 40'000; ++i) folded += " b\n";
    CHECK(limit_of(folded + "\n") == What::field_bytes);
    std::string many;
    for (int i = 0; i < 1001; ++i) many += "X: a\n";
    CHECK(limit_of(many + "\n") == What::fields);
    std::string large;
    for (int i = 0; i < 900; ++i) large += "X: " + std::string(2000, 'x') + "\n";
    CHECK(limit_of(large + "\n") == What::header_bytes);
    CHECK_FALSE(limit_of(nested(50)).has_value());
    CHECK(limit_of(nested(51)) == What::depth);
    CHECK(limit_of(nested(100'000)) == What::depth);
    CHECK(limit_of(mixed(std::vector<std::string>(10'001, "\nx"))) == What::parts);
    CHECK(limit_of(mixed(std::vector<std::string>(21, calendar_part("x")))) ==
          What::calendar_parts);
    CHECK(limit_of(calendar_part(std::string((1U << 20U) + 1, 'x'))) == What::calendar_bytes);
    CHECK_FALSE(limit_of(calendar_part(std::string(1U << 20U, 'x'))).has_value());
    CHECK(limit_of(mixed(
              {"Content-Type: message/delivery-status\n\nA: b\n" + std::string(1U << 20U, '\n')},
              "report")) == What::report);
    CHECK(std::string(TooMuch(What::depth).what()) == "the parts are nested too deeply");
}

TEST_CASE("a large and evil message is read in a moment") {
    const auto begin = std::chrono::steady_clock::now();
    std::string dashes =
        "Content-Type: multipart/mixed; boundary=" + std::string(100, '-') + "\n\n";
    dashes.append(10'000'000, '-');
    read(dashes);
    std::string starts = "Content-Type: multipart/mixed; boundary=b\n\n";
    for (int i = 0; i < 10'000; ++i) starts += "--b" + std::string(100, 'x') + "\n";
    read(starts);
    std::string commas = "From: ";
    for (int i = 0; i < 30'000; ++i) commas += "a,";
    for (int i = 0; i < 5; ++i) commas += "\n" + commas.substr(0, 60'000);
    CHECK(read(commas + "\n\n").from.empty());
    std::string layers;
    for (int i = 0; i < 50; ++i)
        layers += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" +
                  std::to_string(i) + "\n";
    for (int i = 0; i < 2'000'000; ++i) layers += "\n--";
    read(layers);
    read("From: " + std::string(60'000, '(') + "\nTo: " + std::string(60'000, '<') +
         "\nContent-Type: " + std::string(60'000, '(') + "\nReferences: " +
         std::string(60'000, '<') + "\nSubject: " + std::string(60'000, '=') + "\n\n");
    std::string groups = "From: ";
    for (int i = 0; i < 20'000; ++i) groups += "a:";
    read(groups + "\n\n");
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(60));
}

TEST_CASE("long text is cut between two characters") {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += "ä";
    const auto message = read("Content-Type: text/plain; charset=utf-8\n\nx" + text);
    CHECK(message.text.size() > 65'000);
    CHECK(message.text.size() <= 65'536);
    CHECK(text::is_utf8(message.text));
    CHECK(message.text.starts_with("xää"));
}

TEST_CASE("any bytes are read without harm") {
    for (const std::string& bytes :
         {std::string(), std::string("\n"), std::string("\r\n\r\n"), std::string(": x\n\n"),
          std::string(" x\n\n"), std::string("x"), std::string("\0\0\0", 3), std::string("From \n"),
          std::string("Content-Type:\n\n"), std::string("Content-Type: ;;;=\n\n"),
          std::string("From: \xff\xfe <\xff@\xfe>\n\n")})
        CHECK_NOTHROW(read(bytes));
    CHECK(read("no header\nFrom: a@b.test\n\n").from.empty());
}
