#include "base/hash.hpp"
#include "base/text.hpp"

#include <doctest/doctest.h>

using namespace kalends;

TEST_CASE("FIPS 180-4: SHA-256 of its own example") {
    CHECK(text::to_hex(hash::sha256("abc")) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash::sha256("").size() == 32);
}

TEST_CASE("RFC 4231 4.3: HMAC-SHA-256 with a short key") {
    CHECK(text::to_hex(hash::hmac_sha256("Jefe", "what do ya want for nothing?")) ==
          "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("a fingerprint is the same for the same bytes, and 32 hex digits") {
    const auto print = hash::fingerprint("BEGIN:VCALENDAR");
    CHECK(print == hash::fingerprint("BEGIN:VCALENDAR"));
    CHECK(print != hash::fingerprint("BEGIN:VCALENDAR\n"));
    CHECK(print.size() == 32);
    CHECK(print.find_first_not_of("0123456789abcdef") == std::string::npos);
}

TEST_CASE("a fingerprint of pieces is that of the whole") {
    hash::Fingerprint pieces;
    pieces.add("BEGIN:");
    pieces.add("");
    pieces.add("VCALENDAR");
    CHECK(pieces.finish() == hash::fingerprint("BEGIN:VCALENDAR"));
    CHECK(hash::Fingerprint{}.finish() == hash::fingerprint(""));
}

TEST_CASE("random bytes do not repeat") {
    CHECK(hash::random_bytes(16).size() == 16);
    CHECK(hash::random_bytes(16) != hash::random_bytes(16));
}

TEST_CASE("secrets are equal only when all of them is") {
    CHECK(hash::equal_constant_time("secret", "secret"));
    CHECK(hash::equal_constant_time("", ""));
    CHECK_FALSE(hash::equal_constant_time("secret", "secreT"));
    CHECK_FALSE(hash::equal_constant_time("secret", "secret1"));
}
