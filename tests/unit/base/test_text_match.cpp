// Text against a text-match: RFC 4791 9.7.5, RFC 6352 10.5.4.

#include "base/text_match.hpp"

#include <doctest/doctest.h>

using namespace kalends;

TEST_CASE("RFC 6352 10.5.4: how a text is compared") {
    const auto found = [](MatchType type, const char* wanted,
                          Collation collation = Collation::ascii_casemap) {
        return finds(text_match(wanted, collation, type), "Lunch with Zoë");
    };
    CHECK(found(MatchType::contains, "WITH"));
    CHECK_FALSE(found(MatchType::contains, "WITH", Collation::octet));
    CHECK(found(MatchType::starts_with, "lunch"));
    CHECK_FALSE(found(MatchType::starts_with, "unch"));
    CHECK(found(MatchType::ends_with, "with zoë"));
    CHECK_FALSE(found(MatchType::ends_with, "with ZOË"));
    CHECK(found(MatchType::ends_with, "with ZOË", Collation::unicode_casemap));
    CHECK_FALSE(found(MatchType::ends_with, "with zo"));
    CHECK(found(MatchType::equals, "lunch WITH zoë"));
    CHECK_FALSE(found(MatchType::equals, "lunch with"));
    CHECK(found(MatchType::equals, "Lunch with Zoë", Collation::octet));
}

TEST_CASE("RFC 6352 10.5.4: a match-type by its name") {
    CHECK(match_type_named("starts-with") == MatchType::starts_with);
    CHECK(match_type_named("ends-with") == MatchType::ends_with);
    CHECK(match_type_named("contains") == MatchType::contains);
    CHECK(match_type_named("equals") == MatchType::equals);
    CHECK_FALSE(match_type_named("begins"));
}
