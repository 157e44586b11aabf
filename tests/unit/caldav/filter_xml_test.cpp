// A filter from XML: RFC 4791 9.7.

#include "caldav/filter_xml.hpp"
#include "dav/error.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using namespace kalends::caldav;

namespace {

ical::CompFilter read(const std::string& inner) {
    const auto body = xml::parse("<C:calendar-query xmlns:C=\"urn:ietf:params:xml:ns:caldav\">"
                                 "<C:filter>" +
                                 inner + "</C:filter></C:calendar-query>");
    return filter_in(*body);
}

/// The precondition with which it is refused.
std::string refused(const std::string& inner) {
    try {
        (void)read(inner);
    } catch (const dav::DavError& error) {
        CHECK((error.status() == http::Status::forbidden ||
               error.status() == http::Status::bad_request));
        return std::string(error.precondition().local);
    }
    return "not refused";
}

std::string in_event(const std::string& inner) {
    return "<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VEVENT\">" + inner +
           "</C:comp-filter></C:comp-filter>";
}

}  // namespace

TEST_CASE("RFC 4791 9.7: all parts of a filter are read") {
    const auto filter = read(in_event(
        "<C:time-range start=\"20260101T000000Z\"/>"
        "<C:prop-filter name=\"summary\"><C:text-match collation=\"i;octet\" "
        "negate-condition=\"yes\">a &amp; b"
        "</C:text-match><C:param-filter "
        "name=\"LANGUAGE\"><C:is-not-defined/></C:param-filter></C:prop-filter>"
        "<C:prop-filter name=\"DUE\"><C:time-range end=\"20260102T000000Z\"/></C:prop-filter>"
        "<C:comp-filter name=\"VALARM\"><C:is-not-defined/></C:comp-filter>"));
    CHECK(filter.name == "VCALENDAR");
    REQUIRE(filter.comps.size() == 1);
    const auto& event = filter.comps.front();
    CHECK(event.name == "VEVENT");
    REQUIRE(event.time_range.has_value());
    CHECK(event.time_range->from.time_since_epoch().count() == 1767225600);
    CHECK(event.time_range->to == ical::end_of_time);
    REQUIRE(event.props.size() == 2);
    CHECK(event.props[0].name == "SUMMARY");
    REQUIRE(event.props[0].text.has_value());
    CHECK(event.props[0].text->text == "a & b");
    CHECK(event.props[0].text->negate);
    CHECK(event.props[0].text->collation == Collation::octet);
    REQUIRE(event.props[0].params.size() == 1);
    CHECK(event.props[0].params[0].is_not_defined);
    REQUIRE(event.props[1].time_range.has_value());
    CHECK(event.props[1].time_range->from == ical::beginning_of_time);
    REQUIRE(event.comps.size() == 1);
    CHECK(event.comps[0].is_not_defined);
}

TEST_CASE("calendar-query-extended: which tests are needed, and how a text is compared") {
    const auto filter = read("<C:comp-filter name=\"VCALENDAR\" test=\"anyof\">"
                             "<C:comp-filter name=\"VEVENT\" test=\"allof\">"
                             "<C:prop-filter name=\"UID\" test=\"anyof\">"
                             "<C:text-match match-type=\"starts-with\">a</C:text-match>"
                             "</C:prop-filter></C:comp-filter><C:comp-filter name=\"VTODO\"/>"
                             "</C:comp-filter>");
    CHECK(filter.any_of);
    REQUIRE(filter.comps.size() == 2);
    CHECK_FALSE(filter.comps[0].any_of);
    CHECK_FALSE(filter.comps[1].any_of);
    REQUIRE(filter.comps[0].props.size() == 1);
    CHECK(filter.comps[0].props[0].any_of);
    CHECK(filter.comps[0].props[0].text->type == MatchType::starts_with);
    CHECK(refused("<C:comp-filter name=\"VCALENDAR\" test=\"some\"/>") == "valid-filter");
    CHECK(refused(in_event("<C:prop-filter name=\"UID\"><C:text-match match-type=\"like\">a"
                           "</C:text-match></C:prop-filter>")) == "valid-filter");
}

