// Preferences of a client: RFC 7240, RFC 8144.

#include "http/prefer.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace kalends::http;

namespace {

/// What is found, in the words of Preference-Applied.
std::string found(const std::vector<std::string_view>& fields) {
    Headers headers;
    for (const auto field : fields) headers.add("Prefer", field);
    return preference_applied(preferences_of(headers));
}

std::string found_with_brief(std::string_view brief, const std::vector<std::string_view>& fields) {
    Headers headers;
    headers.add("Brief", brief);
    for (const auto field : fields) headers.add("Prefer", field);
    return preference_applied(preferences_of(headers));
}

}  // namespace

TEST_CASE("RFC 7240 4: each preference that we know is found by itself") {
    for (const auto* const preference : {"return=minimal", "return=representation", "depth-noroot",
                                         "handling=strict", "handling=lenient"})
        CHECK(found({preference}) == preference);
    Headers headers;
    headers.add("prefer", "return=minimal");
    CHECK(preferences_of(headers).minimal);
    CHECK_FALSE(preferences_of(headers).representation);
    CHECK_FALSE(preferences_of(headers).depth_noroot);
}

TEST_CASE("RFC 7240 2: several fields are one list") {
    CHECK(found({"respond-async, wait=100", "handling=lenient", "depth-noroot, return=minimal"}) ==
          "return=minimal, depth-noroot, handling=lenient");
    CHECK(found({"", " , ,return=minimal,"}) == "return=minimal");
}

TEST_CASE("RFC 7240 2: names have no case, values have") {
    CHECK(found({"Return=minimal, DEPTH-NOROOT"}) == "return=minimal, depth-noroot");
    CHECK(found({"return=Minimal"}).empty());
}

TEST_CASE("RFC 7240 2: of a preference that comes twice the first counts") {
    CHECK(found({"return=representation, return=minimal"}) == "return=representation");
    CHECK(found({"return=nothing", "return=minimal"}).empty());
    CHECK(found({"return, return=minimal"}).empty());
}

TEST_CASE("RFC 7240 2: a value may be quoted, and empty is none") {
    CHECK(found({"return=\"minimal\""}) == "return=minimal");
    CHECK(found({"return = \"min\\imal\" "}) == "return=minimal");
    CHECK(found({"depth-noroot=\"\""}) == "depth-noroot");
    CHECK(found({"depth-noroot="}) == "depth-noroot");
    CHECK(found({"depth-noroot=1"}).empty());
    CHECK(found({"return=\"\""}).empty());
}

TEST_CASE("RFC 7240 2: parameters change nothing, nor what stands in quotes") {
    CHECK(found({"return=minimal; foo=\"some parameter\""}) == "return=minimal");
    CHECK(found({"return=minimal;foo;bar=1, depth-noroot;x"}) == "return=minimal, depth-noroot");
    CHECK(found({"x=\"a, return=minimal\", depth-noroot"}) == "depth-noroot");
    CHECK(found({"x=\"\\\", return=minimal\", depth-noroot"}) == "depth-noroot");
    CHECK(found({"x; return=minimal"}).empty());
    CHECK(found({"x=\"; y, return=minimal"}).empty());
}

TEST_CASE("RFC 7240 2: what is not known, or broken, is ignored") {
    CHECK(found({}).empty());
    CHECK(found({"lenient, wait=10, priority=5"}).empty());
    CHECK(found({"=minimal, ;, =, \", \\"}).empty());
    CHECK(found({"\"return\"=minimal"}).empty());
    CHECK(found({"return=\"minimal\\"}).empty());
}

TEST_CASE("RFC 8144 A: Brief asks for a minimal answer, unless there is a Prefer") {
    CHECK(found_with_brief("t", {}) == "return=minimal");
    CHECK(found_with_brief(" T ", {}) == "return=minimal");
    CHECK(found_with_brief("f", {}).empty());
    CHECK(found_with_brief("", {}).empty());
    CHECK(found_with_brief("t", {"return=representation"}) == "return=representation");
    CHECK(found_with_brief("t", {"wait=1"}).empty());
}
