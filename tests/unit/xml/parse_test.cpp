#include "xml/document.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>
#include <vector>

using namespace kalends;
using namespace std::string_literals;

namespace {

std::string message_of(std::string_view bytes, const xml::Limits& limits = {}) {
    try {
        xml::parse(bytes, limits);
    } catch (const xml::ParseError& error) {
        return error.what();
    }
    return {};
}

/// ASCII as UTF-16 without a byte order mark.
std::string utf16(std::string_view ascii, bool big_endian) {
    std::string result;
    for (const char c : ascii) {
        if (big_endian) result += '\0';
        result += c;
        if (!big_endian) result += '\0';
    }
    return result;
}

}  // namespace

TEST_CASE("RFC 4918 9.1: a PROPFIND body as clients send it becomes a tree of qualified names") {
    const auto root =
        xml::parse("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                   "<propfind xmlns=\"DAV:\" xmlns:C='urn:ietf:params:xml:ns:caldav'>\n"
                   "  <prop>\n    <resourcetype/>\n    <C:calendar-home-set/>\n  </prop>\n"
                   "</propfind>\n");
    CHECK(root->is({xml::dav, "propfind"}));
    const auto* prop = root->child({xml::dav, "prop"});
    REQUIRE(prop != nullptr);
    REQUIRE(prop->children().size() == 2);
    CHECK(prop->children()[0]->is({xml::dav, "resourcetype"}));
    CHECK(prop->children()[0]->prefix.empty());
    CHECK(prop->children()[1]->is({xml::caldav, "calendar-home-set"}));
    CHECK(prop->children()[1]->prefix == "C");
    CHECK(prop->children({xml::dav, "nothing"}).empty());
    CHECK(root->child({xml::caldav, "prop"}) == nullptr);
}

TEST_CASE("text keeps its place among elements") {
    const auto root = xml::parse("<a>one <b>two</b> three<!-- not this -->, <c/>four</a>");
    REQUIRE(root->nodes.size() == 5);
    CHECK(root->nodes[0].text == "one ");
    CHECK(root->nodes[1].element->text() == "two");
    CHECK(root->nodes[2].text == " three, ");
    CHECK(root->nodes[4].text == "four");
    CHECK(root->text() == "one two three, four");
}

TEST_CASE("the five entities, character references and CDATA are text") {
    const auto root = xml::parse(
        "<a b='&lt;&#x41;&quot;'>&amp;&lt;&gt;&apos;&quot;&#228;<![CDATA[<x>&amp;]]></a>");
    CHECK(root->text() == "&<>'\"\xC3\xA4<x>&amp;");
    REQUIRE(root->attribute("b") != nullptr);
    CHECK(*root->attribute("b") == "<A\"");
}

TEST_CASE("attributes know their namespace, and declarations are no attributes") {
    const auto root = xml::parse("<a xmlns='urn:a' xmlns:n='urn:n' n:x='1' x='2'/>");
    REQUIRE(root->attributes.size() == 2);
    CHECK(root->attributes[0].name == xml::Name{"urn:n", "x"});
    CHECK(root->attributes[0].prefix == "n");
    CHECK(root->attributes[1].name == xml::Name{"", "x"});
    CHECK(*root->attribute("x") == "2");
    CHECK(root->attribute("y") == nullptr);
}

TEST_CASE("RFC 4918 4.3: xml:lang is in force below the element that sets it") {
    const auto root =
        xml::parse("<a xml:lang='en'><b/><c xml:lang='de'><d/></c><e xml:lang=''/></a>");
    const auto children = root->children();
    CHECK(children[0]->lang == "en");
    CHECK(children[1]->lang == "de");
    CHECK(children[1]->children()[0]->lang == "de");
    CHECK(children[2]->lang.empty());
}

TEST_CASE("line ends are LF, in a reference too if the writer meant CR") {
    CHECK(xml::parse("<a>1\r\n2\r3&#13;\n</a>")->text() == "1\n2\n3\r\n");
}

TEST_CASE("a byte order mark is no part of the document") {
    CHECK(xml::parse("\xEF\xBB\xBF<a>\xC3\xA4</a>")->text() == "\xC3\xA4");
}

TEST_CASE("RFC 4918 19: UTF-16 is understood with and without a byte order mark") {
    const auto document = "<?xml version='1.0' encoding='UTF-16'?><a b='c'>d</a>"s;
    CHECK(xml::parse("\xFE\xFF" + utf16(document, true))->text() == "d");
    CHECK(xml::parse("\xFF\xFE" + utf16(document, false))->text() == "d");
    CHECK(xml::parse(utf16(document, true))->text() == "d");
    CHECK(xml::parse(utf16(document, false))->text() == "d");
}

