#include "access/decide.hpp"
#include "access/privilege.hpp"

#include <doctest/doctest.h>

#include <array>
#include <set>
#include <vector>

using namespace kalends::access;

namespace {

constexpr std::int64_t owner = 1;
constexpr std::int64_t jane = 2;
constexpr std::int64_t team = 10;
constexpr std::int64_t company = 11;
constexpr std::array<std::int64_t, 2> janes_groups{team, company};

const Subject nobody{};
const Subject as_jane{.principal = jane, .groups = janes_groups};
const Subject stranger{.principal = 3, .groups = {}};

Ace grant(Who who, Privileges privileges, std::int64_t principal = 0) {
    return {.who = who, .principal = principal, .deny = false, .privileges = privileges};
}
Ace deny(Who who, Privileges privileges, std::int64_t principal = 0) {
    return {.who = who, .principal = principal, .deny = true, .privileges = privileges};
}

}  // namespace

TEST_CASE("the owner and administrators may do everything, whatever is denied") {
    const std::vector aces{deny(Who::everybody, all), deny(Who::principal, all, owner)};
    CHECK(decide({.principal = owner}, owner, aces) == all);
    CHECK(decide({.principal = 99, .groups = {}, .administrator = true}, owner, aces) == all);
}

TEST_CASE("nobody else may do anything where nothing is granted") {
    CHECK(decide(as_jane, owner, {}) == none);
    CHECK(decide(nobody, owner, {}) == none);
}

TEST_CASE("who has not logged in is never the owner, even of a home without one") {
    CHECK(decide(nobody, 0, {}) == none);
    CHECK(decide({.principal = 0, .groups = {}, .administrator = true}, owner, {}) == none);
}

TEST_CASE("RFC 3744 5.5.1: an entry speaks of whom it names") {
    struct Row {
        Ace ace;
        bool to_jane, to_stranger, to_nobody;
    };
    const std::vector<Row> matrix{
        {grant(Who::principal, write_content, jane), true, false, false},
        {grant(Who::principal, write_content, team), true, false, false},
        {grant(Who::principal, write_content, company), true, false, false},
        {grant(Who::principal, write_content, 12), false, false, false},
        {grant(Who::principal, write_content, 0), false, false, false},
        {grant(Who::owner, write_content), false, false, false},
        {grant(Who::everybody, write_content), true, true, true},
        {grant(Who::authenticated, write_content), true, true, false},
        {grant(Who::unauthenticated, write_content), false, false, true},
    };
    for (const auto& row : matrix) {
        const std::array aces{row.ace};
        CHECK((decide(as_jane, owner, aces) == write_content) == row.to_jane);
        CHECK((decide(stranger, owner, aces) == write_content) == row.to_stranger);
        CHECK((decide(nobody, owner, aces) == write_content) == row.to_nobody);
    }
}

TEST_CASE("the first entry that names a privilege decides it") {
    const std::vector denied_first{deny(Who::principal, bind, jane),
                                   grant(Who::authenticated, bind | unbind)};
    CHECK(decide(as_jane, owner, denied_first) == unbind);
    CHECK(decide(stranger, owner, denied_first) == (bind | unbind));
    const std::vector granted_first{grant(Who::principal, bind, team), deny(Who::everybody, all)};
    CHECK(decide(as_jane, owner, granted_first) == bind);
    CHECK(decide(stranger, owner, granted_first) == none);
}

TEST_CASE("grants of several entries add up") {
    const std::vector aces{grant(Who::principal, write_content, jane),
                           grant(Who::principal, bind, team), grant(Who::authenticated, read_acl)};
    CHECK(decide(as_jane, owner, aces) == (write_content | bind | read_acl));
}

