#include "unit/vcard/cards.hpp"
#include "vcard/filter.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using vcard_test::card3;

namespace {

const vcard::Card jane = vcard::parse(card3("EMAIL;TYPE=work;TYPE=pref:jane@work.example\n"
                                            "EMAIL;TYPE=home:JD@home.example\n"
                                            "home.TEL;HOME;VOICE:+49 30 123\n"
                                            "ORG:Fußball\\, Söhne\\; Co;Sales\n"
                                            "NOTE:Line one\\nLine two\n"
                                            "X-EMPTY:\n"));

vcard::PropFilter prop(std::string name, std::vector<TextMatch> texts = {}) {
    vcard::PropFilter filter;
    filter.name = std::move(name);
    filter.texts = std::move(texts);
    return filter;
}

TextMatch text(const std::string& text, MatchType type = MatchType::contains, bool negate = false,
               Collation collation = Collation::unicode_casemap) {
    return text_match(text, collation, type, negate);
}

bool finds(std::vector<vcard::PropFilter> props, bool all_of = false) {
    return vcard::matches(jane, {all_of, std::move(props)});
}

}  // namespace

TEST_CASE("RFC 6352 10.5: an empty filter matches every card") { CHECK(finds({})); }

TEST_CASE("RFC 6352 10.5.1: a property that exists, one that does not") {
    CHECK(finds({prop("TEL")}));
    CHECK(finds({prop("tel")}));
    CHECK(finds({prop("HOME.TEL")}));
    CHECK_FALSE(finds({prop("work.TEL")}));
    CHECK(finds({prop("X-EMPTY")}));
    CHECK_FALSE(finds({prop("NICKNAME")}));
    auto missing = prop("NICKNAME");
    missing.is_not_defined = true;
    CHECK(finds({missing}));
    missing.name = "TEL";
    CHECK_FALSE(finds({missing}));
}

TEST_CASE("RFC 6352 10.5: test says whether one or all prop-filters must match") {
    const auto yes = prop("FN", {text("jane")});
    const auto no = prop("FN", {text("john")});
    CHECK(finds({yes, no}, false));
    CHECK_FALSE(finds({yes, no}, true));
    CHECK(finds({yes, yes}, true));
    CHECK_FALSE(finds({no, no}, false));
}

TEST_CASE(
    "RFC 6352 10.5.1: test says whether one or all text-matches must match, on the same property") {
    auto filter = prop("EMAIL", {text("jane"), text("home")});
    CHECK(finds({filter}));
    filter.all_of = true;
    CHECK_FALSE(finds({filter}));
    filter.texts[1] = text("work");
    CHECK(finds({filter}));
}

TEST_CASE("RFC 6352 10.5.4: match-type") {
    CHECK(finds({prop("FN", {text("ane d")})}));
    CHECK(finds({prop("FN", {text("jane", MatchType::starts_with)})}));
    CHECK_FALSE(finds({prop("FN", {text("ane", MatchType::starts_with)})}));
    CHECK(finds({prop("FN", {text("DOE", MatchType::ends_with)})}));
    CHECK_FALSE(finds({prop("FN", {text("do", MatchType::ends_with)})}));
    CHECK(finds({prop("FN", {text("jane doe", MatchType::equals)})}));
    CHECK_FALSE(finds({prop("FN", {text("jane", MatchType::equals)})}));
}

TEST_CASE("RFC 6352 8.3.1: collations") {
    CHECK(finds({prop("ORG", {text("SÖHNE")})}));
    CHECK_FALSE(finds(
        {prop("ORG", {text("SÖHNE", MatchType::contains, false, Collation::ascii_casemap)})}));
    CHECK(finds(
        {prop("ORG", {text("SALES", MatchType::contains, false, Collation::ascii_casemap)})}));
    CHECK_FALSE(
        finds({prop("ORG", {text("SALES", MatchType::contains, false, Collation::octet)})}));
    CHECK(finds({prop("ORG", {text("Söhne", MatchType::contains, false, Collation::octet)})}));
}

TEST_CASE("texts are compared as a person sees them, without escapes") {
    CHECK(finds({prop("ORG", {text("fußball, söhne; co", MatchType::starts_with)})}));
    CHECK(finds({prop("NOTE", {text("one\nline")})}));
    CHECK(finds({prop("N", {text("doe;jane", MatchType::starts_with)})}));
}

TEST_CASE("RFC 6352 10.5.4: negate-condition wants a property that does not match") {
    CHECK(finds({prop("EMAIL", {text("jane", MatchType::contains, true)})}));
    CHECK_FALSE(finds({prop("EMAIL", {text("example", MatchType::contains, true)})}));
    CHECK_FALSE(finds({prop("NICKNAME", {text("x", MatchType::contains, true)})}));
}

TEST_CASE("RFC 6352 10.5.2: param-filter") {
    auto filter = prop("EMAIL");
    filter.params = {{"type", false, text("HOME", MatchType::equals)}};
    CHECK(finds({filter}));
    filter.texts = {text("jane")};
    filter.all_of = true;
    CHECK_FALSE(finds({filter}));
    filter.params[0].text = text("pref", MatchType::equals);
    CHECK(finds({filter}));
    filter.params[0].text->negate = true;
    CHECK_FALSE(finds({filter}));
    filter.params = {{"TYPE", false, {}}};
    CHECK(finds({filter}));
    filter.params = {{"TYPE", true, {}}};
    CHECK_FALSE(finds({filter}));
    filter.params = {{"X-NONE", true, {}}};
    CHECK(finds({filter}));
    filter.params = {{"X-NONE", false, {}}};
    CHECK_FALSE(finds({filter}));
}

TEST_CASE("a bare type of 2.1 is found as a TYPE") {
    auto filter = prop("TEL");
    filter.params = {{"TYPE", false, text("voice", MatchType::equals)}};
    CHECK(finds({filter}));
}

TEST_CASE("the tests of a filter can be counted before it runs") {
    auto filter = prop("EMAIL", {text("a"), text("b")});
    filter.params = {{"TYPE", true, {}}};
    CHECK(vcard::count_tests({false, {filter, prop("FN")}}) == 5);
}
