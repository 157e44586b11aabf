#include "db/fixture.hpp"

#include <random>

using namespace kalends;
using namespace kalends::test;

namespace {

std::set<std::string> names(const Someone& someone, const store::Candidates& wanted,
                            std::size_t page = 1000, const std::string& in = "calendar") {
    std::set<std::string> found;
    std::int64_t after = 0;
    do {
        after = store::find_candidates(someone.db, someone.id, someone.collection(in)->id, wanted,
                                       after, page, [&](const store::ObjectView& object) {
                                           CHECK(found.emplace(object.name).second);
                                           CHECK(object.id > after);
                                       });
    } while (after != 0);
    return found;
}

constexpr std::int64_t day = 86'400;

/// Bounds as they come: short, of some days around the limit of a week, endless, a point, before
/// 1970.
store::TimeBounds random_bounds(std::mt19937_64& random) {
    const auto within = [&](std::int64_t from, std::int64_t to) {
        return std::uniform_int_distribution<std::int64_t>{from, to}(random);
    };
    store::TimeBounds time;
    time.first_start = within(-400 * day, 400 * day);
    switch (within(0, 5)) {
    case 0:
        time.last_end = time.first_start;
        break;
    case 1:
        time.last_end = time.first_start + within(6 * day, 8 * day);
        break;
    case 2:
        time.last_end = time.first_start + 7 * day;
        break;
    case 3:
        time.last_end = store::TimeBounds::infinite;
        break;
    default:
        time.last_end = time.first_start + within(1, 4 * 3600);
        break;
    }
    time.recurring = within(0, 4) == 0;
    return time;
}

}  // namespace

TEST_CASE("candidates of a time range are all that overlap it, and little more") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    std::mt19937_64 random{4791};
    std::map<std::string, std::optional<store::TimeBounds>> stored;
    for (int i = 0; i < 600; ++i) {
        auto object = jane.object("n" + std::to_string(i), std::to_string(i));
        object.time = i % 20 == 0 ? std::nullopt : std::optional{random_bounds(random)};
        stored[object.name] = object.time;
        REQUIRE(store::put(jane.db, object).wrote == store::Wrote::created);
    }
    for (int i = 0; i < 200; ++i) {
        const auto from =
            std::uniform_int_distribution<std::int64_t>{-410 * day, 410 * day}(random);
        const auto to = from + std::uniform_int_distribution<std::int64_t>{1, 40 * day}(random);
        std::set<std::string> must;
        std::set<std::string> may;
        for (const auto& [name, time] : stored) {
            if (!time || (time->first_start < to && time->last_end >= from)) may.insert(name);
            if (!time ||
                (time->first_start < to && (time->last_end > from || time->first_start >= from)))
                must.insert(name);
        }
        const auto found =
            names(jane, {.overlapping = std::pair{from, to}}, i % 2 == 0 ? 17 : 1000);
        REQUIRE(std::includes(found.begin(), found.end(), must.begin(), must.end()));
        REQUIRE(std::includes(may.begin(), may.end(), found.begin(), found.end()));
    }
}

TEST_CASE("an event is a candidate up to its last second, however long it is") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    constexpr std::int64_t start = 1000 * day;
    for (const std::int64_t length :
         {0 * day, 1 * day, 7 * day - 1, 7 * day, 7 * day + 1, 30 * day})
        for (const bool recurring : {false, true}) {
            auto object = jane.object("n", std::to_string(length) + (recurring ? "r" : ""));
            object.time = store::TimeBounds{start, start + length, recurring};
            REQUIRE(store::put(jane.db, object).wrote != store::Wrote::stale);
            CHECK(names(jane, {.overlapping = std::pair{start + length - 1, start + length}})
                      .size() == (length == 0 ? 0U : 1U));
            CHECK(names(jane, {.overlapping = std::pair{start + length - 1, start + length + 1}})
                      .size() == 1);
            CHECK(names(jane, {.overlapping = std::pair{start, start + 1}}).size() == 1);
            CHECK(names(jane, {.overlapping = std::pair{start - 1, start}}).empty());
            CHECK(names(jane, {.overlapping = std::pair{start + length + 1, start + length + 2}})
                      .empty());
        }
}

