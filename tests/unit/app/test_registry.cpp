#include "app/registry.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <sstream>

using namespace kalends;

namespace {

std::string contents(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
}

}  // namespace

namespace {
const caldav::Types& types() {
    static const caldav::Types all(nullptr);
    return all;
}
}  // namespace

TEST_CASE("docs/properties.md is what the tables say") {
    const std::string path = DOCS_DIR "/properties.md";
    const auto page = app::property_reference(app::make_registry(types()));
    if (std::getenv("KALENDS_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << page;
    INFO("write it anew with KALENDS_WRITE_DOCS=1 test_app");
    CHECK(contents(path) == page);
}

TEST_CASE("every live property and report names the section that defines it") {
    const auto registry = app::make_registry(types());
    for (const auto* row : registry.properties()) {
        INFO(xml::to_string(row->name));
        CHECK_FALSE(row->section.empty());
        CHECK(row->on != 0);
        CHECK((row->get != nullptr || row->source == dav::Source::stored ||
               row->source == dav::Source::recorded));
    }
    for (const auto* report : registry.reports()) CHECK_FALSE(report->section.empty());
}

TEST_CASE("two rows for the same property on the same kind of resource stop the start") {
    static constexpr std::array rows{
        dav::LiveProperty{{xml::dav, "displayname"},
                          dav::calendar,
                          dav::Source::stored,
                          true,
                          nullptr,
                          nullptr,
                          "x"},
        dav::LiveProperty{{xml::dav, "displayname"},
                          dav::collections,
                          dav::Source::stored,
                          true,
                          nullptr,
                          nullptr,
                          "x"},
    };
    const std::array rooms{dav::Tables{
        .properties = rows, .reports = {}, .methods = {}, .capabilities = {}, .types = {}}};
    CHECK_THROWS_AS(dav::Registry{rooms}, std::logic_error);
}

TEST_CASE("the DAV header names only what is there") {
    CHECK(
        app::make_registry(types()).capabilities() ==
        "1, 2, 3, access-control, bind, calendar-proxy, calendarserver-principal-property-search, "
        "calendarserver-principal-search, calendarserver-home-sync, extended-mkcol, "
        "calendar-access, calendar-schedule, calendar-auto-schedule, calendar-availability, "
        "inbox-availability, calendar-query-extended, "
        "calendarserver-group-attendee, "
        "calendarserver-partstat-changes, calendarserver-private-comments, "
        "calendarserver-private-events, addressbook");
}
