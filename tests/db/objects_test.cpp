#include "db/fixture.hpp"

#include <latch>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using store::Wrote;

TEST_CASE("what is put is found again byte for byte") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const std::string data =
        "BEGIN:VCALENDAR\r\nSUMMARY:\"Grüße\" \\ {a,NULL} 'x'\r\nEND:VCALENDAR\r\n";
    const auto outcome = jane.put("ä b.ics", data, "uid \"1\"");

    CHECK(outcome.wrote == Wrote::created);
    const auto found = jane.find("ä b.ics");
    REQUIRE(found);
    CHECK(found->data == data);
    CHECK(found->uid == "uid \"1\"");
    CHECK(found->etag == outcome.etag);
    CHECK(found->modseq == outcome.modseq);
    CHECK(found->size == static_cast<std::int64_t>(data.size()));
}

TEST_CASE("a large object is stored whole") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    std::string data;
    while (data.size() < 3'000'000) data += "DESCRIPTION:" + std::to_string(data.size()) + "\r\n";
    CHECK(jane.put("large.ics", data).wrote == Wrote::created);
    CHECK(jane.find("large.ics")->data == data);
}

TEST_CASE("replacing an object moves the collection's modseq and keeps its id") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto first = jane.put("a.ics", "one");
    const auto id = jane.find("a.ics")->id;
    const auto second = jane.put("a.ics", "two!");

    CHECK(second.wrote == Wrote::replaced);
    CHECK(second.modseq > first.modseq);
    CHECK(jane.find("a.ics")->id == id);
    CHECK(jane.collection()->modseq == second.modseq);
    CHECK(jane.collection()->object_count == 1);
    CHECK(jane.collection()->bytes == 4);
}

TEST_CASE("the same bytes again change nothing") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto first = jane.put("a.ics", "one");
    const auto again = jane.put("a.ics", "one");
    CHECK(again.wrote == Wrote::unchanged);
    CHECK(again.modseq == first.modseq);
    CHECK(again.etag == first.etag);

    auto recomputed = jane.object("a.ics", "one");
    recomputed.digest = "v2";
    CHECK(store::put(jane.db, recomputed).wrote == Wrote::replaced);
}

TEST_CASE("RFC 9110 13.1: conditions are checked against what is stored") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto with = [&](const std::string& data, store::Preconditions conditions) {
        auto object = jane.object("a.ics", data);
        object.preconditions = std::move(conditions);
        return store::put(jane.db, object);
    };
    SUBCASE("If-Match: * needs an object") {
        CHECK(with("one", {.must_exist = true}).wrote == Wrote::precondition_failed);
        jane.put("a.ics", "one");
        CHECK(with("two", {.must_exist = true}).wrote == Wrote::replaced);
    }
    SUBCASE("If-None-Match: * needs that there is none") {
        CHECK(with("one", {.must_not_exist = true}).wrote == Wrote::created);
        CHECK(with("two", {.must_not_exist = true}).wrote == Wrote::precondition_failed);
        CHECK(jane.find("a.ics")->data == "one");
    }
    SUBCASE("If-Match with tags needs one of them") {
        CHECK(with("one", {.if_match = {"etag-one"}}).wrote == Wrote::precondition_failed);
        jane.put("a.ics", "one");
        CHECK(with("two", {.if_match = {"x", "y"}}).wrote == Wrote::precondition_failed);
        CHECK(with("two", {.if_match = {"x", "etag-one"}}).wrote == Wrote::replaced);
        const auto stale = with("three", {.if_match = {"etag-one"}});
        CHECK(stale.wrote == Wrote::precondition_failed);
        CHECK(stale.etag == "etag-two");
    }
    SUBCASE("If-None-Match with tags needs none of them") {
        jane.put("a.ics", "one");
        CHECK(with("two", {.if_none_match = {"x", "etag-one"}}).wrote ==
              Wrote::precondition_failed);
        CHECK(with("two", {.if_none_match = {"x"}}).wrote == Wrote::replaced);
    }
    SUBCASE("tags that we cannot have given match nothing, and do no harm") {
        jane.put("a.ics", "one");
        CHECK(with("two", {.if_match = {"\xff\xfe", "a\nb", ""}}).wrote ==
              Wrote::precondition_failed);
    }
}

TEST_CASE("RFC 4791 5.3.2.1: a UID is in a collection once, and an object keeps its UID") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    jane.put("a.ics", "one", "the-uid");
    const auto conflict = jane.put("b.ics", "two", "the-uid");
    CHECK(conflict.wrote == Wrote::uid_conflict);
    CHECK(conflict.conflicting_name == "a.ics");
    CHECK_FALSE(jane.find("b.ics"));

    CHECK(jane.put("a.ics", "two", "another").wrote == Wrote::uid_changed);
    CHECK(jane.find("a.ics")->data == "one");
    CHECK(store::name_of_uid(jane.db, jane.id, jane.collection()->id, "the-uid") == "a.ics");

    jane.erase("a.ics");
    CHECK(jane.put("b.ics", "two", "the-uid").wrote == Wrote::created);
}

