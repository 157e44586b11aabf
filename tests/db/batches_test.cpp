#include "db/fixture.hpp"
#include "store/database_private.hpp"

#include <chrono>
#include <random>
#include <thread>

using namespace kalends;
using namespace kalends::test;
using store::Wrote;

namespace {

/// What an outcome tells, apart from modseqs, which depend on what was written before.
std::string told(const store::WriteOutcome& outcome) {
    return std::to_string(static_cast<int>(outcome.wrote)) + ' ' + outcome.etag + ' ' +
           outcome.conflicting_name;
}

/// A put of one of a few names and UIDs with one of a few contents, under random conditions.
store::PutObject random_put(const Someone& someone, std::mt19937& random) {
    const auto pick = [&](unsigned below) { return static_cast<unsigned>(random() % below); };
    const auto name = "n" + std::to_string(pick(4));
    auto object =
        someone.object(name, "data" + std::to_string(pick(3)), "uid" + std::to_string(pick(4)));
    if (pick(2) == 0) object.uid = "of " + name;
    object.preconditions.must_exist = pick(5) == 0;
    object.preconditions.must_not_exist = pick(5) == 0;
    if (pick(4) == 0) object.preconditions.if_match = {"etag-data0", "etag-data1"};
    if (pick(4) == 0) object.preconditions.if_none_match = {"etag-data2"};
    if (pick(12) == 0) object.acl_seq = 77;
    return object;
}

std::map<std::string, std::string> contents(const Someone& someone) {
    std::map<std::string, std::string> all;
    store::list_objects(
        someone.db, someone.id, someone.collection()->id, "", 1000, true,
        [&](const store::ObjectView& object) { all.emplace(object.name, object.data); });
    return all;
}

}  // namespace

TEST_CASE("writes that share a transaction come out as if each had been alone") {
    REQUIRE_POSTGRESQL();
    std::mt19937 random{20261121};
    for (int round = 0; round < 30; ++round) {
        const Someone together;
        const Someone alone;
        std::vector<store::PutObject> objects;
        for (int i = 0; i < 20; ++i) objects.push_back(random_put(together, random));

        std::vector<const store::PutObject*> batch;
        for (const auto& object : objects) batch.push_back(&object);
        const auto outcomes = store::put_together(together.db.inner(), batch);
        REQUIRE(outcomes.size() == objects.size());
        std::int64_t last = 1;
        for (std::size_t i = 0; i < objects.size(); ++i) {
            auto object = objects[i];
            object.home = alone.id;
            object.collection = alone.collection()->id;
            const auto expected = store::put(alone.db, object);
            REQUIRE(told(outcomes[i]) == told(expected));
            REQUIRE(outcomes[i].modseq == expected.modseq);
            REQUIRE(outcomes[i].modseq >= last);
            last = outcomes[i].modseq;
        }
        CHECK(contents(together) == contents(alone));
        CHECK(together.collection()->modseq == alone.collection()->modseq);
        CHECK(together.collection()->bytes == alone.collection()->bytes);
        CHECK(together.collection()->object_count ==
              static_cast<std::int64_t>(contents(together).size()));
    }
}

TEST_CASE(
    "writes to several homes share a transaction too, and come out as if each had been alone") {
    REQUIRE_POSTGRESQL();
    std::mt19937 random{20261122};
    for (int round = 0; round < 20; ++round) {
        const std::array<Someone, 3> together;
        const std::array<Someone, 3> alone;
        std::vector<std::size_t> whose;
        std::vector<store::PutObject> objects;
        for (int i = 0; i < 20; ++i) {
            whose.push_back(random() % together.size());
            objects.push_back(random_put(together.at(whose.back()), random));
        }
        std::vector<const store::PutObject*> batch;
        for (const auto& object : objects) batch.push_back(&object);
        const auto outcomes = store::put_together(shared_node().inner(), batch);
        REQUIRE(outcomes.size() == objects.size());
        for (std::size_t i = 0; i < objects.size(); ++i) {
            auto object = objects[i];
            const auto& by_itself = alone.at(whose[i]);
            object.home = by_itself.id;
            object.collection = by_itself.collection()->id;
            const auto expected = store::put(by_itself.db, object);
            REQUIRE(told(outcomes[i]) == told(expected));
            REQUIRE(outcomes[i].modseq == expected.modseq);
        }
        for (std::size_t i = 0; i < together.size(); ++i) {
            CHECK(contents(together.at(i)) == contents(alone.at(i)));
            CHECK(together.at(i).collection()->modseq == alone.at(i).collection()->modseq);
            CHECK(together.at(i).collection()->bytes == alone.at(i).collection()->bytes);
        }
    }
}

