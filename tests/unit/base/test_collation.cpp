#include "base/collation.hpp"

#include <doctest/doctest.h>

using namespace kalends;

namespace {

bool equal(Collation collation, std::string_view a, std::string_view b) {
    return collation_key(collation, a) == collation_key(collation, b);
}

bool contains(Collation collation, std::string_view text, std::string_view part) {
    return collation_key(collation, text).find(collation_key(collation, part)) != std::string::npos;
}

}  // namespace

TEST_CASE("RFC 4791 7.5.1: i;octet and i;ascii-casemap are there, an unknown collation is not") {
    CHECK(collation_named("i;octet") == Collation::octet);
    CHECK(collation_named("i;ascii-casemap") == Collation::ascii_casemap);
    CHECK(collation_named("i;unicode-casemap") == Collation::unicode_casemap);
    CHECK_FALSE(collation_named("i;basic"));
    CHECK_FALSE(collation_named(""));
}

TEST_CASE("RFC 4790 9.3: i;octet tells upper from lower case") {
    CHECK(equal(Collation::octet, "Lunch", "Lunch"));
    CHECK_FALSE(equal(Collation::octet, "Lunch", "lunch"));
}

TEST_CASE("RFC 4790 9.2: i;ascii-casemap knows only the case of A to Z") {
    CHECK(equal(Collation::ascii_casemap, "LUNCH at Ölberg", "lunch AT Ölberg"));
    CHECK_FALSE(equal(Collation::ascii_casemap, "Ölberg", "ölberg"));
}

TEST_CASE("RFC 5051 2: i;unicode-casemap finds a name in any case and composition") {
    CHECK(equal(Collation::unicode_casemap, "ÖLBERG", "ölberg"));
    CHECK(equal(Collation::unicode_casemap, "\u00e9", "e\u0301"));
    CHECK(equal(Collation::unicode_casemap, "ΣΊΣΥΦΟΣ", "σίσυφοσ"));
    CHECK(contains(Collation::unicode_casemap, "Müller, Jürgen", "JÜRGEN"));
    CHECK_FALSE(contains(Collation::unicode_casemap, "Müller", "Möller"));
}

TEST_CASE("text that is not UTF-8 is compared as it is") {
    CHECK(equal(Collation::unicode_casemap, "\xff\xfe", "\xff\xfe"));
    CHECK_FALSE(equal(Collation::unicode_casemap, "\xff", "\xfe"));
}
