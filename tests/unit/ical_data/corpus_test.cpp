// The files of other projects, when they are beside the project: nothing crashes or hangs, and what
// is accepted survives an edit, a split and a join.
#include "ical/retrieve.hpp"
#include "ical/split.hpp"
#include "ical/validate.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

using namespace kalends;

namespace {

std::set<std::filesystem::path> corpus() {
    const std::filesystem::path folder{TEST_DATA_DIR "/../../../shared/corpus"};
    std::set<std::filesystem::path> files;
    if (!std::filesystem::exists(folder)) return files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator{folder}) {
        if (entry.path().extension() == ".ics") files.insert(entry.path());
    }
    return files;
}

std::string contents(const std::filesystem::path& path) {
    std::ifstream in{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{in}, {}};
}

/// Properties and components of a tree cover its bytes without gap (but blank lines) and in order.
void check_positions(const std::string& bytes, const ical::Component& component) {
    CHECK(component.begin < component.body);
    CHECK(component.body <= component.tail);
    CHECK(component.tail < component.end);
    CHECK(component.end <= bytes.size());
    std::size_t covered = component.body - component.begin + component.end - component.tail;
    for (const auto& property : component.properties) covered += property.end - property.begin;
    for (const auto& child : component.components) {
        check_positions(bytes, child);
        covered += child.end - child.begin;
    }
    CHECK(covered <= component.end - component.begin);
}

void check_object(const std::string& bytes) {
    const auto accepted = ical::accept(bytes);
    check_positions(bytes, accepted.calendar);
    ical::Budget budget;
    CHECK(ical::retrieve(bytes, accepted.calendar, {}, {*ical::Zone::utc(), budget}) == bytes);
    ical::Joiner joiner;
    joiner.add(bytes);
    const auto again = ical::split(joiner.finish());
    REQUIRE(again.objects.size() == 1);
    CHECK(again.objects[0].uid == accepted.object.uid);
    const ical::TimeRange years{ical::UtcTime{std::chrono::seconds{631'152'000}},
                                ical::UtcTime{std::chrono::seconds{2'000'000'000}}};
    try {
        const auto expanded = ical::retrieve(bytes, accepted.calendar, {.expand = years},
                                             {*ical::Zone::utc(), budget});
        CHECK_NOTHROW(ical::parse(expanded, ical::import_limits));
    } catch (const ical::TooExpensive&) {
        MESSAGE("endless, and not expanded");
    }
}

}  // namespace

TEST_CASE("every calendar file of other projects is accepted or refused by name, at once") {
    const auto files = corpus();
    if (files.empty()) {
        MESSAGE("skipped: ../shared/corpus is not there");
        return;
    }
    std::size_t accepted = 0;
    for (const auto& path : files) {
        CAPTURE(path.filename().string());
        const std::string bytes = contents(path);
        try {
            check_object(bytes);
            ++accepted;
        } catch (const ical::ObjectError& error) {
            CHECK(std::string{error.what()} != "");
        }
    }
    CHECK(accepted > 60);
}

TEST_CASE("every entry that a file of other projects holds is imported or reported") {
    std::size_t objects = 0;
    std::size_t good = 0;
    for (const auto& path : corpus()) {
        CAPTURE(path.filename().string());
        ical::SplitFile file;
        try {
            file = ical::split(contents(path));
        } catch (const ical::ParseError&) {
            continue;
        }
        for (const auto& object : file.objects) {
            ++objects;
            CHECK(!object.lines.empty());
            try {
                const auto uid = ical::accept(object.data).object.uid;
                CHECK(uid == object.uid);
                ++good;
            } catch (const ical::ObjectError& error) {
                CHECK(error.fault() != ical::Fault::valid_calendar_object_resource);
            }
        }
    }
    MESSAGE(good << " of " << objects << " entries could be imported");
}
