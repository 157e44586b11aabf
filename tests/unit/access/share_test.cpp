#include "access/share.hpp"

#include <doctest/doctest.h>

using namespace kalends::access;

namespace {

constexpr std::int64_t jane = 2;
constexpr std::int64_t tor = 3;

std::vector<Share> told(const std::vector<Ace>& aces) { return shares_in(aces); }

}  // namespace

TEST_CASE("what is shared at a level is told at that level") {
    for (const auto level : {Level::free_busy, Level::reader, Level::writer}) {
        const auto aces = shared({}, {jane, level});
        CHECK(told(aces) == std::vector<Share>{{jane, level}});
        const auto may = decide({.principal = jane, .groups = {}}, 1, aces);
        CHECK(((may & read) != 0) == (level >= Level::reader));
        CHECK(((may & write) == write) == (level == Level::writer));
        CHECK((may & read_free_busy) != 0);
        CHECK((may & write_acl) == 0);
    }
}

TEST_CASE("sharing again replaces what was, and none takes it away; others keep theirs") {
    auto aces = shared({}, {jane, Level::writer});
    aces = shared(aces, {tor, Level::free_busy});
    aces = shared(aces, {jane, Level::reader});
    CHECK(told(aces) == std::vector<Share>{{jane, Level::reader}, {tor, Level::free_busy}});
    aces = shared(aces, {jane, Level::nothing});
    CHECK(told(aces) == std::vector<Share>{{tor, Level::free_busy}});
}

TEST_CASE("entries of another sort are neither told nor touched, and what is shared goes before") {
    const std::vector<Ace> before{
        {.who = Who::authenticated, .deny = true, .privileges = all},
        {.principal = jane, .deny = false, .privileges = read, .inverted = true}};
    CHECK(told(before).empty());
    const auto after = shared(before, {jane, Level::reader});
    REQUIRE(after.size() == 3);
    CHECK(told(after) == std::vector<Share>{{jane, Level::reader}});
    CHECK((decide({.principal = jane, .groups = {}}, 1, after) & read) != 0);
    CHECK(shared(after, {jane, Level::nothing}).size() == 2);
}

TEST_CASE("who is denied what another entry grants has what is left") {
    const std::vector<Ace> aces{{.principal = jane, .deny = true, .privileges = write_content},
                                {.principal = jane, .privileges = read | write}};
    CHECK(told(aces) == std::vector<Share>{{jane, Level::reader}});
    CHECK(told({{.principal = jane, .deny = true, .privileges = read}}).empty());
}