TEST_CASE("a UID may be longer than any key of an index") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    std::string uid;
    while (uid.size() < 20'000) uid += std::to_string(uid.size() * 7919);
    CHECK(jane.put("a.ics", "one", uid).wrote == Wrote::created);
    CHECK(jane.put("b.ics", "two", uid).wrote == Wrote::uid_conflict);
    CHECK(store::name_of_uid(jane.db, jane.id, jane.collection()->id, uid) == "a.ics");
}

TEST_CASE("a name that the store cannot hold is the caller's mistake, and is never found") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    CHECK_THROWS_AS(jane.put(std::string(store::max_name_bytes + 1, 'x'), "one"),
                    std::invalid_argument);
    CHECK_THROWS_AS(jane.put("\xff.ics", "one"), std::invalid_argument);
    CHECK_THROWS_AS(jane.put("", "one"), std::invalid_argument);
    CHECK(jane.put(std::string(store::max_name_bytes, 'x'), "one").wrote == Wrote::created);
    CHECK_FALSE(jane.find("\xff.ics"));
    CHECK_FALSE(jane.find(std::string("a\0b", 3)));
    CHECK(jane.erase("\xff.ics").wrote == Wrote::not_found);
}

TEST_CASE("a write that was decided on older access control is refused") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    auto object = jane.object("a.ics", "one");
    object.acl_seq -= 1;
    CHECK(store::put(jane.db, object).wrote == Wrote::stale);
    CHECK_FALSE(jane.find("a.ics"));
    jane.put("a.ics", "one");
    CHECK(store::erase(jane.db, {jane.id, jane.collection()->id, 99, "a.ics", {}}).wrote ==
          Wrote::stale);
    CHECK(jane.find("a.ics"));
}

TEST_CASE("a write to a collection that went away says so") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto object = jane.object("a.ics", "one");
    REQUIRE(store::delete_collection(jane.db, jane.id, object.collection, object.acl_seq) ==
            store::Changed::done);
    CHECK(store::put(jane.db, object).wrote == Wrote::no_collection);
    CHECK(store::erase(jane.db, {jane.id, object.collection, 1, "a.ics", {}}).wrote ==
          Wrote::no_collection);
}

TEST_CASE("a deleted object is gone, and its conditions are checked first") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto put = jane.put("a.ics", "one");
    CHECK(jane.erase("a.ics", {.if_match = {"other"}}).wrote == Wrote::precondition_failed);
    const auto outcome = jane.erase("a.ics", {.if_match = {put.etag}});
    CHECK(outcome.wrote == Wrote::deleted);
    CHECK(outcome.modseq == put.modseq + 1);
    CHECK_FALSE(jane.find("a.ics"));
    CHECK(jane.erase("a.ics").wrote == Wrote::not_found);
    CHECK(jane.erase("a.ics", {.if_match = {put.etag}}).wrote == Wrote::precondition_failed);
    CHECK(jane.collection()->object_count == 0);
    CHECK(jane.collection()->bytes == 0);
}

TEST_CASE("two clients with the same ETag cannot both win, whichever nodes they ask") {
    REQUIRE_POSTGRESQL();
    const auto other_node = shared_database().open();
    const Someone jane;
    auto etag = jane.put("a.ics", "start").etag;
    for (int round = 0; round < 50; ++round) {
        constexpr int clients = 4;
        std::latch start{clients};
        std::array<store::WriteOutcome, clients> outcomes;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < clients; ++i)
                threads.emplace_back([&, i] {
                    auto object =
                        jane.object("a.ics", std::to_string(round) + "-" + std::to_string(i));
                    object.preconditions.if_match = {etag};
                    start.arrive_and_wait();
                    outcomes.at(static_cast<std::size_t>(i)) =
                        store::put(i % 2 == 0 ? jane.db : *other_node, object);
                });
        }
        int won = 0;
        for (const auto& outcome : outcomes) {
            won += outcome.wrote == Wrote::replaced ? 1 : 0;
            if (outcome.wrote == Wrote::replaced) etag = outcome.etag;
        }
        REQUIRE(won == 1);
        jane.db.forget(jane.id);  // what the other node wrote may not be known here yet
        REQUIRE(jane.find("a.ics")->etag == etag);
    }
}

