// What a calendar-data element asks for: RFC 4791 9.6.

#include "caldav/calendar_data.hpp"
#include "dav/error.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace kalends;
using namespace kalends::caldav;

namespace {

ical::DataRequest read(const std::string& attributes, const std::string& inner) {
    const auto element = xml::parse("<C:calendar-data xmlns:C=\"urn:ietf:params:xml:ns:caldav\"" +
                                    attributes + ">" + inner + "</C:calendar-data>");
    return data_request(*element);
}

unsigned refused(const std::string& attributes, const std::string& inner) {
    try {
        (void)read(attributes, inner);
    } catch (const dav::DavError& error) {
        return http::code(error.status());
    }
    return 0;
}

}  // namespace

TEST_CASE("RFC 4791 9.6: an empty calendar-data asks for everything") {
    CHECK(read("", "").is_everything());
    CHECK(read(" content-type=\"text/calendar\" version=\"2.0\"", "").is_everything());
}

TEST_CASE("RFC 4791 9.6.1: components and properties, with and without values") {
    const auto request =
        read("", "<C:comp name=\"VCALENDAR\"><C:prop name=\"VERSION\"/><C:comp name=\"VEVENT\">"
                 "<C:prop name=\"UID\" novalue=\"yes\"/><C:allcomp/></C:comp></C:comp>");
    REQUIRE(request.comp.has_value());
    CHECK(request.comp->name == "VCALENDAR");
    CHECK(request.comp->props.at(0).name == "VERSION");
    CHECK_FALSE(request.comp->props.at(0).novalue);
    CHECK(request.comp->comps.at(0).props.at(0).novalue);
    CHECK(request.comp->comps.at(0).all_comps);
    CHECK_FALSE(request.is_everything());
}

TEST_CASE(
    "RFC 4791 9.6.5: expand and limit-recurrence-set need both ends, and exclude each other") {
    const std::string range = " start=\"20260101T000000Z\" end=\"20260201T000000Z\"/>";
    CHECK(read("", "<C:expand" + range).expand.has_value());
    CHECK(read("", "<C:limit-recurrence-set" + range).limit_recurrence_set.has_value());
    CHECK(refused("", "<C:expand start=\"20260101T000000Z\"/>") == 400);
    CHECK(refused("", "<C:expand start=\"20260201T000000Z\" end=\"20260101T000000Z\"/>") == 403);
    CHECK(refused("", "<C:expand" + range + "<C:limit-recurrence-set" + range) == 400);
}

TEST_CASE("RFC 4791 7.8: other formats and versions are refused") {
    CHECK(refused(" content-type=\"application/calendar+json\"", "") == 403);
    CHECK(refused(" content-type=\"text/calendar\" version=\"1.0\"", "") == 403);
}
