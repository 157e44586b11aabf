#include "base/text.hpp"

#include <doctest/doctest.h>

using namespace kalends;

TEST_CASE("trim takes white space from both ends only") {
    CHECK(text::trim(" \t a b \r\n") == "a b");
    CHECK(text::trim(" \n").empty());
}

TEST_CASE("split keeps empty parts") {
    CHECK(text::split("a,,b", ',') == std::vector<std::string_view>{"a", "", "b"});
    CHECK(text::split("", ',') == std::vector<std::string_view>{""});
    CHECK(text::split("a,", ',') == std::vector<std::string_view>{"a", ""});
}

TEST_CASE("names of headers and properties have no case, other bytes do") {
    CHECK(text::iequals("Content-Type", "CONTENT-tYPE"));
    CHECK_FALSE(text::iequals("Content-Type", "Content-Typ"));
    CHECK_FALSE(text::iequals("\u00c4", "\u00e4"));
    CHECK_FALSE(text::iequals("[", "{"));
    CHECK(text::icontains("text/CALENDAR; charset", "calendar"));
    CHECK(text::icontains("x", ""));
    CHECK_FALSE(text::icontains("calenda", "calendar"));
    CHECK(text::lower_ascii("ÄB[Z") == "Äb[z");
    CHECK(text::upper_ascii("äb{z") == "äB{Z");
}

TEST_CASE("Unicode 15, table 3-7: only well-formed UTF-8 is taken") {
    CHECK(text::is_utf8("plain, \u00e4, \u20ac, \U0001F600"));
    CHECK(text::is_utf8(""));
    CHECK_FALSE(text::is_utf8("\x80"));              // a continuation alone
    CHECK_FALSE(text::is_utf8("\xc3"));              // cut short
    CHECK_FALSE(text::is_utf8("\xc0\xaf"));          // overlong '/'
    CHECK_FALSE(text::is_utf8("\xe0\x80\xaf"));      // overlong '/'
    CHECK_FALSE(text::is_utf8("\xed\xa0\x80"));      // a surrogate
    CHECK_FALSE(text::is_utf8("\xf4\x90\x80\x80"));  // above U+10FFFF
    CHECK_FALSE(text::is_utf8("\xf0\x9f\x98"));      // cut short
    for (std::size_t before = 0; before < 20; ++before) {
        const std::string ascii(before, 'a');
        CHECK(text::is_utf8(ascii + "\u00e4" + ascii));
        CHECK_FALSE(text::is_utf8(ascii + "\xff" + ascii));
        CHECK_FALSE(text::is_utf8(ascii + "\xc3"));
    }
}

TEST_CASE("a number is digits and nothing else, and fits") {
    CHECK(text::to_number("0042") == 42);
    CHECK(text::to_number("9223372036854775807") == 9223372036854775807LL);
    for (const auto* wrong : {"", "-1", "+1", " 1", "1 ", "1x", "9223372036854775808"})
        CHECK_FALSE(text::to_number(wrong));
}

TEST_CASE("printable text has no control characters, no markup and an end") {
    CHECK(text::printable("a\r\n<b>&\x7f") == "a\\x0d\\x0a\\x3cb\\x3e\\x26\\x7f");
    CHECK(text::printable(std::string(1000, 'x'), 10) == "xxxxxxxxxx...");
}

TEST_CASE("RFC 4648 10: base64 there and back") {
    const std::pair<std::string_view, std::string_view> pairs[] = {{"", ""},
                                                                   {"f", "Zg=="},
                                                                   {"fo", "Zm8="},
                                                                   {"foo", "Zm9v"},
                                                                   {"foob", "Zm9vYg=="},
                                                                   {"fooba", "Zm9vYmE="},
                                                                   {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, encoded] : pairs) {
        CHECK(text::base64_encode(bytes) == encoded);
        CHECK(text::base64_decode(encoded) == bytes);
    }
    std::string all;
    for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
    CHECK(text::base64_decode(text::base64_encode(all)) == all);
}

TEST_CASE("RFC 4648 3.3: what is not base64 is refused") {
    for (const auto* wrong : {"Zg", "Zg=", "Z===", "Zm 9v", "Zm9v\n", "Zm-_", "=", "Zg==Zg=="})
        CHECK_FALSE(text::base64_decode(wrong));
}

TEST_CASE("bytes as hex digits") {
    CHECK(text::to_hex(std::string("\x00\xff\x1a", 3)) == "00ff1a");
}

TEST_CASE("the nearest name is found by edits") {
    CHECK(text::edit_distance("max_bdy", "max_body") == 1);
    CHECK(text::edit_distance("", "abc") == 3);
    CHECK(text::edit_distance("abc", "abc") == 0);
    CHECK(text::edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("characters of UTF-8 are counted, not bytes") {
    CHECK(text::code_points("") == 0);
    CHECK(text::code_points("Qüx") == 3);
    CHECK(text::code_points("\xF0\x9F\x98\x80") == 1);
}

TEST_CASE("RFC 8259 7: quotes, backslashes and controls are escaped in a JSON string") {
    CHECK(text::json_quoted("a\"b\\c\n\x01ü") == "\"a\\\"b\\\\c\\u000a\\u0001ü\"");
}

TEST_CASE("RFC 7515 2: base64url has its own alphabet and no padding") {
    CHECK(text::base64url_decode("") == "");
    CHECK(text::base64url_decode("Zg") == "f");
    CHECK(text::base64url_decode("-_-_") == "\xfb\xff\xbf");
    CHECK(text::base64url_encode("\xfb\xff\xbf") == "-_-_");
    CHECK(text::base64url_encode("f") == "Zg");
    CHECK(text::base64url_encode("") == "");
    for (const auto* wrong : {"+/+/", "Zg==", "Z", "Zg\n", "Zm9v Zg", "Zm9vZ"})
        CHECK_FALSE(text::base64url_decode(wrong));
}