TEST_CASE("RFC 4331 6: a quota counts the whole home, also what another node has just written") {
    REQUIRE_POSTGRESQL();
    const auto other = shared_database().open();
    const Someone jane;
    REQUIRE(other->home(jane.login));
    const auto put = [&](store::Database& db, const std::string& name, std::size_t size,
                         const std::string& collection = "calendar") {
        auto object = jane.object(name, std::string(size, 'x'));
        object.collection = jane.collection(collection)->id;
        object.etag = name + std::to_string(size);
        object.quota = 1000;
        return store::put(db, object).wrote;
    };
    CHECK(put(jane.db, "a.ics", 600) == Wrote::created);
    CHECK(put(*other, "b.ics", 401) == Wrote::no_room);
    CHECK(put(*other, "c.ics", 401, "tasks") == Wrote::no_room);
    CHECK(put(*other, "c.ics", 400, "tasks") == Wrote::created);
    CHECK(put(jane.db, "d.ics", 1) == Wrote::no_room);
    CHECK(put(jane.db, "a.ics", 601) == Wrote::no_room);
    CHECK(put(jane.db, "a.ics", 500) == Wrote::replaced);
    CHECK(put(jane.db, "a.ics", 600) == Wrote::replaced);
    CHECK_FALSE(jane.find("d.ics"));
    auto more = jane.object("a.ics", std::string(700, 'x'));
    more.etag = "more";
    CHECK(store::put(jane.db, more).wrote == Wrote::replaced);  // nobody asked for a quota
    CHECK(put(jane.db, "a.ics", 650) == Wrote::replaced);       // still too much, but less
}

TEST_CASE("objects are listed by name in pages, and found by names") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    for (int i = 0; i < 25; ++i)
        jane.put("n" + std::to_string(100 + i), "data " + std::to_string(i));
    std::vector<std::string> listed;
    std::string after;
    for (;;) {
        const auto count = store::list_objects(jane.db, jane.id, jane.collection()->id, after, 10,
                                               false, [&](const store::ObjectView& object) {
                                                   listed.emplace_back(object.name);
                                                   CHECK(object.data.empty());
                                               });
        if (count > 0) after = listed.back();
        if (count < 10) break;
    }
    REQUIRE(listed.size() == 25);
    CHECK(std::is_sorted(listed.begin(), listed.end()));

    std::set<std::string> found;
    const std::vector<std::string> wanted{"n100", "missing", "n124", "\xff", "{\"n\\101"};
    store::find_objects(jane.db, jane.id, jane.collection()->id, wanted,
                        [&](const store::ObjectView& object) {
                            CHECK_FALSE(object.data.empty());
                            found.emplace(object.name);
                        });
    CHECK(found == std::set<std::string>{"n100", "n124"});
}

TEST_CASE("bytes come back as they were, whatever they are, by every way to an object") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    std::string all(256, '\0');
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<char>(i);
    const std::map<std::string, std::string> objects{{"all", all},
                                                     {"fold", "SUMMARY:M\xC3\r\n \xBCnchen\r\n"},
                                                     {"hex", "\\x4142"},
                                                     {"literal", "{\"a\\\\\",NULL}"},
                                                     {"large", std::string(2'000'000, '\xff')}};
    const auto put = [&](const std::string& name, const std::string& data) {
        auto object = jane.object(name, data);
        object.etag = name;
        return store::put(jane.db, object).wrote;
    };
    for (const auto& [name, data] : objects) REQUIRE(put(name, data) == Wrote::created);
    for (const auto& [name, data] : objects) CHECK(put(name, data) == Wrote::unchanged);

    const auto node = shared_database().open();  // nothing is in its memory yet
    const auto in = jane.collection()->id;
    std::map<std::string, std::string> got;
    const store::ObjectSink take = [&](const store::ObjectView& object) {
        CHECK(object.size == static_cast<std::int64_t>(object.data.size()));
        got.emplace(object.name, object.data);
    };
    store::list_objects(*node, jane.id, in, "", 10, true, take);
    CHECK(got == objects);
    got.clear();
    store::find_candidates(*node, jane.id, in, {}, 0, 10, take);
    CHECK(got == objects);
    got.clear();
    store::find_objects(*node, jane.id, in, std::vector<std::string>{"all", "fold"}, take);
    CHECK(got.size() == 2);
    CHECK(got["all"] == all);
    for (const auto& [name, data] : objects) {
        const auto found = store::find_object(*node, jane.id, in, name);
        REQUIRE(found);
        CHECK(found->data == data);
    }
}

TEST_CASE("homes do not see each other's objects") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const Someone john;
    jane.put("a.ics", "one", "same");
    CHECK_FALSE(john.find("a.ics"));
    CHECK(john.put("a.ics", "two", "same").wrote == Wrote::created);
    CHECK_FALSE(store::find_object(john.db, john.id, jane.collection()->id, "a.ics"));
}
