// A filter from XML: RFC 6352 10.5.

#include "carddav/filter_xml.hpp"
#include "dav/error.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using namespace kalends::carddav;

namespace {

vcard::Filter read(const std::string& inner) {
    const auto body =
        xml::parse("<CR:addressbook-query xmlns:CR=\"urn:ietf:params:xml:ns:carddav\">" + inner +
                   "</CR:addressbook-query>");
    return filter_in(*body);
}

std::string refused(const std::string& inner) {
    try {
        (void)read("<CR:filter>" + inner + "</CR:filter>");
    } catch (const dav::DavError& error) {
        CHECK(error.status() == http::Status::forbidden);
        return std::string(error.precondition().local);
    }
    return "not refused";
}

}  // namespace

TEST_CASE("RFC 6352 10.5: all parts of a filter are read") {
    const auto filter = read(
        "<CR:filter test=\"allof\"><CR:prop-filter name=\"EMAIL\" test=\"allof\">"
        "<CR:text-match match-type=\"ends-with\" collation=\"i;octet\" "
        "negate-condition=\"yes\">.org"
        "</CR:text-match><CR:param-filter name=\"TYPE\"><CR:text-match>work</CR:text-match>"
        "</CR:param-filter></CR:prop-filter><CR:prop-filter name=\"item1.TEL\"><CR:is-not-defined/>"
        "</CR:prop-filter></CR:filter>");
    CHECK(filter.all_of);
    REQUIRE(filter.props.size() == 2);
    CHECK(filter.props[0].all_of);
    REQUIRE(filter.props[0].texts.size() == 1);
    CHECK(filter.props[0].texts[0].type == MatchType::ends_with);
    CHECK(filter.props[0].texts[0].collation == Collation::octet);
    CHECK(filter.props[0].texts[0].negate);
    REQUIRE(filter.props[0].params.size() == 1);
    CHECK(filter.props[0].params[0].text->text ==
          collation_key(Collation::unicode_casemap, "work"));
    CHECK(filter.props[1].is_not_defined);
    CHECK_FALSE(filter.props[1].all_of);
}

TEST_CASE(
    "RFC 6352 10.5: defaults are anyof, contains and i;unicode-casemap; no filter is everything") {
    CHECK(read("").props.empty());
    const auto filter =
        read("<CR:filter><CR:prop-filter name=\"FN\"><CR:text-match>a</CR:text-match>"
             "</CR:prop-filter></CR:filter>");
    CHECK_FALSE(filter.all_of);
    CHECK(filter.props[0].texts[0].type == MatchType::contains);
    CHECK(filter.props[0].texts[0].collation == Collation::unicode_casemap);
}

TEST_CASE("a filter with more tests than the server will make is refused") {
    const std::string prop = "<CR:prop-filter name=\"FN\"/>";
    std::string many;
    for (std::size_t i = 0; i < vcard::max_tests; ++i) many += prop;
    CHECK(refused(many) == "not refused");
    CHECK(refused(many + prop) == "supported-filter");
}

TEST_CASE("RFC 6352 8.6: what is no filter fails with supported-filter or supported-collation") {
    CHECK(refused("<CR:prop-filter/>") == "supported-filter");
    CHECK(refused("<CR:prop-filter name=\"FN\" test=\"some\"/>") == "supported-filter");
    CHECK(refused("<CR:prop-filter name=\"FN\"><CR:is-not-defined/><CR:text-match>a</CR:text-match>"
                  "</CR:prop-filter>") == "supported-filter");
    CHECK(refused("<CR:prop-filter name=\"FN\"><CR:text-match match-type=\"like\">a</CR:text-match>"
                  "</CR:prop-filter>") == "supported-filter");
    CHECK(refused("<CR:prop-filter name=\"FN\"><CR:text-match collation=\"i;x\">a</CR:text-match>"
                  "</CR:prop-filter>") == "supported-collation");
}
