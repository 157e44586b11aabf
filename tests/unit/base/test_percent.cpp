#include "base/percent.hpp"

#include <doctest/doctest.h>

using namespace kalends;

TEST_CASE("RFC 3986 2.1: escapes are decoded in upper and lower case, once") {
    CHECK(percent::decode("a%20b%c3%BC") == "a b\u00fc");
    CHECK(percent::decode("%2520") == "%20");
    CHECK(percent::decode("").value_or("?").empty());
}

TEST_CASE("RFC 3986 2.1: a broken escape is no path") {
    CHECK_FALSE(percent::decode("%"));
    CHECK_FALSE(percent::decode("a%2"));
    CHECK_FALSE(percent::decode("%zz"));
    CHECK_FALSE(percent::decode("% 1"));
}

TEST_CASE("a NUL in a path is refused") { CHECK_FALSE(percent::decode("a%00b")); }

TEST_CASE("RFC 3986 3.3: a segment keeps what may stand in it and escapes the rest") {
    CHECK(percent::encode_segment("lunch-1_2.3~ics") == "lunch-1_2.3~ics");
    CHECK(percent::encode_segment("a:b@c!d$e(f)g*h+i,j;k=l") == "a:b@c!d$e(f)g*h+i,j;k=l");
    CHECK(percent::encode_segment("a/b c?d#e%f") == "a%2Fb%20c%3Fd%23e%25f");
    CHECK(percent::encode_segment("\u00fc<>\"&'") == "%C3%BC%3C%3E%22%26%27");
}

TEST_CASE("every byte but NUL comes back from an encoded segment") {
    std::string bytes;
    for (int i = 1; i < 256; ++i) bytes += static_cast<char>(i);
    CHECK(percent::decode(percent::encode_segment(bytes)) == bytes);
}
