#include "xml/document.hpp"
#include "xml/writer.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using namespace std::string_literals;

namespace {

std::string escaped(std::string_view text) {
    std::string result;
    xml::append_escaped(result, text);
    return result;
}

}  // namespace

TEST_CASE("special characters are escaped at every place in a text") {
    const std::string special = "&<>\"\r";
    const std::string replacements[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#13;"};
    for (std::size_t length = 1; length < 20; ++length)
        for (std::size_t at = 0; at < length; ++at)
            for (std::size_t i = 0; i < special.size(); ++i) {
                std::string text(length, 'x');
                text[at] = special[i];
                const auto expected =
                    std::string(at, 'x') + replacements[i] + std::string(length - at - 1, 'x');
                REQUIRE(escaped(text) == expected);
            }
}

TEST_CASE("characters beside the special ones stay") {
    std::string text;
    for (char c = ' '; c < '\x7F'; ++c)
        if ("&<>\""s.find(c) == std::string::npos) text += c;
    text += "\t\n\x7F\xC3\xA4\xEF\xBC\xA1\xEF\xBF\xBD\xF0\x9F\x98\x80\xEF";
    CHECK(escaped(text) == text);
}

TEST_CASE("XML 1.0 2.2: characters that XML cannot carry are left out") {
    for (char c = 0; c < ' '; ++c) {
        if (c == '\t' || c == '\n' || c == '\r') continue;
        CHECK(escaped("abcdefgh"s + c + "ijklmnop") == "abcdefghijklmnop");
    }
    CHECK(escaped("a\xEF\xBF\xBE"
                  "b\xEF\xBF\xBF"
                  "c") == "abc");
}

TEST_CASE("what is escaped comes back from the parser byte for byte") {
    const std::string event =
        "BEGIN:VEVENT\r\nSUMMARY:a < b & \"c\" \xE2\x82\xAC\r\n\tfolded ]]>\r\nEND:VEVENT\r\n";
    CHECK(xml::parse("<a>" + escaped(event) + "</a>")->text() == event);
    std::string attribute;
    xml::append_escaped_attribute(attribute, event);
    CHECK(*xml::parse("<a b=\"" + attribute + "\"/>")->attribute("b") == event);
}

TEST_CASE("a document declares the namespaces of DAV once, others where they are used") {
    std::string bytes;
    xml::Writer writer(bytes);
    writer.begin_document({xml::dav, "multistatus"});
    writer.element({xml::dav, "href"}, "/a&b");
    writer.open({xml::caldav, "comp"}, {{"name", "a\"b"}});
    writer.empty({"urn:x", "y"}, {{"z", "1"}});
    writer.element({"", "none"}, "");
    writer.close({xml::caldav, "comp"});
    writer.element({xml::carddav, "address-data"}, "text", {{"version", "3.0"}});
    writer.close({xml::dav, "multistatus"});

    CHECK(bytes.starts_with(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<D:multistatus xmlns:D=\"DAV:\" "));
    CHECK(bytes.find("<D:href>/a&amp;b</D:href>") != std::string::npos);
    const auto root = xml::parse(bytes);
    const auto* comp = root->child({xml::caldav, "comp"});
    REQUIRE(comp != nullptr);
    CHECK(*comp->attribute("name") == "a\"b");
    CHECK(comp->child({"urn:x", "y"}) != nullptr);
    CHECK(comp->child({"", "none"}) != nullptr);
    CHECK(*root->child({xml::carddav, "address-data"})->attribute("version") == "3.0");
}

TEST_CASE("the prefixes are those that clients have seen for years") {
    CHECK(xml::known_prefix(xml::dav) == "D");
    CHECK(xml::known_prefix(xml::caldav) == "C");
    CHECK(xml::known_prefix(xml::carddav) == "CR");
    CHECK(xml::known_prefix(xml::calendarserver) == "CS");
    CHECK(xml::known_prefix(xml::apple_ical) == "A");
    CHECK(xml::known_prefix("urn:x").empty());
    CHECK(xml::to_string({xml::dav, "href"}) == "{DAV:}href");
}
