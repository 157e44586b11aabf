#include "sched/letter.hpp"

#include <doctest/doctest.h>

using namespace kalends;

namespace {

constexpr std::string_view request =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n"
    "UID:1\r\nDTSTAMP:20261122T061500Z\r\nDTSTART:20301210T090000Z\r\nDURATION:PT1H\r\n"
    "SUMMARY:Plan\r\nORGANIZER:mailto:anna@xn--mller-kva.test\r\n"
    "ATTENDEE:mailto:dora@partner.test\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

sched::Letter letter_from(const std::string& sender, const std::vector<std::string>& domains,
                          const sched::Reader& reader = {}, const std::string& thread = {}) {
    store::OutboxMail mail;
    mail.id = 17;
    mail.method = "REQUEST";
    mail.sender = "mailto:" + sender;
    mail.recipient = "mailto:dora@partner.test";
    mail.message_id = "1a2b3c4d5e6f";
    mail.message = request;
    mail.thread = thread;
    store::Principal anna;
    anna.display_name = "Anna";
    anna.addresses = {sender};
    return sched::letter_of(
        mail, anna, reader, letters::Writer{},
        {.domains = domains, .address = "calendar@firma.test", .host = "kal.test"}, 1'800'000'000);
}

}  // namespace

TEST_CASE("a sender is in mail.domains, however domain and address are written") {
    for (const auto* domain : {"müller.test", "Müller.test", "xn--mller-kva.test"})
        for (const auto* sender : {"anna@müller.test", "anna@xn--mller-kva.test"}) {
            CAPTURE(domain);
            CAPTURE(sender);
            const auto letter = letter_from(sender, {"firma.test", domain});
            CHECK(letter.envelope_from == sender);
            CHECK(letter.text.find("Reply-To:") == std::string::npos);
            CHECK(letter.message_id == "1a2b3c4d5e6f@xn--mller-kva.test");
        }
    const auto other = letter_from("anna@müller.test", {"firma.test", "mueller.test"});
    CHECK(other.envelope_from == "calendar@firma.test");
    CHECK(other.text.find("Reply-To:") != std::string::npos);
}

TEST_CASE("a letter is in the language and on the clock of its reader, where they are known") {
    const auto plain = letter_from("anna@firma.test", {}).text;
    CHECK(plain.find("Subject: Invitation: Plan") != std::string::npos);
    CHECK(plain.find("9:00") != std::string::npos);
    const auto zone = ical::system_zone("Asia/Tokyo");
    REQUIRE(zone);
    const auto known = letter_from("anna@firma.test", {}, {.zone = zone, .language = "de"}).text;
    CHECK(known.find("Subject: Einladung: Plan") != std::string::npos);
    CHECK(known.find("18:00") != std::string::npos);
    CHECK(known.find("Asia/Tokyo") != std::string::npos);
}

TEST_CASE("a letter is an answer to the mail before it, however that one is called") {
    const auto text = letter_from("anna@firma.test", {}, {}, "1@partner.test").text;
    CHECK(text.find("In-Reply-To: <1@partner.test>") != std::string::npos);
    for (const auto* odd : {"ABC123", "a b@c", "\"q\"@c", "a@b, c@d", "m\xc3\xbcller@x", "@x"}) {
        CAPTURE(odd);
        const auto other = letter_from("anna@firma.test", {}, {}, odd).text;
        CHECK(other.find("In-Reply-To") == std::string::npos);
        CHECK(other.find("References") == std::string::npos);
    }
}