TEST_CASE(
    "RFC 4791 6.1.1: whoever may read may see when somebody is busy, and not the other way round") {
    CHECK(decide(stranger, owner, std::array{grant(Who::everybody, read)}) ==
          (read | read_free_busy));
    CHECK(decide(stranger, owner, std::array{grant(Who::everybody, read_free_busy)}) ==
          read_free_busy);
    const std::vector aces{grant(Who::everybody, read), deny(Who::everybody, read_free_busy)};
    CHECK(decide(stranger, owner, aces) == (read | read_free_busy));
}

TEST_CASE("RFC 3744 3: an aggregate has what is below it, and all has everything") {
    const auto tree = privilege_tree();
    REQUIRE_FALSE(tree.empty());
    CHECK(tree[0].name == "all");
    CHECK(tree[0].bits == all);
    std::set<std::string_view> names;
    Privileges leaves = none;
    for (std::size_t i = 0; i < tree.size(); ++i) {
        CHECK(names.insert(tree[i].name).second);
        CHECK((tree[i].bits & ~all) == none);
        CHECK_FALSE(tree[i].description.empty());
        if (i > 0) CHECK(tree[i].depth <= tree[i - 1].depth + 1);
        Privileges below = none;
        bool leaf = true;
        for (std::size_t k = i + 1; k < tree.size() && tree[k].depth > tree[i].depth; ++k) {
            below |= tree[k].bits;
            leaf = false;
        }
        CHECK((below & ~tree[i].bits) == none);
        if (leaf) leaves |= tree[i].bits;
    }
    CHECK((leaves | read) == all);
    CHECK(names.contains("read-free-busy"));
    CHECK(names.contains("read-current-user-privilege-set"));
}

TEST_CASE("RFC 3744 5.5.1: an inverted entry speaks of all but whom it names") {
    Ace all_but_team = grant(Who::principal, bind, team);
    all_but_team.inverted = true;
    CHECK(decide(as_jane, owner, std::array{all_but_team}) == none);
    CHECK(decide(stranger, owner, std::array{all_but_team}) == bind);
    CHECK(decide(nobody, owner, std::array{all_but_team}) == bind);
}

TEST_CASE("RFC 3744 5.5.1: what a group owns is its members' by an entry for the owner") {
    const std::array aces{grant(Who::owner, bind)};
    CHECK(decide(as_jane, team, aces) == bind);
    CHECK(decide(stranger, team, aces) == none);
}

TEST_CASE("entries of the resource itself come before those that it inherits") {
    const std::vector own_then_inherited{deny(Who::principal, unbind, jane),
                                         grant(Who::principal, bind | unbind, team)};
    CHECK(decide(as_jane, owner, own_then_inherited) == bind);
}

TEST_CASE("RFC 6638 6.3: the scheduling privileges are in their aggregates, and these in all") {
    constexpr std::string_view caldav = "urn:ietf:params:xml:ns:caldav";
    const auto bits = [&](std::string_view name) {
        const auto* row = privilege_named(caldav, name);
        REQUIRE(row != nullptr);
        CHECK_FALSE(row->is_on(Place::anywhere));
        CHECK_FALSE(row->is_on(Place::collection));
        CHECK(row->is_on(name.starts_with("schedule-send") ? Place::outbox : Place::inbox));
        CHECK((row->bits & ~all) == none);
        return row->bits;
    };
    CHECK(bits("schedule-deliver") ==
          (bits("schedule-deliver-invite") | bits("schedule-deliver-reply") |
           bits("schedule-query-freebusy")));
    CHECK(bits("schedule-send") == (bits("schedule-send-invite") | bits("schedule-send-reply") |
                                    bits("schedule-send-freebusy")));
}

TEST_CASE("a privilege is found by namespace and name, and is itself only") {
    for (const auto& row : privilege_tree()) CHECK(privilege_named(row.ns, row.name) == &row);
    CHECK(privilege_named("DAV:", "read-free-busy") == nullptr);
    CHECK(privilege_named("urn:ietf:params:xml:ns:caldav", "read") == nullptr);
    CHECK(privilege_named("DAV:", "") == nullptr);
    CHECK(privilege_named("DAV:", "write")->is_on(Place::inbox));
}