TEST_CASE("a collection that another transaction holds keeps nobody else waiting") {
    REQUIRE_POSTGRESQL();
    const auto node = shared_database().open();
    const Someone held{*node};
    const Someone other{*node};
    const auto blocked = held.object("a", "one");
    const auto free = other.object("a", "one");
    std::atomic<bool> holding{true};
    std::jthread holder{[&] {
        shared_database().query("BEGIN; SELECT FROM collection WHERE collection_id = " +
                                std::to_string(blocked.collection.value) +
                                " FOR UPDATE; SELECT pg_sleep(1.5); COMMIT");
        holding = false;
    }};
    std::this_thread::sleep_for(std::chrono::milliseconds{300});
    const auto outcomes = store::put_together(node->inner(), {&blocked, &free});
    CHECK(holding);
    CHECK(outcomes[0].wrote == Wrote::locked);
    CHECK(outcomes[1].wrote == Wrote::created);
    {
        std::vector<std::jthread> writers;
        for (int i = 0; i < 4; ++i)
            writers.emplace_back([&, i] {
                CHECK(held.put("h" + std::to_string(i), "two").wrote == Wrote::created);
            });
        std::this_thread::sleep_for(std::chrono::milliseconds{100});
        CHECK(other.put("b", "two").wrote == Wrote::created);
        CHECK(holding);
    }
    CHECK_FALSE(holding);
    CHECK(held.collection()->object_count == 4);
}

TEST_CASE("many writers to one calendar share transactions, and each gets its own outcome") {
    REQUIRE_POSTGRESQL();
    const auto node = shared_database().open();
    const Someone jane{*node};
    constexpr int writers = 16;
    constexpr int each = 40;
    std::array<int, writers> created{};
    {
        std::vector<std::jthread> threads;
        for (int w = 0; w < writers; ++w)
            threads.emplace_back([&, w] {
                for (int i = 0; i < each; ++i) {
                    const auto name = std::to_string(w) + "-" + std::to_string(i);
                    const auto outcome = jane.put(name, "data " + name);
                    if (outcome.wrote == Wrote::created && outcome.etag == "etag-data " + name)
                        ++created.at(static_cast<std::size_t>(w));
                }
            });
    }
    for (const int count : created) CHECK(count == each);
    CHECK(jane.collection()->object_count == writers * each);
    CHECK(jane.collection()->modseq == 1 + writers * each);
    const auto statistics = node->statistics();
    CHECK(statistics.batched_writes == writers * each);
    CHECK(statistics.batches < statistics.batched_writes / 2);
}

TEST_CASE("one write that the database refuses does not fail those that came with it") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    shared_database().query(R"(
        CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF NEW.data = 'poison' THEN RAISE 'refused'; END IF; RETURN NEW; END $$;
        CREATE TRIGGER refuse BEFORE INSERT ON object FOR EACH ROW EXECUTE FUNCTION refuse())");
    std::atomic<int> refused{0};
    std::atomic<int> stored{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 12; ++i)
            threads.emplace_back([&, i] {
                try {
                    for (int n = 0; n < 10; ++n)
                        stored += jane.put(std::to_string(i) + "-" + std::to_string(n),
                                           i == 5 ? "poison" : "good")
                                              .wrote == Wrote::created
                                      ? 1
                                      : 0;
                } catch (const std::exception&) {
                    ++refused;
                }
            });
    }
    const Someone joe;
    const auto good = jane.object("together", "good");
    const auto poison = joe.object("together", "poison");
    CHECK_THROWS(store::put_together(jane.db.inner(), {&good, &poison}));
    CHECK_FALSE(jane.find("together"));
    CHECK(jane.put("after", "good").wrote == Wrote::created);  // the connection goes on
    shared_database().query("DROP TRIGGER refuse ON object");
    CHECK(refused.load() == 1);
    CHECK(stored.load() == 110);
}
