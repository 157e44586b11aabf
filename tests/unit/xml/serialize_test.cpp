#include "xml/document.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;

namespace {

bool equal(const xml::Element& a, const xml::Element& b) {
    if (a.name != b.name || a.prefix != b.prefix || a.lang != b.lang) return false;
    if (a.attributes.size() != b.attributes.size() || a.nodes.size() != b.nodes.size())
        return false;
    for (std::size_t i = 0; i < a.attributes.size(); ++i)
        if (a.attributes[i].name != b.attributes[i].name ||
            a.attributes[i].value != b.attributes[i].value)
            return false;
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        if (static_cast<bool>(a.nodes[i].element) != static_cast<bool>(b.nodes[i].element))
            return false;
        if (a.nodes[i].text != b.nodes[i].text) return false;
        if (a.nodes[i].element && !equal(*a.nodes[i].element, *b.nodes[i].element)) return false;
    }
    return true;
}

/// The first child element of a document, as a dead property is found in a PROPPATCH.
std::string property_of(std::string_view document) {
    return xml::serialize(*xml::parse(document)->children().at(0));
}

}  // namespace

TEST_CASE(
    "RFC 4918 4.3: a dead property carries its namespaces, its prefixes and its language with it") {
    CHECK(property_of("<D:prop xmlns:D='DAV:' xmlns:X='urn:x' xml:lang='de'><X:title>a &lt; "
                      "b</X:title></D:prop>") ==
          "<X:title xmlns:X=\"urn:x\" xml:lang=\"de\">a &lt; b</X:title>");
    CHECK(property_of("<prop xmlns='DAV:'><x xmlns='urn:x'><y xmlns=''/></x></prop>") ==
          "<x xmlns=\"urn:x\"><y xmlns=\"\"/></x>");
    CHECK(property_of("<prop xmlns='DAV:'><x/></prop>") == "<x xmlns=\"DAV:\"/>");
    CHECK(property_of("<prop><x/></prop>") == "<x/>");
}

TEST_CASE("a namespace is declared once, where it is first needed") {
    CHECK(
        property_of("<p xmlns:a='urn:a' xmlns:b='urn:b'><a:x><a:y b:z='1'/><b:w/></a:x></p>") ==
        "<a:x xmlns:a=\"urn:a\"><a:y xmlns:b=\"urn:b\" b:z=\"1\"/><b:w xmlns:b=\"urn:b\"/></a:x>");
}

TEST_CASE("a prefix that changes its meaning inside keeps each meaning") {
    CHECK(property_of("<p><a:x xmlns:a='urn:1'><a:y xmlns:a='urn:2' a:b='1'/><a:z/></a:x></p>") ==
          "<a:x xmlns:a=\"urn:1\"><a:y xmlns:a=\"urn:2\" a:b=\"1\"/><a:z/></a:x>");
}

TEST_CASE("white space in attributes and CR in text survive the next reader") {
    const auto once = property_of("<p><x a='&#10;&#9;&#13;&quot;&lt;'>&#13;\n\t</x></p>");
    CHECK(once == "<x a=\"&#10;&#9;&#13;&quot;&lt;\">&#13;\n\t</x>");
    CHECK(xml::serialize(*xml::parse(once)) == once);
}

TEST_CASE("what is serialized parses to an equal element") {
    const char* const documents[] = {
        "<x>mixed <b>con<i/>tent</b> here </x>",
        "<D:x xmlns:D='DAV:' a='1'><D:y xmlns:q='urn:q' q:a='2' a='3' xml:lang='fr' "
        "xml:space='preserve'/>\n </D:x>",
        "<x xmlns='urn:&amp;&quot;' xml:lang='en'><y xml:lang='en'/><z xml:lang=''/></x>",
        "<a:x xmlns:a='urn:a'><x xmlns='urn:a'><a:y><z xmlns=''><a:w "
        "xmlns:a='urn:b'/></z></a:y></x></a:x>",
        "<x>\xF0\x9F\x98\x80 \xC3\xA4 <![CDATA[<&>]]></x>",
        "<a:x xmlns:a='urn:a' xmlns:b='urn:a' b:c='1'/>",
    };
    for (const auto* document : documents) {
        CAPTURE(document);
        const auto first = xml::parse(document);
        const auto bytes = xml::serialize(*first);
        CAPTURE(bytes);
        CHECK(equal(*first, *xml::parse(bytes)));
        CHECK(xml::serialize(*xml::parse(bytes)) == bytes);
    }
}

TEST_CASE("a tree made by hand, without prefixes, is written with prefixes that do not clash") {
    xml::Element element;
    element.name = {"urn:a", "x"};
    element.prefix = "p";
    element.attributes.push_back({{"urn:b", "one"}, "1", "p"});
    element.attributes.push_back({{"urn:b", "two"}, "2", ""});
    element.attributes.push_back({{"urn:c", "one"}, "3", ""});
    auto child = std::make_unique<xml::Element>();
    child->name = {"urn:a", "y"};
    child->prefix = "p";
    child->attributes.push_back({{"urn:b", "one"}, "1", "p"});
    element.nodes.push_back({std::move(child), {}});
    const auto bytes = xml::serialize(element);
    const auto parsed = xml::parse(bytes);
    CHECK(parsed->name == element.name);
    REQUIRE(parsed->attributes.size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(parsed->attributes[i].name == element.attributes[i].name);
    const auto* inner = parsed->child({"urn:a", "y"});
    REQUIRE(inner != nullptr);
    CHECK(inner->attributes.at(0).name == xml::Name{"urn:b", "one"});
}