TEST_CASE("a time range may reach from the beginning to the end of time") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    auto object = jane.object("a", "1");
    object.time = store::TimeBounds{INT64_MIN, store::TimeBounds::infinite, true};
    REQUIRE(store::put(jane.db, object).wrote == store::Wrote::created);
    jane.put("b", "1");
    CHECK(names(jane, {.overlapping = std::pair{INT64_MIN, INT64_MAX}}).size() == 2);
    CHECK(names(jane, {.overlapping = std::pair{INT64_MIN, INT64_MIN + 1}}).empty());
    CHECK(names(jane, {.overlapping = std::pair{INT64_MAX - 1, INT64_MAX}}) ==
          std::set<std::string>{"a"});
}

TEST_CASE("candidates may be narrowed by component and by a part of the UID") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    auto todo = jane.object("todo", "1", "Mixed%Case_1");
    todo.component = "VTODO";
    todo.time.reset();
    store::put(jane.db, todo);
    jane.put("event", "1", "mixedXcase2");
    CHECK(names(jane, {}) == std::set<std::string>{"event", "todo"});
    CHECK(names(jane, {.component = "VTODO"}) == std::set<std::string>{"todo"});
    CHECK(names(jane, {.uid_contains = "iXeD%c"}) == std::set<std::string>{"todo"});
    CHECK(names(jane, {.uid_contains = "mixed"}).size() == 2);
    CHECK(names(jane, {.component = "VEVENT", .uid_contains = "case"}) ==
          std::set<std::string>{"event"});
    CHECK(names(jane, {.uid_contains = "\xff"}).empty());
}

TEST_CASE("data and digest come where they are asked for") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    auto object = jane.object("a", "the data");
    object.digest = "the digest";
    store::put(jane.db, object);
    for (const bool data : {false, true})
        for (const bool digest : {false, true})
            store::find_candidates(jane.db, jane.id, jane.collection()->id,
                                   {.with_data = data, .with_digest = digest}, 0, 10,
                                   [&](const store::ObjectView& found) {
                                       CHECK(found.data == (data ? "the data" : ""));
                                       CHECK(found.digest == (digest ? "the digest" : ""));
                                       CHECK(found.size == 8);
                                   });
}

TEST_CASE("candidates of a search have every part that was asked for") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto book = jane.collection("contacts");
    const std::map<std::string, std::string> cards{
        {"anna", "anna schmidt\nanna@example.com"},
        {"bert", "bert schmid_\nb%t@example.com"},
        {"zoe", "zoë \\ o'hara \"z\""},
    };
    for (const auto& [name, search] : cards) {
        auto card = jane.object(name, name);
        card.collection = book->id;
        card.component = "VCARD";
        card.time.reset();
        card.search = search;
        REQUIRE(store::put(jane.db, card).wrote == store::Wrote::created);
    }
    const auto search = [&](std::vector<std::string> parts) {
        return names(jane, {.search_contains = std::move(parts)}, 1000, "contacts");
    };
    CHECK(search({"schmid"}) == std::set<std::string>{"anna", "bert"});
    CHECK(search({"schmid", "anna@"}) == std::set<std::string>{"anna"});
    CHECK(search({"schmid_"}) == std::set<std::string>{"bert"});
    CHECK(search({"b%t"}) == std::set<std::string>{"bert"});
    CHECK(search({"\\"}) == std::set<std::string>{"zoe"});
    CHECK(search({"ë"}) == std::set<std::string>{"zoe"});
    CHECK(search({"z"}) == std::set<std::string>{"zoe"});
    CHECK(search({"nobody"}).empty());
    CHECK(search({""}).size() == 3);
}

TEST_CASE("time ranges and searches are served by their indexes") {
    REQUIRE_POSTGRESQL();
    const auto plan = [](const std::string& sql) {
        return shared_database().query(
            "SET enable_seqscan = off; CREATE OR REPLACE FUNCTION plan_of(q text) RETURNS "
            "text LANGUAGE plpgsql AS $$ DECLARE j json; BEGIN EXECUTE 'EXPLAIN (FORMAT "
            "JSON) ' || q INTO j; RETURN j; END $$; SELECT plan_of($q$" +
            sql + "$q$)");
    };
    CHECK(plan("SELECT name FROM object WHERE home_id = 1 AND collection_id = 1 AND first_start IS "
               "NOT NULL AND NOT "
               "recurring AND last_end <= first_start + 604800 AND first_start >= 0 AND "
               "first_start < 9")
              .find("object_short") != std::string::npos);
    CHECK(
        plan("SELECT name FROM object WHERE home_id = 1 AND collection_id = 1 AND first_start IS "
             "NOT NULL AND "
             "(recurring OR last_end > first_start + 604800) AND last_end >= 5 AND first_start < 9")
            .find("object_long") != std::string::npos);
}
