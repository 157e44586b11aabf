#include "directory/directory.hpp"

#include <doctest/doctest.h>

using kalends::directory::canonical_login;

TEST_CASE("RFC 8265 3.3: logins are the same in any case, width and composition") {
    CHECK(canonical_login("Jane") == "jane");
    CHECK(canonical_login("jane@Example.com") == "jane@example.com");
    CHECK(canonical_login("ＪＡＮＥ") == "jane");
    CHECK(canonical_login("Ju\u0308rgen") == "j\u00fcrgen");
    CHECK(canonical_login("ЖАННА") == "жанна");
    CHECK(canonical_login("ﾊ") == "ハ");
}

TEST_CASE("a canonical login is its own canonical form") {
    for (const auto* login :
         {"Jane", "ＪＡＮＥ", "Ju\u0308rgen", "İstanbul", "ΣΊΣΥΦΟΣ", "o'hara+x", "名前"}) {
        const auto once = canonical_login(login);
        REQUIRE(once);
        CHECK(canonical_login(*once) == once);
    }
}

TEST_CASE("RFC 8264 4.2: what is no letter, digit or ASCII sign is no part of a login") {
    for (const auto* login :
         {"", " ", "a b", "a\u00a0b", "a\u200bb", "henry\u2163", "fo\u265a", "a\tb", "a/b", "a:b",
          ".", "..", "\ufb01ne", "a\u2028b", "\xff", "\xc0\xaf", "a\u202eb"})
        CHECK_FALSE(canonical_login(login));
    CHECK_FALSE(canonical_login(std::string(300, 'a')));
    CHECK_FALSE(canonical_login(std::string("a\0b", 3)));
    CHECK(canonical_login("...") == "...");
}

TEST_CASE("RFC 5893 2: directions are not mixed in a login") {
    CHECK(canonical_login("\u05d0\u05d1"));
    CHECK(canonical_login("\u05d01"));
    CHECK_FALSE(canonical_login("a\u05d0"));
    CHECK_FALSE(canonical_login("\u05d0a"));
    CHECK_FALSE(canonical_login("1\u05d0"));
    CHECK_FALSE(canonical_login("\u05d01\u0661"));
}
