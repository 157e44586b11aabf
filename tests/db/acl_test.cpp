// Access control entries and groups as rows, and who has to read what again because of them.

#include "db/fixture.hpp"
#include "store/acl.hpp"
#include "store/groups.hpp"

#include <chrono>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using namespace kalends::store;
using namespace std::chrono_literals;

namespace {

access::Ace grant(PrincipalId to, access::Privileges privileges = access::read) {
    return {.principal = to.value, .privileges = privileges};
}

Changed set(const Someone& owner, const std::vector<access::Ace>& aces,
            const std::string& object = "") {
    const auto in = owner.collection();
    return set_aces(owner.db, owner.id, in->id, in->acl_seq, object, aces);
}

PrincipalId make_group(Database& db) {
    return create_principal(db, {.kind = PrincipalKind::group,
                                 .login = "group-" + Someone::new_login(),
                                 .display_name = "A group",
                                 .addresses = {},
                                 .administrator = false,
                                 .password_hash = {},
                                 .collections = {}})
        .value();
}

std::vector<std::string> logins(const std::vector<PrincipalName>& names) {
    std::vector<std::string> result;
    for (const auto& name : names) result.push_back(name.login);
    return result;
}

std::vector<std::string> found(const PrincipalSearch& search, std::size_t limit = 100) {
    std::vector<std::string> result;
    for (const auto& principal : search_principals(shared_node(), search, limit))
        result.push_back(principal.login);
    return result;
}

}  // namespace

TEST_CASE("entries are kept in their order, and setting them replaces those before") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor;
    REQUIRE(set(jane, {grant(tor.id, 3),
                       {.who = access::Who::authenticated,
                        .deny = true,
                        .privileges = std::uint64_t{1} << 40U,
                        .inverted = true}}) == Changed::done);
    const auto aces = jane.collection()->aces;
    REQUIRE(aces.size() == 2);
    CHECK(aces[0].principal == tor.id.value);
    CHECK(aces[0].privileges == 3);
    CHECK(aces[1].who == access::Who::authenticated);
    CHECK(aces[1].inverted);
    CHECK(aces[1].deny);
    CHECK(aces[1].privileges == std::uint64_t{1} << 40U);
    REQUIRE(set(jane, {grant(tor.id)}) == Changed::done);
    CHECK(jane.collection()->aces.size() == 1);
    REQUIRE(set(jane, {}) == Changed::done);
    CHECK(jane.collection()->aces.empty());
}

TEST_CASE(
    "a write that was decided before the entries changed is decided again, in the whole home") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor;
    const auto before = jane.object("a.ics", "1");
    const auto tasks = jane.collection("tasks");
    REQUIRE(set(jane, {grant(tor.id)}) == Changed::done);
    CHECK(put(jane.db, before).wrote == Wrote::stale);
    CHECK(set_aces(jane.db, jane.id, tasks->id, tasks->acl_seq, "", {}) == Changed::stale);
    CHECK(jane.put("a.ics", "1").wrote == Wrote::created);
}

TEST_CASE(
    "entries about a principal that is gone, or of an object that is not there, change nothing") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor;
    const auto gone = make_group(jane.db);
    REQUIRE(set(jane, {grant(tor.id)}) == Changed::done);
    REQUIRE(delete_principal(jane.db, gone));
    CHECK(set(jane, {grant(tor.id), grant(gone)}) == Changed::stale);
    CHECK(set(jane, {grant(tor.id)}, "none.ics") == Changed::not_found);
    CHECK(jane.collection()->aces.size() == 1);
}

TEST_CASE("an object that gets entries, or loses them, is part of a sync; others are not") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor;
    for (const auto* name : {"a.ics", "b.ics", "c.ics"}) jane.put(name, name);
    const auto changed_by = [&](const std::vector<access::Ace>& aces, const std::string& object) {
        const auto since = jane.collection()->modseq;
        REQUIRE(set(jane, aces, object) == Changed::done);
        std::set<std::string> names;
        const auto end = changes(jane.db, jane.id, jane.collection()->id, since, 100,
                                 [&](const ChangeView& change) { names.emplace(change.name); });
        CHECK(end.modseq == jane.collection()->modseq);
        return names;
    };
    CHECK(changed_by({grant(tor.id)}, "a.ics") == std::set<std::string>{"a.ics"});
    CHECK(jane.collection()->object_aces.at("a.ics").size() == 1);
    CHECK(jane.collection()->aces.empty());
    CHECK(changed_by({grant(tor.id)}, "b.ics") == std::set<std::string>{"b.ics"});
    CHECK(changed_by({grant(tor.id, 2)}, "") == std::set<std::string>{"a.ics", "b.ics"});
    CHECK(changed_by({}, "a.ics") == std::set<std::string>{"a.ics"});
    CHECK_FALSE(jane.collection()->object_aces.contains("a.ics"));
    CHECK(changed_by({}, "") == std::set<std::string>{"b.ics"});
}

