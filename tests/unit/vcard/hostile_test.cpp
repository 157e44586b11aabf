#include "unit/vcard/cards.hpp"
#include "vcard/convert.hpp"
#include "vcard/filter.hpp"
#include "vcard/retrieve.hpp"
#include "vcard/search.hpp"
#include "vcard/split.hpp"
#include "vcard/validate.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <random>
#include <string>

using namespace kalends;
using vcard_test::card;
using vcard_test::card3;
using vcard_test::card4;

namespace {

std::string repeat(std::size_t times, std::string_view piece) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) result += piece;
    return result;
}

/// Everything that the server does with a card; the exceptions are those it expects.
void use(const std::string& bytes) {
    try {
        const auto file = vcard::split(bytes);
        for (const auto& each : file.cards) vcard::accept(each.data);
        const auto parsed = vcard::parse(bytes);
        vcard::search_text(parsed);
        vcard::retrieve(bytes, {{{{"FN"}, {"X", true}}}, vcard::Version::v3_0});
        const auto converted = vcard::to_version(bytes, parsed, vcard::Version::v4_0);
        vcard::to_version(converted, vcard::parse(converted), vcard::Version::v3_0);
    } catch (const vcard::ParseError&) {
    } catch (const vcard::CardError&) {
    }
}

/// Not for minutes, as what grows with the square of these sizes would take.
void check_quick(const std::string& bytes) {
    const auto before = std::chrono::steady_clock::now();
    use(bytes);
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(10));
}

}  // namespace

TEST_CASE("large cards of every shape are done in a time that grows with their size") {
    check_quick(card3("NOTE:" + std::string(2'000'000, 'x') + "\n"));
    check_quick(card3("NOTE:x\n" + repeat(400'000, " y\n")));
    check_quick(card3("NOTE;QUOTED-PRINTABLE:x=\n" + repeat(400'000, "=\n") + "\n"));
    check_quick(card3("NOTE;QUOTED-PRINTABLE:" + repeat(400'000, "=C3") + "\n"));
    check_quick(card3(repeat(49'000, "SORT-STRING:x\n")));
    check_quick(card3(repeat(20'000, "LABEL;TYPE=home:x\nADR;TYPE=work:y\n")));
    check_quick(card4(repeat(40'000, "EMAIL;PREF=5:x\n")));
    check_quick(card3("X;A=\"" + std::string(1'000'000, '"') + ":y\n"));
    check_quick(card3("N:" + std::string(1'000'000, ';') + "\n"));
    check_quick(card3("NOTE:" + std::string(1'000'000, '\\') + "\n"));
    check_quick(repeat(200'000, "BEGIN:VCARD\n"));
    check_quick(repeat(50'000, "AGENT:\nBEGIN:VCARD\n"));
    check_quick(repeat(20'000, "BEGIN:VCARD\nVERSION:3.0\nFN:x\nEND:VCARD\n"));
}

TEST_CASE("limits of lines, parameters and bytes are refused") {
    CHECK_THROWS_AS(vcard::parse(card3(repeat(60'000, "X:y\n"))), vcard::ParseError);
    CHECK_THROWS_AS(vcard::parse(card3("X" + repeat(200, ";a=b") + ":y\n")), vcard::ParseError);
    CHECK_THROWS_AS(vcard::parse(card3("X;A=b" + repeat(200, ",b") + ":y\n")), vcard::ParseError);
    CHECK_THROWS_AS(vcard::parse(card3("X" + repeat(200, ";HOME") + ":y\n")), vcard::ParseError);
    CHECK_THROWS_AS(vcard::parse(card(repeat(60'000, "BEGIN:VCARD\n"))), vcard::ParseError);
    CHECK_THROWS_AS(vcard::parse(card3(""), {100, 100, 10}), vcard::ParseError);
}

TEST_CASE("a filter with many tests plans nothing rather than for long") {
    vcard::Filter filter;
    filter.props.resize(100'000, {"FN", false, false, {{}}, {}});
    CHECK(vcard::plan(filter).contains.empty());
}

TEST_CASE("no beginning and no mutation of a card does harm") {
    const std::string seed =
        card("VERSION:2.1\nitem1.N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=C3=A4;b=\n c;\\;\n"
             "TEL;VALUE=uri;TYPE=\"a,b\";PREF=1:tel:+1;ext=2\nPHOTO:data:image/png;base64,AA\n"
             "BDAY:--0412\nKIND:org\nGEO:geo:1,2\nTZ:-0500\nADR;LABEL=\"x^ny\":;;a\nAGENT:\n"
             "BEGIN:VCARD\nEND:VCARD\nREV:1995-10-31T22:27:10Z\nFN:x\n");
    for (std::size_t length = 0; length <= seed.size(); ++length) use(seed.substr(0, length));
    std::mt19937 random(std::random_device{}());
    const std::string alphabet = "\r\n\t ;:,=\"\\^.-=TVZ0149\xC3\xA4:;";
    const std::string_view versions[] = {"2.1", "3.0", "4.0"};
    for (int round = 0; round < 6'000; ++round) {
        std::string bytes = seed;
        bytes.replace(bytes.find("2.1"), 3, versions[random() % 3]);
        for (std::size_t i = 0, changes = 1 + random() % 4; i < changes; ++i) {
            const auto at = random() % bytes.size();
            if (random() % 2 == 0)
                bytes[at] = alphabet[random() % alphabet.size()];
            else
                bytes.erase(at, 1 + random() % 5);
        }
        use(bytes);
    }
}
