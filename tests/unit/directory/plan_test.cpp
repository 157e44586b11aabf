#include "directory/ldap/plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace kalends;
using namespace kalends::directory::ldap;
using store::KnownPrincipal;
using store::KnownPrincipals;

namespace {

std::string uuid_of(int number) { return "uuid-" + std::to_string(number); }

Found found(int number, const std::string& login, std::vector<std::string> addresses = {}) {
    return {.uuid = uuid_of(number),
            .dn = "uid=" + login,
            .login = login,
            .addresses = std::move(addresses)};
}

KnownPrincipal known(int number, const std::string& login, bool from_directory = true) {
    return {.id = {number},
            .from_directory = from_directory,
            .is = {.uuid = uuid_of(number), .login = login}};
}

Contents contents(std::vector<Found> all) { return {.all = std::move(all)}; }

/// Whether nobody is disabled when of `count` people of the directory the first `there` are still
/// in it, since that can't be true.
bool held(int count, int there, unsigned percent = 20) {
    KnownPrincipals before;
    Contents now;
    for (int i = 0; i < count; ++i)
        before.principals.push_back(known(i + 1, "p" + std::to_string(i)));
    for (int i = 0; i < there; ++i) now.all.push_back(found(i + 1, "p" + std::to_string(i)));
    auto plan = plan_changes(now, before, true);
    const auto gone = static_cast<std::size_t>(count - there);
    CHECK(plan.gone == gone);
    const auto why = hold_what_is_not_credible(plan, before, percent);
    CHECK(plan.gone == (why.empty() ? gone : 0));
    CHECK(plan.changes.gone.size() == plan.gone);
    CHECK(plan.done.size() == plan.gone);
    return !why.empty();
}

}  // namespace

TEST_CASE("a few may leave, but not all, nor more than the limit of more than ten") {
    CHECK_FALSE(held(100, 100));
    CHECK_FALSE(held(100, 80));
    CHECK(held(100, 79));
    CHECK(held(100, 0));
    CHECK_FALSE(held(20, 10));  // ten are few
    CHECK(held(20, 9));
    CHECK(held(1, 0));
    CHECK_FALSE(held(0, 0));
    CHECK_FALSE(held(100, 1, 100));
    CHECK(held(100, 89, 0));
}

TEST_CASE("the answer does not depend on the order of entries") {
    const auto a = found(1, "jane", {"x@y.z"});
    const auto b = found(2, "JANE", {"x@y.z"});
    auto twin = b;
    twin.login = "jane";
    const auto one = plan_changes(contents({a, twin}), {}, true);
    const auto other = plan_changes(contents({twin, a}), {}, true);
    REQUIRE(one.changes.make.size() == 1);
    REQUIRE(other.changes.make.size() == 1);
    CHECK(one.changes.make[0].uuid == other.changes.make[0].uuid);
    CHECK(one.skipped.size() == 1);
}

TEST_CASE("an entry that can't be used any more is not gone") {
    KnownPrincipals before{.principals = {known(1, "jane"), known(2, "tor")}, .former_logins = {}};
    auto now = contents({found(2, "tor")});
    now.unusable = {"uid=jane doe: ..."};
    now.unusable_uuids = {uuid_of(1)};
    const auto plan = plan_changes(now, before, true);
    CHECK(plan.gone == 0);
    CHECK(plan.skipped.size() == 1);
}

TEST_CASE("two who change their logins with each other keep theirs, and are named") {
    KnownPrincipals before{.principals = {known(1, "jane"), known(2, "tor")}, .former_logins = {}};
    const auto plan = plan_changes(contents({found(1, "tor"), found(2, "jane")}), before, true);
    CHECK(plan.changes.change.empty());
    CHECK(plan.skipped.size() == 2);
}

TEST_CASE("addresses in another order are no change") {
    KnownPrincipals before{.principals = {known(1, "jane")}, .former_logins = {}};
    before.principals[0].is.addresses = {"a@b.c", "d@e.f"};
    CHECK(plan_changes(contents({found(1, "jane", {"d@e.f", "a@b.c"})}), before, true).changed ==
          0);
    CHECK(plan_changes(contents({found(1, "jane", {"d@e.f"})}), before, true).changed == 1);
}

TEST_CASE("groups may contain each other, and a member twice is one") {
    auto a = found(1, "a");
    auto b = found(2, "b");
    const auto jane = found(3, "jane");
    a.kind = b.kind = store::PrincipalKind::group;
    a.member_dns = {"uid=b", "uid=jane", "UID=Jane", "uid=a", "uid=nobody"};
    a.member_logins = {"jane"};
    b.member_dns = {"uid=a"};
    KnownPrincipals here{.principals = {known(1, "a"), known(2, "b"), known(3, "jane")},
                         .former_logins = {}};
    here.principals[0].is.kind = here.principals[1].is.kind = store::PrincipalKind::group;
    const std::vector<store::Membership> current{{{1}, {3}}, {{2}, {3}}};
    const auto plan = plan_memberships({a, b, jane}, here, current);
    CHECK((plan.add == std::vector<store::Membership>{{{1}, {2}}, {{2}, {1}}}));
    CHECK((plan.remove == std::vector<store::Membership>{{{2}, {3}}}));
    CHECK(plan.unknown == 1);
}

TEST_CASE("the only room may go, unless all rooms have: people who left are disabled meanwhile") {
    KnownPrincipals before;
    for (int i = 1; i <= 5; ++i) before.principals.push_back(known(i, "p" + std::to_string(i)));
    before.principals.push_back(known(6, "room"));
    before.principals.back().is.kind = store::PrincipalKind::location;
    const auto now = contents({found(1, "p1"), found(2, "p2"), found(3, "p3"), found(4, "p4")});
    auto plan = plan_changes(now, before, true);
    CHECK(plan.gone == 2);
    CHECK_FALSE(hold_what_is_not_credible(plan, before, 20).empty());
    CHECK(plan.changes.gone == std::vector<store::PrincipalId>{{5}});
    CHECK(plan.done.size() == 1);
}

TEST_CASE("members by login are those whom the directory calls so") {
    KnownPrincipals here;
    here.principals = {known(1, "jane"), known(2, "staff")};
    here.principals[1].is.kind = store::PrincipalKind::group;
    // Jane is called janet there, which is taken here; another is called jane there.
    auto group = found(2, "staff");
    group.kind = store::PrincipalKind::group;
    group.member_logins = {"jane"};
    const auto plan = plan_memberships({found(1, "janet"), found(3, "jane"), group}, here, {});
    CHECK(plan.add.empty());
    CHECK(plan.unknown == 1);
}

TEST_CASE("who is something else in the directory now is gone as what it was") {
    KnownPrincipals before;
    before.principals = {known(1, "sales"), known(2, "jane")};
    auto group = found(1, "sales");
    group.kind = store::PrincipalKind::group;
    const auto plan = plan_changes(contents({group, found(2, "jane")}), before, true);
    CHECK(plan.changes.gone == std::vector<store::PrincipalId>{{1}});
    CHECK(plan.skipped.size() == 1);
}