TEST_CASE(
    "each object that moves has a number of its own, so that a page of a sync may end there") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor;
    for (const auto* name : {"a.ics", "b.ics", "c.ics"}) {
        jane.put(name, name);
        REQUIRE(set(jane, {grant(tor.id)}, name) == Changed::done);
    }
    auto since = jane.collection()->modseq;
    REQUIRE(set(jane, {grant(tor.id)}) == Changed::done);
    std::set<std::string> names;
    for (int page = 0; page < 3; ++page)
        since = changes(jane.db, jane.id, jane.collection()->id, since, 1,
                        [&](const ChangeView& change) { names.emplace(change.name); })
                    .modseq;
    CHECK(names.size() == 3);
}

TEST_CASE("the entries of an object go with it, and one made anew under its name has none") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor;
    jane.put("a.ics", "1");
    REQUIRE(set(jane, {grant(tor.id)}, "a.ics") == Changed::done);
    const auto other = shared_database().open();
    REQUIRE(other->home(jane.login)->find(jane.collection()->id)->object_aces.size() == 1);
    const auto decided = jane.object("a.ics", "2");
    REQUIRE(jane.erase("a.ics").wrote == Wrote::deleted);
    CHECK(jane.collection()->object_aces.empty());
    CHECK(within_a_second(
        [&] { return other->home(jane.login)->find(jane.collection()->id)->object_aces.empty(); }));
    CHECK(put(jane.db, decided).wrote == Wrote::stale);
    REQUIRE(jane.put("a.ics", "2").wrote == Wrote::created);
    CHECK(jane.collection()->object_aces.empty());
    CHECK(shared_database().query("SELECT count(*) FROM ace WHERE home_id = " +
                                  std::to_string(jane.id.value)) == "0");
}

TEST_CASE("who is named by entries, through groups too, is read again on all nodes") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor, ida, other_one;
    const auto outer = make_group(jane.db);
    const auto inner = make_group(jane.db);
    REQUIRE(add_members(jane.db, outer, {inner, tor.id}));
    REQUIRE(add_members(jane.db, inner, {ida.id, outer}));  // each in the other
    const auto other = shared_database().open();
    const auto known = [&](Database& node, const Someone& whom) {
        return node.cached_home(whom.login) != nullptr;
    };
    for (auto* node : {&jane.db, other.get()})
        for (const auto* who : {&tor, &ida, &other_one}) {
            REQUIRE(node->home(who->login));
            REQUIRE(known(*node, *who));
        }
    REQUIRE(set(jane, {grant(outer)}) == Changed::done);
    CHECK_FALSE(known(jane.db, tor));
    CHECK_FALSE(known(jane.db, ida));
    CHECK(known(jane.db, other_one));
    CHECK(within_a_second([&] { return !known(*other, tor) && !known(*other, ida); }));
    CHECK(known(*other, other_one));

    REQUIRE(jane.db.home(ida.login));
    REQUIRE(set(jane, {}) == Changed::done);  // those who were named before, too
    CHECK_FALSE(known(jane.db, ida));
}

