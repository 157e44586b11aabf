#include "unit/vcard/cards.hpp"
#include "vcard/search.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

using namespace kalends;
using vcard_test::card3;

namespace {

vcard::Filter filter(std::string name, const std::string& text, MatchType type,
                     Collation collation = Collation::unicode_casemap, bool negate = false) {
    vcard::PropFilter prop;
    prop.name = std::move(name);
    prop.texts = {text_match(text, collation, type, negate)};
    return {false, {prop}};
}

bool is_candidate(const std::string& search, const vcard::Plan& plan) {
    return std::all_of(plan.contains.begin(), plan.contains.end(), [&](const std::string& part) {
        return search.find(part) != std::string::npos;
    });
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("the search text has a line for each property that is searched, folded") {
    const auto parsed = vcard::parse(
        card3("item1.EMAIL:Jane@x.example\nNOTE:straße\\, a\\nb\nPHOTO;ENCODING=b:AAAA\nX-A:b\n"));
    CHECK(vcard::search_text(parsed) ==
          "\nUID\x1FU1\nFN\x1FJANE DOE\nN\x1F"
          "DOE;JANE;;;\nEMAIL\x1FJANE@X.EXAMPLE\nNOTE\x1F" +
              collation_key(Collation::unicode_casemap, "straße, a\nb") + "\n");
    CHECK(vcard::search_text(vcard::parse("BEGIN:VCARD\nX-A:b\nEND:VCARD\n")).empty());
}

TEST_CASE("a filter becomes the texts that every match must contain") {
    CHECK(vcard::plan(filter("FN", "jo", MatchType::contains)).contains == Texts{"\nFN\x1F", "JO"});
    CHECK(vcard::plan(filter("item1.fn", "jo", MatchType::starts_with)).contains ==
          Texts{"\nFN\x1FJO"});
    CHECK(vcard::plan(filter("FN", "jo", MatchType::ends_with)).contains ==
          Texts{"\nFN\x1F", "JO\n"});
    CHECK(vcard::plan(filter("FN", "jo", MatchType::equals)).contains == Texts{"\nFN\x1FJO\n"});
    CHECK(vcard::plan(filter("FN", "", MatchType::equals)).contains == Texts{"\nFN\x1F"});
    CHECK(vcard::plan(filter("FN", "jo", MatchType::contains, Collation::octet, true)).contains ==
          Texts{"\nFN\x1F"});
    CHECK(vcard::plan(filter("X-OTHER", "jo", MatchType::contains)).contains.empty());
    CHECK(vcard::plan({}).contains.empty());
}

TEST_CASE("alternatives ask for what they have in common") {
    vcard::Filter both = filter("FN", "jo", MatchType::contains);
    both.props.push_back(filter("EMAIL", "jo", MatchType::starts_with).props[0]);
    CHECK(vcard::plan(both).contains == Texts{"JO"});
    both.all_of = true;
    CHECK(vcard::plan(both).contains == Texts{"\nEMAIL\x1FJO", "\nFN\x1F"});
    both.all_of = false;
    auto or_typed = filter("FN", "jo", MatchType::contains);
    or_typed.props[0].params = {{"TYPE", false, {}}};
    CHECK(vcard::plan(or_typed).contains == Texts{"\nFN\x1F"});
    both.props.push_back(filter("X-OTHER", "jo", MatchType::contains).props[0]);
    CHECK(vcard::plan(both).contains.empty());
}

TEST_CASE("what is not ASCII is asked for only in the collation of the search text") {
    CHECK(vcard::plan(filter("FN", "ä", MatchType::contains)).contains.size() == 2);
    CHECK(vcard::plan(filter("FN", "ä", MatchType::contains, Collation::octet)).contains ==
          Texts{"\nFN\x1F"});
    CHECK(vcard::plan(filter("FN", "äbcö", MatchType::starts_with, Collation::octet)).contains ==
          Texts{"\nFN\x1F", "BC"});
}

TEST_CASE("a card that matches is always a candidate") {
    const Texts pieces = {"a",        "A",        "b",   "ä", "Ä",  "ß", "ss", "SS",
                          "\xCC\x81", "\xCC\xA3", "e",   "é", "ﬁ",  "ǆ", "ı",  "i",
                          ";",        "\\,",      "\\n", " ", "日", "Σ", "ς",  "\xF0\x9F\x98\x80"};
    const Texts names = {"FN", "EMAIL", "NOTE", "X-A", "item1.FN"};
    std::mt19937 random(std::random_device{}());
    const auto pick = [&](std::size_t n) {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    };
    const auto word = [&](std::size_t length) {
        std::string result;
        for (std::size_t i = 0; i < length; ++i) result += pieces[pick(pieces.size())];
        return result;
    };
    std::size_t matched = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string lines;
        for (std::size_t i = 0; i < 3; ++i)
            lines += names[pick(names.size())] + ":" + word(pick(5)) + "\n";
        const auto parsed = vcard::parse("BEGIN:VCARD\n" + lines + "END:VCARD\n");
        vcard::Filter asked;
        asked.all_of = pick(2) == 0;
        for (std::size_t i = 0, count = 1 + pick(2); i < count; ++i) {
            vcard::PropFilter prop;
            prop.name = names[pick(names.size())];
            prop.all_of = pick(2) == 0;
            for (std::size_t t = 0, texts = pick(3); t < texts; ++t)
                prop.texts.push_back({static_cast<Collation>(pick(3)),
                                      static_cast<MatchType>(pick(4)), pick(8) == 0,
                                      vcard::unescape_text(word(pick(3)))});
            prop.is_not_defined = prop.texts.empty() && pick(3) == 0;
            asked.props.push_back(prop);
        }
        if (!vcard::matches(parsed, asked)) continue;
        ++matched;
        CAPTURE(lines);
        CAPTURE(vcard::plan(asked).contains.size());
        REQUIRE(is_candidate(vcard::search_text(parsed), vcard::plan(asked)));
    }
    CHECK(matched > 1000);
}