TEST_CASE("RFC 4791 7.8: a filter that is none fails with valid-filter") {
    CHECK(refused("") == "valid-filter");
    CHECK(refused("<C:comp-filter name=\"VEVENT\"/>") == "valid-filter");
    CHECK(refused("<C:comp-filter name=\"VCALENDAR\"/><C:comp-filter name=\"VCALENDAR\"/>") ==
          "valid-filter");
    CHECK(refused("<C:comp-filter/>") == "valid-filter");
    CHECK(refused(in_event("<C:is-not-defined/><C:prop-filter name=\"X\"/>")) == "valid-filter");
    CHECK(refused(in_event("<C:time-range/>")) == "valid-filter");
    CHECK(refused(in_event("<C:time-range start=\"20260101\"/>")) == "valid-filter");
    CHECK(refused(in_event("<C:time-range start=\"20260101T000000\"/>")) == "valid-filter");
    CHECK(
        refused(in_event("<C:time-range start=\"20260101T000000Z\" end=\"20260101T000000Z\"/>")) ==
        "valid-filter");
    CHECK(refused(in_event("<C:prop-filter name=\"\"/>")) == "valid-filter");
    CHECK(refused("<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"VTIMEZONE\">"
                  "<C:time-range start=\"20260101T000000Z\"/></C:comp-filter></C:comp-filter>") ==
          "valid-filter");
}

TEST_CASE("RFC 4791 7.8: a filter for what can't be is refused with valid-filter") {
    const auto nested = [](const std::string& outer, const std::string& inner) {
        return "<C:comp-filter name=\"VCALENDAR\"><C:comp-filter name=\"" + outer +
               "\"><C:comp-filter name=\"" + inner + "\"/></C:comp-filter></C:comp-filter>";
    };
    CHECK(refused(nested("VTODO", "VEVENT")) == "valid-filter");
    CHECK(refused(nested("VEVENT", "vevent")) == "valid-filter");
    CHECK(refused(nested("VALARM", "X-ANY")) == "valid-filter");
    CHECK(refused(nested("VJOURNAL", "VALARM")) == "valid-filter");
    CHECK(refused(nested("VEVENT", "STANDARD")) == "valid-filter");
    CHECK(refused(nested("VCALENDAR", "VEVENT")) == "valid-filter");
    for (const std::string outer : {"VEVENT", "VTODO", "X-ANY"})
        CHECK(refused(nested(outer, "VALARM")) == "not refused");
    CHECK(refused(nested("VTIMEZONE", "DAYLIGHT")) == "not refused");
    CHECK(refused(nested("VAVAILABILITY", "AVAILABLE")) == "not refused");
    CHECK(refused(nested("VEVENT", "PARTICIPANT")) == "not refused");  // RFC 9073

    const auto dated = [](const std::string& property) {
        return in_event("<C:prop-filter name=\"" + property +
                        "\"><C:time-range start=\"20260101T000000Z\"/></C:prop-filter>");
    };
    for (const std::string property : {"SUMMARY", "duration", "SEQUENCE", "RRULE", "STATUS"})
        CHECK(refused(dated(property)) == "valid-filter");
    for (const std::string property : {"DTSTART", "completed", "RDATE", "TRIGGER", "X-SEEN"})
        CHECK(refused(dated(property)) == "not refused");
}

TEST_CASE("RFC 4791 7.5: an unknown collation fails with supported-collation, the default needs no "
          "name") {
    CHECK(refused(in_event(
              "<C:prop-filter name=\"SUMMARY\"><C:text-match collation=\"i;x\">a</C:text-match>"
              "</C:prop-filter>")) == "supported-collation");
    const auto filter =
        read(in_event("<C:prop-filter name=\"SUMMARY\"><C:text-match>a</C:text-match>"
                      "</C:prop-filter>"));
    CHECK(filter.comps[0].props[0].text->collation == Collation::ascii_casemap);
}
