#include "unit/vcard/cards.hpp"
#include "vcard/split.hpp"
#include "vcard/validate.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using vcard_test::card;
using vcard_test::card3;

TEST_CASE("a file of many cards becomes single cards, byte for byte, with their lines") {
    const auto first = card3("NOTE:a\n b\n");
    const std::string second = "begin:vcard\nVERSION:4.0\nFN:x\nUID:u2\nEND:VCARD";
    const auto file = vcard::split("\xEF\xBB\xBF" + first + "\r\n\r\n" + second);
    REQUIRE(file.cards.size() == 2);
    CHECK(file.cards[0].data == first);
    CHECK(file.cards[0].uid == "u1");
    CHECK(file.cards[0].line == 1);
    CHECK(file.cards[1].data == second);
    CHECK(file.cards[1].line == 11);
    CHECK(file.skipped.empty());
}

TEST_CASE("a broken card does not keep the others out") {
    const auto file = vcard::split(card3("no colon\n") + "BEGIN:VCARD\r\nVERSION:3.0\r\n" +
                                   card("VERSION:3.0\nFN:x\nUID:u2\n") +
                                   card("VERSION:3.0\nUID:u3\n") + "BEGIN:VCARD\r\n");
    REQUIRE(file.cards.size() == 1);
    CHECK(file.cards[0].uid == "u2");
    CHECK(file.cards[0].line == 10);
    REQUIRE(file.skipped.size() == 4);
    CHECK(file.skipped[0].line == 1);
    CHECK(file.skipped[0].reason.starts_with("there is no colon"));
    CHECK(file.skipped[1].line == 8);
    CHECK(file.skipped[1].reason == "the card has no END:VCARD.");
    CHECK(file.skipped[2].line == 15);
    CHECK(file.skipped[2].reason.find("no FN") != std::string::npos);
    CHECK(file.skipped[3].line == 19);
}

TEST_CASE("a card without a UID gets one, the same at every import") {
    const auto bytes = card("VERSION:3.0\nFN:x\n");
    const auto once = vcard::split(bytes);
    REQUIRE(once.cards.size() == 1);
    CHECK(once.cards[0].uid_made);
    CHECK(once.cards[0].data == card("VERSION:3.0\nFN:x\nUID:" + once.cards[0].uid + "\n"));
    CHECK(vcard::split(bytes).cards[0].uid == once.cards[0].uid);
    CHECK(vcard::split(card("VERSION:3.0\nFN:y\n")).cards[0].uid != once.cards[0].uid);
    CHECK(once.cards[0].uid.size() == 45);
}

TEST_CASE("cards of 2.1 come as 3.0, also with another card inside") {
    const auto file = vcard::split(
        card("VERSION:2.1\nN:Doe;Jane\nAGENT:\nBEGIN:VCARD\nN:Inner\nEND:VCARD\nTEL;HOME:1\n"));
    REQUIRE(file.cards.size() == 1);
    CHECK(vcard::accept(file.cards[0].data).card.version == vcard::Version::v3_0);
    CHECK(file.cards[0].data.find("FN:Jane Doe\r\n") != std::string::npos);
    CHECK(file.cards[0].data.find("Inner") == std::string::npos);
}

TEST_CASE("of two cards with the same UID the later one is taken, and the other reported") {
    const auto file = vcard::split(card3("NOTE:old\n") + card3("NOTE:new\n"));
    REQUIRE(file.cards.size() == 1);
    CHECK(file.cards[0].data == card3("NOTE:new\n"));
    REQUIRE(file.skipped.size() == 1);
    CHECK(file.skipped[0].line == 1);
}

TEST_CASE("a file without a card is refused") {
    CHECK_THROWS_AS(vcard::split("hello\n"), vcard::ParseError);
}