TEST_CASE("a group has the members that it was given, also through groups, and these may be in "
          "each other") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor, ida;
    auto& db = jane.db;
    const auto a = make_group(db);
    const auto b = make_group(db);
    CHECK(set_members(db, a, {jane.id, b}));
    CHECK(add_members(db, b, {tor.id, a}));
    CHECK(logins(members_of(db, a, Reach::direct)).size() == 2);
    CHECK(logins(members_of(db, a, Reach::nested)).size() == 4);  // jane, tor, both groups
    CHECK(groups_of(db, tor.id, Reach::direct).size() == 1);
    CHECK(groups_of(db, tor.id, Reach::nested).size() == 2);
    CHECK(db.home(tor.login)->principal.groups.size() == 2);
    CHECK(set_members(db, a, {ida.id}));
    CHECK(logins(members_of(db, a, Reach::nested)) == std::vector<std::string>{ida.login});
    CHECK(remove_members(db, a, {ida.id, jane.id}));
    CHECK(members_of(db, a, Reach::direct).empty());
    CHECK(db.home(ida.login)->principal.groups.empty());
    CHECK_FALSE(add_members(db, jane.id, {tor.id}));  // no group
    CHECK_FALSE(add_members(db, PrincipalId{1'000'000'000}, {tor.id}));
    CHECK(add_members(db, a, {PrincipalId{1'000'000'000}}));
    CHECK(members_of(db, a, Reach::direct).empty());
}

TEST_CASE("who comes into a group, or leaves it, is known on other nodes within a second") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto group = make_group(jane.db);
    const auto other = shared_database().open();
    REQUIRE(other->home(jane.login)->principal.groups.empty());
    REQUIRE(add_members(jane.db, group, {jane.id}));
    CHECK(jane.db.home(jane.login)->principal.groups.size() == 1);
    CHECK(within_a_second([&] { return other->home(jane.login)->principal.groups.size() == 1; }));
    REQUIRE(remove_members(jane.db, group, {jane.id}));
    CHECK(within_a_second([&] { return other->home(jane.login)->principal.groups.empty(); }));
}

TEST_CASE("the groups of proxies are made once, belong to their owner, and go with him") {
    REQUIRE_POSTGRESQL();
    const Someone jane, tor;
    auto& db = jane.db;
    const auto read = proxy_group(db, jane.id, PrincipalKind::proxy_read);
    REQUIRE(read);
    CHECK(proxy_group(db, jane.id, PrincipalKind::proxy_read) == read);
    CHECK(proxy_group(db, jane.id, PrincipalKind::proxy_write) != read);
    CHECK(db.home(jane.login)->principal.proxy_read == *read);
    REQUIRE(add_members(db, *read, {tor.id}));
    const auto groups = groups_of(db, tor.id, Reach::direct);
    REQUIRE(groups.size() == 1);
    CHECK(groups[0].kind == PrincipalKind::proxy_read);
    CHECK(groups[0].login == jane.login);
    CHECK(groups[0].owner_kind == PrincipalKind::user);
    CHECK(db.home(*read)->principal.owner == jane.id);
    CHECK_FALSE(proxy_group(db, *read, PrincipalKind::proxy_read));  // of no group
    CHECK_FALSE(proxy_group(db, make_group(db), PrincipalKind::proxy_read));
    REQUIRE(delete_principal(db, jane.id));
    CHECK_FALSE(db.home(*read));
    CHECK(db.home(tor.login)->principal.groups.empty());
}

TEST_CASE("principals are found by parts of their names, addresses and logins, in either case") {
    REQUIRE_POSTGRESQL();
    using In = PrincipalTerm::In;
    using How = PrincipalTerm::How;
    auto& db = shared_node();
    for (const auto& [login, name] :
         {std::pair{"zelda", "Zelda 100% Zola"}, {"zeno", "Zeno of Elea"}})
        directory::create_user(db, {.login = login,
                                    .display_name = name,
                                    .addresses = {std::string(login) + "@zz.example"}});
    const auto users = [](In in, How how, const std::string& text) {
        return PrincipalSearch{{PrincipalKind::user}, {{in, how, text}}, false};
    };
    using Logins = std::vector<std::string>;
    const Logins both{"zelda", "zeno"};
    CHECK(found(users(In::name, How::contains, "ZE")) == both);
    CHECK(found(users(In::name, How::contains, "ZE"), 1) == Logins{"zelda"});
    CHECK(found(users(In::name, How::starts_with, "zola")) == Logins{});
    CHECK(found(users(In::name, How::ends_with, "zola")) == Logins{"zelda"});
    CHECK(found(users(In::name, How::equals, "zeno OF elea")) == Logins{"zeno"});
    CHECK(found(users(In::name, How::contains, "%")) == Logins{"zelda"});
    CHECK(found(users(In::name, How::contains, "Z_n")) == Logins{});
    CHECK(found(users(In::address, How::ends_with, "@ZZ.example")) == both);
    CHECK(found(users(In::login, How::equals, "zeno")) == Logins{"zeno"});
    CHECK(found(users(In::anywhere, How::contains, "elda@")) == Logins{"zelda"});
    CHECK(found(users(In::nowhere, How::contains, "z")) == Logins{});
    CHECK(found({{PrincipalKind::group}, {{In::name, How::contains, "ze"}}, false}) == Logins{});
    PrincipalSearch two{{PrincipalKind::user},
                        {{In::name, How::contains, "zola"}, {In::login, How::contains, "zeno"}},
                        false};
    CHECK(found(two) == Logins{});
    two.any_of = true;
    CHECK(found(two) == both);
    const auto zelda = search_principals(db, users(In::login, How::equals, "zelda"), 10);
    REQUIRE(zelda.size() == 1);
    CHECK(zelda[0].addresses == Logins{"zelda@zz.example"});
}
