#include "db/fixture.hpp"

using namespace kalends;
using namespace kalends::test;

TEST_CASE("a new user has a calendar, a task list and an address book") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto home = jane.db.home(jane.login);
    REQUIRE(home);
    CHECK(home->principal.addresses == std::vector<std::string>{jane.login + "@example.com"});
    REQUIRE(home->collections.size() == 5);
    const auto calendar = home->find(store::CollectionKind::calendar, "calendar");
    REQUIRE(calendar);
    const unsigned expected = store::vevent | store::vtodo | store::vjournal;
    CHECK((calendar->components & expected) == expected);
    CHECK(calendar->property("DAV:", "displayname")->text == "Calendar");
    CHECK(home->find(store::CollectionKind::calendar, "tasks")->components == store::vtodo);
    CHECK(home->find(store::CollectionKind::addressbook, "contacts"));
    CHECK_FALSE(home->find(store::CollectionKind::calendar, "contacts"));
}

TEST_CASE("a collection is found by its id, and what it is in, wherever it is in the tree") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    auto parent = jane.db.home(jane.login)->root(store::CollectionKind::file_home)->id;
    const auto make = [&](const std::string& name) {
        REQUIRE(store::create_collection(jane.db, {.home = jane.id,
                                                   .parent = parent,
                                                   .kind = store::CollectionKind::folder,
                                                   .name = name}) == store::Changed::done);
    };
    for (const auto* name : {"z", "m", "a"}) {  // each before the one that it is in
        make("other");
        make(name);
        parent = jane.db.home(jane.login)->child(parent, name)->id;
    }
    const auto home = jane.db.home(jane.login);
    for (const auto& each : home->collections) CHECK(home->find(each->id) == each);
    for (const auto& each : home->roots) CHECK(home->find(each->id) == each);
    CHECK_FALSE(home->find(store::CollectionId{0}));
    CHECK_FALSE(home->find(store::CollectionId{parent.value + 1}));
    const auto top = home->find(home->find(home->find(parent)->parent)->parent);
    CHECK(top->name == "z");
    CHECK(home->is_in(parent, top->id));
    CHECK(home->is_in(parent, parent));
    CHECK_FALSE(home->is_in(top->id, parent));
}

TEST_CASE("a former login leads to the home of who had it") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto id = std::to_string(jane.id.value);
    shared_database().query("INSERT INTO login_alias VALUES ('formerly" + id + "', " + id + ")");
    const auto home = jane.db.home("formerly" + id);
    REQUIRE(home);
    CHECK(home->principal.login == jane.login);
    CHECK_THROWS_AS(directory::create_user(jane.db, {.login = "formerly" + id}),
                    directory::InvalidAccount);
}

TEST_CASE("groups are found through other groups, also when these contain each other") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto group = [&](const std::string& name) {
        return *store::create_principal(
            jane.db, {.kind = store::PrincipalKind::group, .login = name + jane.login});
    };
    const auto inner = group("inner");
    const auto outer = group("outer");
    const auto other = group("other");
    const auto member = [&](store::PrincipalId of, store::PrincipalId who) {
        shared_database().query("INSERT INTO principal_member VALUES (" + std::to_string(of.value) +
                                ", " + std::to_string(who.value) + ")");
    };
    member(inner, jane.id);
    member(outer, inner);
    member(inner, outer);
    jane.db.forget(jane.id);
    CHECK(jane.db.home(jane.login)->principal.groups == std::vector{inner, outer});
    CHECK(jane.db.home(other)->principal.groups.empty());
}

TEST_CASE("access control entries come in their order") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto in = jane.collection();
    const auto key = std::to_string(jane.id.value) + ", " + std::to_string(in->id.value);
    shared_database().query(
        "INSERT INTO ace (home_id, collection_id, position, subject, principal_id, inverted, deny, "
        "privileges) VALUES (" +
        key + ", 2, 3, NULL, false, false, 512), (" + key + ", 1, 0, " +
        std::to_string(jane.id.value) + ", true, true, 1)");
    jane.db.forget(jane.id);
    const auto aces = jane.collection()->aces;
    REQUIRE(aces.size() == 2);
    CHECK(aces[0].who == access::Who::principal);
    CHECK(aces[0].principal == jane.id.value);
    CHECK(aces[0].inverted);
    CHECK(aces[0].deny);
    CHECK_FALSE(aces[1].inverted);
    CHECK(aces[1].who == access::Who::authenticated);
    CHECK(aces[1].privileges == 512);
}

TEST_CASE("a login and an address belong to one principal") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    CHECK_THROWS_AS(directory::create_user(jane.db, {.login = jane.login}),
                    directory::InvalidAccount);
    const auto another = Someone::new_login();
    CHECK_THROWS_AS(directory::create_user(
                        jane.db, {.login = another, .addresses = {jane.login + "@EXAMPLE.com"}}),
                    directory::InvalidAccount);
    CHECK_FALSE(jane.db.home(another));
    CHECK(store::principal_of_address(jane.db, jane.login + "@example.com") == jane.id);
    CHECK_FALSE(store::principal_of_address(jane.db, "nobody@example.com"));
}

TEST_CASE("accounts that cannot be are refused with a sentence") {
    REQUIRE_POSTGRESQL();
    auto& db = shared_node();
    for (const std::string login : {"", "a b", "a/b", "a:b", "..", "tab\t", "\xff"})
        CHECK_THROWS_AS(directory::create_user(db, {.login = login}), directory::InvalidAccount);
    for (const std::string address : {"", "nobody", "@x", "x@", "a b@x", "a\n@x"})
        CHECK_THROWS_AS(directory::create_user(db, {.login = "fine", .addresses = {address}}),
                        directory::InvalidAccount);
    CHECK_FALSE(db.home("fine"));
}

TEST_CASE("principals are listed by login in pages") {
    REQUIRE_POSTGRESQL();
    TestDatabase own;
    const auto node = own.open();
    for (const auto* login : {"carl", "anna", "bert"})
        directory::create_user(*node,
                               {.login = login, .addresses = {std::string(login) + "@x.org"}});
    const auto first = store::list_principals(*node, store::PrincipalKind::user, "", 2);
    REQUIRE(first.size() == 2);
    CHECK(first[0].login == "anna");
    CHECK(first[0].addresses == std::vector<std::string>{"anna@x.org"});
    const auto rest = store::list_principals(*node, store::PrincipalKind::user, first[1].login, 2);
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].login == "carl");
    CHECK(store::list_principals(*node, store::PrincipalKind::group, "", 10).empty());
}

TEST_CASE("the cache is bounded, and a home that was dropped from it is read again") {
    REQUIRE_POSTGRESQL();
    auto settings = shared_database().settings();
    settings.cached_homes = 2;
    store::Database node{settings};
    std::vector<Someone> people;
    for (int i = 0; i < 5; ++i) people.emplace_back(node);
    for (int round = 0; round < 3; ++round)
        for (const auto& person : people) CHECK(node.home(person.login)->principal.id == person.id);
    CHECK(node.statistics().cached_homes == 2);
    CHECK_FALSE(node.home("nobody at all"));
    CHECK_FALSE(node.home("\xff"));
    CHECK_FALSE(node.home(store::PrincipalId{987654321}));
}
