#include "xml/document.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <string>

using namespace kalends;

namespace {

std::string repeat(std::size_t times, const std::function<std::string(std::size_t)>& piece) {
    std::string result;
    for (std::size_t i = 0; i < times; ++i) result += piece(i);
    return result;
}

/// Refused as too large, and in a time in which a server does not notice (this is a sanitizer
/// build).
void check_refused_at_once(const std::string& document, const xml::Limits& limits = {}) {
    const auto before = std::chrono::steady_clock::now();
    CHECK_THROWS_AS(xml::parse(document, limits), xml::TooLarge);
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(1));
}

}  // namespace

TEST_CASE("a DOCTYPE is refused before anything in it is read") {
    const std::string laughs =
        "<?xml version=\"1.0\"?><!DOCTYPE lolz [<!ENTITY lol \"lol\">"
        "<!ENTITY lol2 \"&lol;&lol;&lol;&lol;\"><!ENTITY lol3 \"&lol2;&lol2;&lol2;\">]>"
        "<lolz>&lol3;</lolz>";
    CHECK_THROWS_WITH_AS(xml::parse(laughs), "line 1: a DOCTYPE is not allowed.", xml::ParseError);
    CHECK_THROWS_WITH_AS(xml::parse("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>"),
                         "line 1: a DOCTYPE is not allowed.", xml::ParseError);
    CHECK_THROWS_WITH_AS(
        xml::parse("<!DOCTYPE a [<!ENTITY x SYSTEM 'http://127.0.0.1/'>]><a>&x;</a>"),
        "line 1: a DOCTYPE is not allowed.", xml::ParseError);
    CHECK_THROWS_WITH_AS(xml::parse("<!DOCTYPE a [" + std::string(10'000, ' ') + "]><a/>"),
                         "line 1: a DOCTYPE is not allowed.", xml::ParseError);
}

TEST_CASE("a DOCTYPE that never ends is refused") {
    CHECK_THROWS_AS(xml::parse("<!DOCTYPE " + std::string(500'000, 'a')), xml::ParseError);
    CHECK_THROWS_AS(xml::parse("<!DOCTYPE a [" + repeat(20'000,
                                                        [](std::size_t i) {
                                                            return "<!ENTITY e" +
                                                                   std::to_string(i) + " 'x'>";
                                                        })),
                    xml::ParseError);
}

TEST_CASE("many attributes on one element end the parse early") {
    check_refused_at_once(
        "<a" + repeat(60'000, [](std::size_t i) { return " a" + std::to_string(i) + "='1'"; }) +
        "/>");
    check_refused_at_once(
        "<a" + repeat(300, [](std::size_t i) { return " a" + std::to_string(i) + "='1'"; }) + "/>");
    CHECK_NOTHROW(xml::parse(
        "<a" + repeat(256, [](std::size_t i) { return " a" + std::to_string(i) + "='1'"; }) +
        "/>"));
}

TEST_CASE("many namespaces end the parse early, on one element or on many inside each other") {
    const auto declarations = [](std::size_t from, std::size_t count) {
        return repeat(count, [from](std::size_t i) {
            return " xmlns:p" + std::to_string(from + i) + "='u'";
        });
    };
    check_refused_at_once("<a" + declarations(0, 40'000) + "/>");
    check_refused_at_once(
        repeat(50, [&](std::size_t i) { return "<a" + declarations(i * 10, 10) + ">"; }));
    CHECK_NOTHROW(xml::parse(
        "<a>" + repeat(50, [&](std::size_t i) { return "<a" + declarations(i * 10, 10) + "/>"; }) +
        "</a>"));
}

TEST_CASE("deep nesting ends the parse early") {
    const auto nested = [](std::size_t depth) {
        return repeat(depth, [](std::size_t) { return "<a>"; }) +
               repeat(depth, [](std::size_t) { return "</a>"; });
    };
    check_refused_at_once(nested(100'000));
    check_refused_at_once(nested(65));
    CHECK_NOTHROW(xml::parse(nested(64)));
}

TEST_CASE("many elements end the parse early") {
    check_refused_at_once("<a>" + repeat(120'000, [](std::size_t) { return "<b/>"; }) + "</a>");
    xml::Limits limits;
    limits.max_nodes = 3;
    CHECK_NOTHROW(xml::parse("<a b='1'><c/></a>", limits));
    check_refused_at_once("<a b='1'><c/><d/></a>", limits);
}

TEST_CASE("a long name used often does not fill the memory with copies") {
    const std::string name(15'000, 'n');
    check_refused_at_once("<a xmlns='" + name + "'>" +
                          repeat(90'000, [](std::size_t) { return "<b/>"; }) + "</a>");
    check_refused_at_once("<a xml:lang='" + name + "'>" +
                          repeat(90'000, [](std::size_t) { return "<b/>"; }) + "</a>");
}

TEST_CASE("many different names in many documents do not stay in memory") {
    for (std::size_t round = 0; round < 20; ++round)
        CHECK_NOTHROW(xml::parse(
            "<a>" +
            repeat(500,
                   [&](std::size_t i) { return "<x" + std::to_string(round * 500 + i) + "/>"; }) +
            "</a>"));
}

TEST_CASE("a tag, comment or instruction that does not end is refused; long text is not") {
    const std::string much(100'000, 'x');
    check_refused_at_once("<a b='" + much + "'/>");
    check_refused_at_once("<a><!-- " + much + " --></a>");
    check_refused_at_once("<a><?pi " + much + " ?></a>");
    CHECK_THROWS_AS(xml::parse("<" + much + "/>"), xml::ParseError);
    CHECK(xml::parse("<a>" + much + "</a>")->text() == much);
}

TEST_CASE("a CDATA section may be long, as of clients that send a whole VTIMEZONE in one") {
    for (std::size_t length = 8'000; length < 8'400; ++length) {
        const std::string much(length, 'x');
        REQUIRE(xml::parse("<a><![CDATA[" + much + "]]><b c='1'/></a>")->text() == much);
    }
    std::string marked;
    for (int i = 0; i < 30'000; ++i) marked += "]>]]\xC3\xA4>x";
    CHECK(xml::parse("<a><![CDATA[" + marked + "]]></a>")->text() == marked);
    CHECK_THROWS_AS(xml::parse("<a><![CDATA[" + marked), xml::ParseError);
}

TEST_CASE("a long CDATA section does not open the door to a long tag behind it") {
    const auto attributes =
        repeat(100'000, [](std::size_t i) { return " a" + std::to_string(i) + "=''"; });
    // The first chunk ends before, in and after the end of the section.
    for (std::size_t length = 8'174; length < 8'184; ++length)
        check_refused_at_once("<a><![CDATA[" + std::string(length, 'x') + "]]><b" + attributes +
                              "/><!-- ]]> --></a>");
    CHECK_NOTHROW(xml::parse("<a><![CDATA[" + std::string(500'000, 'x') + "]]><b/></a>"));
}

TEST_CASE("a document over the limit of bytes is not looked at") {
    xml::Limits limits;
    limits.max_bytes = 10;
    CHECK_NOTHROW(xml::parse("<a>12</a>", limits));
    check_refused_at_once("<a>1234</a>", limits);
}
