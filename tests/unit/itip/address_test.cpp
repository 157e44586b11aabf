// Calendar user addresses in the spellings that clients send.
#include "itip/address.hpp"

#include <doctest/doctest.h>

using namespace kalends;

TEST_CASE("addresses are compared without what means nothing") {
    CHECK(itip::canonical("mailto:jane@example.com") == "mailto:jane@example.com");
    CHECK(itip::canonical("MAILTO:Jane@Example.COM") == "mailto:jane@example.com");
    CHECK(itip::canonical(" jane@example.com ") == "mailto:jane@example.com");
    CHECK(itip::canonical("mailto:j%40ne@example.com") == "mailto:j@ne@example.com");
    CHECK(itip::canonical("mailto:jane+work@example.com") == "mailto:jane+work@example.com");
    CHECK(itip::canonical("/dav/principals/users/Jane/") == "/dav/principals/users/Jane");
    CHECK(itip::canonical("HTTPS://Cal.Example.com/p/Jane/") == "https://cal.example.com/p/Jane");
    CHECK(itip::canonical("URN:UUID:AB-CD") == "urn:uuid:ab-cd");
    CHECK(itip::canonical("") == "");
}

TEST_CASE("the mail address of a calendar user address") {
    CHECK(itip::mail_of("mailto:Jane@Example.com?subject=x") == "jane@example.com");
    CHECK(itip::mail_of("jane@example.com") == "jane@example.com");
    CHECK(itip::mail_of("urn:uuid:x@y") == "");
    CHECK(itip::mail_of("/dav/principals/users/jane@example.com/") == "");
    CHECK(itip::mail_of("mailto:nobody") == "");
}

TEST_CASE("a set of addresses") {
    itip::Addresses mine;
    CHECK(mine.empty());
    mine.add("jane@example.com");
    CHECK(mine.contains("mailto:JANE@example.com"));
    CHECK_FALSE(mine.contains("mailto:joe@example.com"));
}
