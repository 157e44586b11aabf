#include "db/fixture.hpp"

using namespace kalends;
using namespace kalends::test;
using store::Changed;

namespace {

store::StoredProperty property(const std::string& local, const std::string& text) {
    return {"urn:x", local, "<" + local + ">" + text + "</" + local + ">", text};
}

}  // namespace

TEST_CASE("a collection is made with its properties, and its name is then taken for any kind") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto before = jane.db.home(jane.login)->modseq;
    CHECK(store::create_collection(jane.db, {.home = jane.id,
                                             .kind = store::CollectionKind::calendar,
                                             .name = "wörk",
                                             .components = store::vevent,
                                             .properties = {property("color", "red")}}) ==
          Changed::done);
    const auto home = jane.db.home(jane.login);
    CHECK(home->modseq > before);
    const auto made = home->find(store::CollectionKind::calendar, "wörk");
    REQUIRE(made);
    CHECK(made->components == store::vevent);
    CHECK(made->property("urn:x", "color")->text == "red");
    CHECK(made->uuid.size() == 36);
    CHECK(store::create_collection(jane.db, {.home = jane.id,
                                             .kind = store::CollectionKind::addressbook,
                                             .name = "wörk",
                                             .components = 0,
                                             .properties = {}}) == Changed::exists);
    CHECK(store::create_collection(jane.db, {.home = {987654321},
                                             .kind = store::CollectionKind::calendar,
                                             .name = "x",
                                             .components = 0,
                                             .properties = {}}) == Changed::not_found);
}

TEST_CASE("a collection is not made on a decision about its parent that has become stale") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto parent = jane.db.home(jane.login)->root(store::CollectionKind::file_home);
    const auto make = [&](std::int64_t acl_seq) {
        return store::create_collection(jane.db, {.home = jane.id,
                                                  .parent = parent->id,
                                                  .kind = store::CollectionKind::folder,
                                                  .name = "docs",
                                                  .parent_acl_seq = acl_seq});
    };
    CHECK(make(parent->acl_seq + 1) == Changed::stale);
    CHECK_FALSE(jane.db.home(jane.login)->child(parent->id, "docs"));
    CHECK(make(parent->acl_seq) == Changed::done);
}

TEST_CASE("properties are set and removed together, and of two settings the last counts") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto in = jane.collection();
    const auto change = [&](const store::PropertyChanges& changes) {
        return store::change_properties(jane.db, jane.id, in->id, in->acl_seq, changes);
    };
    CHECK(change({{property("a", "1"), property("b", "1"), property("a", "2")}, {}}) ==
          Changed::done);
    CHECK(jane.collection()->property("urn:x", "a")->text == "2");
    CHECK(change({{property("b", "3")}, {{"urn:x", "a"}, {"urn:x", "never set"}}}) ==
          Changed::done);
    CHECK_FALSE(jane.collection()->property("urn:x", "a"));
    CHECK(jane.collection()->property("urn:x", "b")->xml == "<b>3</b>");
    CHECK(jane.collection()->properties.size() == 2);  // and displayname

    CHECK(store::change_properties(jane.db, jane.id, in->id, in->acl_seq + 1,
                                   {{property("b", "4")}, {}}) == Changed::stale);
    CHECK(store::change_properties(jane.db, jane.id, {1'000'000}, 1, {{property("b", "4")}, {}}) ==
          Changed::not_found);
    CHECK(jane.collection()->property("urn:x", "b")->text == "3");
}

TEST_CASE("a property may be long in every part") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto in = jane.collection();
    const store::StoredProperty large{std::string(9000, 'n'), std::string(9000, 'l'),
                                      std::string(90000, 'x'), "é\"\\{},"};
    REQUIRE(store::change_properties(jane.db, jane.id, in->id, in->acl_seq, {{large}, {}}) ==
            Changed::done);
    REQUIRE(store::change_properties(jane.db, jane.id, in->id, in->acl_seq, {{large}, {}}) ==
            Changed::done);
    const auto* found = jane.collection()->property(large.ns, large.local);
    REQUIRE(found);
    CHECK(found->xml == large.xml);
    CHECK(found->text == large.text);
}

TEST_CASE("properties of an object are part of what a sync gives, and go with the object") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto put = jane.put("a", "1");
    const auto in = jane.collection();
    const auto change = [&](const std::string& name, std::int64_t acl_seq) {
        return store::change_object_properties(jane.db, jane.id, in->id, acl_seq, name,
                                               {{property("p", "v")}, {}});
    };
    CHECK(change("a", in->acl_seq) == Changed::done);
    CHECK(change("b", in->acl_seq) == Changed::not_found);
    CHECK(change("a", in->acl_seq + 1) == Changed::stale);
    const auto object = *jane.find("a");
    CHECK(object.modseq > put.modseq);
    CHECK(object.etag == put.etag);
    CHECK(jane.collection()->modseq == object.modseq);
    const auto properties = store::object_properties(jane.db, jane.id, object.id);
    REQUIRE(properties.size() == 1);
    CHECK(properties[0].text == "v");
    CHECK_FALSE(jane.collection()->property("urn:x", "p"));

    jane.erase("a");
    CHECK(store::object_properties(jane.db, jane.id, object.id).empty());
}

TEST_CASE("a deleted collection is gone with all that was in it; one of the same name is another") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    for (int i = 0; i < 30; ++i) jane.put(std::to_string(i), "1");
    jane.erase("3");
    const auto old = jane.collection();
    CHECK(store::delete_collection(jane.db, jane.id, old->id, old->acl_seq + 1) == Changed::stale);
    CHECK(store::delete_collection(jane.db, jane.id, old->id, old->acl_seq, old->modseq - 1) ==
          Changed::stale);
    CHECK(store::delete_collection(jane.db, jane.id, old->id, old->acl_seq) == Changed::done);
    CHECK_FALSE(jane.collection());
    CHECK(store::delete_collection(jane.db, jane.id, old->id, old->acl_seq) == Changed::not_found);
    for (const auto* table : {"object", "tombstone", "property", "ace"})
        CHECK(shared_database().query(std::string("SELECT count(*) FROM ") + table +
                                      " WHERE collection_id = " + std::to_string(old->id.value)) ==
              "0");
    REQUIRE(store::create_collection(jane.db, {.home = jane.id,
                                               .kind = store::CollectionKind::calendar,
                                               .name = "calendar",
                                               .components = store::vevent,
                                               .properties = {}}) == Changed::done);
    CHECK(jane.collection()->id != old->id);
    CHECK(jane.collection()->uuid != old->uuid);
    CHECK(jane.put("0", "1").wrote == store::Wrote::created);
}

TEST_CASE("a deleted user is gone with all that it owned") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    jane.put("a", "1");
    CHECK(store::delete_principal(jane.db, jane.id));
    CHECK_FALSE(store::delete_principal(jane.db, jane.id));
    CHECK_FALSE(jane.db.home(jane.login));
    for (const auto* table : {"home", "collection", "object"})
        CHECK(shared_database().query(std::string("SELECT count(*) FROM ") + table +
                                      " WHERE home_id = " + std::to_string(jane.id.value)) == "0");
}