TEST_CASE("UTF-16 has surrogate pairs, and a lone half is refused") {
    const std::string open = "\xFE\xFF"s + utf16("<a>", true);
    const std::string close = utf16("</a>", true);
    CHECK(xml::parse(open + "\xD8\x3D\xDE\x00"s + close)->text() == "\xF0\x9F\x98\x80");
    CHECK(message_of(open + "\xD8\x3D"s + close) == "The document is not well-formed UTF-16.");
    CHECK(message_of(open + "\xDE\x00"s + close) == "The document is not well-formed UTF-16.");
    CHECK(message_of(open + "\xD8") == "The document ends in the middle of a UTF-16 character.");
}

TEST_CASE("ISO-8859-1 is understood when declared, other encodings are refused by name") {
    CHECK(xml::parse("<?xml version='1.0' encoding='iso-8859-1'?><a>\xE4</a>")->text() ==
          "\xC3\xA4");
    CHECK(message_of("<?xml version='1.0' encoding='windows-1252'?><a/>") ==
          "The encoding windows-1252 is not supported; please send UTF-8.");
    CHECK(message_of("<?xml version='1.0' encoding='UTF-7'?><a/>").find("not supported") !=
          std::string::npos);
}

TEST_CASE("what is wrong is said with its line") {
    CHECK(message_of("<a>\n<b>\n</a>").find("line 3: ") == 0);
    CHECK(message_of("<a>\n\xFF</a>") == "line 2: bytes that are not UTF-8.");
    CHECK(message_of("<a>\n\n"s + '\0' + "</a>") ==
          "line 3: a NUL byte, which XML cannot contain.");
    CHECK(message_of("\n<D:a/>").find("line 2: ") == 0);
}

TEST_CASE("a prefix that is not declared is an error, for elements and for attributes") {
    CHECK_THROWS_AS(xml::parse("<D:propfind/>"), xml::ParseError);
    CHECK_THROWS_AS(xml::parse("<a x:b='1'/>"), xml::ParseError);
    CHECK_THROWS_AS(xml::parse("<a xmlns:x=''/>"), xml::ParseError);
    CHECK_THROWS_AS(xml::parse("<a xmlns:x='urn:x' xmlns:y='urn:x' x:b='1' y:b='2'/>"),
                    xml::ParseError);
}

TEST_CASE("a namespace need not be a valid URI") {
    CHECK(xml::parse("<a xmlns='not a uri %%'/>")->name.ns == "not a uri %%");
}

TEST_CASE("a document that is none is refused") {
    const std::vector<std::string> broken = {"",
                                             " ",
                                             "a",
                                             "<",
                                             "<a",
                                             "<a>",
                                             "<a/><b/>",
                                             "<a></b>",
                                             "<a b/>",
                                             "<a b=c/>",
                                             "<a b='1' b='2'/>",
                                             "<a>&</a>",
                                             "<a>&nbsp;</a>",
                                             "<a/>tail",
                                             "<a>]]></a>",
                                             "<a>\x01</a>",
                                             "<a>&#0;</a>",
                                             "<a>&#x1;</a>",
                                             "<a>\xEF\xBF\xBF</a>",
                                             "<?xml version='1.0'?>",
                                             "<!-- c -->",
                                             "<a><!-- -- --></a>",
                                             " <?xml version='1.0'?><a/>",
                                             "\xEF\xBB\xBF",
                                             "<a><![CDATA[</a>"};
    for (const auto& bytes : broken) {
        CAPTURE(bytes);
        CHECK_THROWS_AS(xml::parse(bytes), xml::ParseError);
    }
}

TEST_CASE("every beginning of a document is refused without harm, and the next one is read") {
    const std::string document =
        "<?xml version='1.0'?><D:a xmlns:D='DAV:' b='1'><c>&amp;x<!-- y --></c><![CDATA[z]]></D:a>";
    for (std::size_t length = 0; length < document.size(); ++length) {
        CAPTURE(length);
        CHECK_THROWS_AS(xml::parse(std::string_view(document).substr(0, length)), xml::ParseError);
    }
    CHECK(xml::parse(document)->text() == "&xz");
}

TEST_CASE("a long document reads the same wherever it is cut into chunks") {
    for (std::size_t shift = 0; shift < 40; ++shift) {
        std::string text;
        for (int i = 0; i < 2000; ++i)
            text += "\xC3\xA4&amp;\xF0\x9F\x98\x80 <i>x</i>]]&gt;\r\n<![CDATA[\xE2\x82\xAC<]]>";
        const auto root = xml::parse("<a>" + std::string(shift, '.') + text + "</a>");
        REQUIRE(root->children().size() == 2000);
        const auto all = root->text();
        const std::string one = "\xC3\xA4&\xF0\x9F\x98\x80 x]]>\n\xE2\x82\xAC<";
        CHECK(all.size() == shift + 2000 * one.size());
        CHECK(all.substr(shift + 1999 * one.size()) == one);
    }
}

TEST_CASE("threads parse beside each other") {
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([i] {
            const std::string text = std::to_string(i);
            for (int n = 0; n < 200; ++n) {
                if (xml::parse("<a><b>" + text + "</b></a>")->text() != text) std::abort();
                if (!message_of("<a><b></a>").starts_with("line 1")) std::abort();
            }
        });
    for (auto& thread : threads) thread.join();
}
