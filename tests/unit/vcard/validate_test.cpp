#include "unit/vcard/cards.hpp"
#include "vcard/validate.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using namespace std::string_literals;
using vcard_test::card;
using vcard_test::card3;
using vcard_test::card4;

namespace {

/// "valid-address-data: line 1: …", or "accepted".
std::string outcome(std::string_view bytes) {
    try {
        vcard::accept(bytes);
        return "accepted";
    } catch (const vcard::CardError& error) {
        return vcard::precondition_name(error.fault()) + ": "s + error.what();
    }
}

bool is_invalid(std::string_view bytes) {
    return outcome(bytes).starts_with("valid-address-data: ");
}

}  // namespace

TEST_CASE("cards of 3.0 and 4.0 are accepted with their UID") {
    CHECK(vcard::accept(card3("")).uid == "u1");
    CHECK(vcard::accept(card4("")).uid == "urn:uuid:u1");
    CHECK(vcard::accept(card3("")).card.version == vcard::Version::v3_0);
    CHECK(vcard::accept(card("VERSION:3.0\nFN:x\nUID: a\\,b \n")).uid == "a,b");
}

TEST_CASE("RFC 6352 6.3.2.1: a version that is neither is not supported address data") {
    CHECK(outcome(card("VERSION:2.1\nFN:x\nUID:u\n"))
              .starts_with("supported-address-data: line 2: "));
    CHECK(outcome(card("VERSION:5.0\nFN:x\nUID:u\n"))
              .starts_with("supported-address-data: line 2: "));
    CHECK(is_invalid(card("FN:x\nUID:u\n")));
}

TEST_CASE("RFC 6352 6.3.2.1: another format is not supported address data") {
    CHECK(outcome("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n")
              .starts_with("supported-address-data: "));
    CHECK(is_invalid(""));
    CHECK(is_invalid("hello"));
}

TEST_CASE("RFC 6352 5.1: a card must have a UID, and only one") {
    CHECK(outcome(card("VERSION:3.0\nFN:x\nN:x;;;;\n")) ==
          "valid-address-data: line 1: the card has no UID (RFC 6352 5.1).");
    CHECK(is_invalid(card("VERSION:3.0\nFN:x\nUID: \n")));
    CHECK(is_invalid(card3("UID:u2\n")));
    CHECK(is_invalid(card("VERSION:3.0\nFN:x\nUID:" + std::string(1025, 'u') + "\n")));
}

TEST_CASE("RFC 6352 5.1: one resource holds one card") {
    CHECK(is_invalid(card3("") + card3("")));
    CHECK(is_invalid(card3("BEGIN:VCARD\nFN:y\nEND:VCARD\n")));
}

TEST_CASE("RFC 6350 6.2.1: a card must have an FN, which may be empty; N may be missing") {
    CHECK(is_invalid(card("VERSION:4.0\nUID:u\n")));
    CHECK(is_invalid(card("VERSION:3.0\nUID:u\nN:x;;;;\n")));
    CHECK(outcome(card("VERSION:3.0\nUID:u\nFN:\n")) == "accepted");
    CHECK(outcome(card("VERSION:3.0\nUID:u\nFN:x\n")) == "accepted");
    CHECK(outcome(card4("FN:another\n")) == "accepted");
}

TEST_CASE("bytes that are no text are refused with their line") {
    CHECK(outcome(card3("NOTE:a\xFF\n")) ==
          "valid-address-data: line 6: bytes that are not UTF-8.");
    CHECK(outcome(card3("NOTE:a"s + '\0' + "\n")) ==
          "valid-address-data: line 6: a control character.");
    CHECK(is_invalid(card3("NOTE:a\x1F\n")));
    CHECK(outcome(card3("NOTE:a\tb\n")) == "accepted");
}

TEST_CASE("RFC 6350 3.2: a fold may stand inside a character, but the unfolded text is UTF-8") {
    CHECK(outcome(card3("NOTE:\xC3\n \xA4\n")) == "accepted");
    CHECK(outcome(card3("NOTE:\xE6\n \x97\n\t\xA5\n")) == "accepted");
    CHECK(is_invalid(card3("NOTE:\xC3\n a\n")));
    CHECK(is_invalid(card3("NOTE:\xC3\nTITLE:\xA4\n")));
    CHECK(outcome(card3("NOTE:\xC3\n \xA4\nTITLE:\xFC\n")) ==
          "valid-address-data: line 8: bytes that are not UTF-8.");
}

TEST_CASE("groups are known in both versions") {
    CHECK(vcard::accept(card4("KIND:Group\nMEMBER:urn:uuid:x\n")).is_group);
    CHECK(vcard::accept(card3("X-ADDRESSBOOKSERVER-KIND:group\n")).is_group);
    CHECK_FALSE(vcard::accept(card4("KIND:individual\n")).is_group);
}

TEST_CASE("the media types under which clients send vCards are accepted") {
    for (const auto* type : {"text/vcard", "Text/vCard; charset=utf-8", "text/x-vcard",
                             "text/directory;profile=vcard", ""})
        CHECK(vcard::is_supported_media_type(type));
    for (const auto* type : {"text/calendar", "application/vcard+json", "image/png", "text"})
        CHECK_FALSE(vcard::is_supported_media_type(type));
}
