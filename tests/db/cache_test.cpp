#include "base/clock.hpp"
#include "store/cache_private.hpp"

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace kalends;
using namespace std::chrono_literals;
using store::Cache;

namespace {

store::HomePtr home(std::int64_t id, std::int64_t modseq) {
    auto collection = std::make_shared<store::Collection>();
    collection->id = {10 * id};
    collection->home = {id};
    collection->modseq = modseq;
    auto result = std::make_shared<store::Home>();
    result->principal.id = {id};
    result->principal.login = "user" + std::to_string(id);
    result->collections.push_back(std::move(collection));
    result->arrange();
    return result;
}

store::ContentChange change(std::int64_t id, std::int64_t modseq) {
    return {.home = {id},
            .collection = {10 * id},
            .modseq = modseq,
            .object_count = modseq,
            .bytes = 0,
            .modified = 0};
}

std::int64_t modseq_of(const store::HomePtr& home) {
    return home ? home->collections.at(0)->modseq : -1;
}

/// A cache that is current for the whole test.
struct Current {
    explicit Current(std::size_t max_homes = 100) : cache(max_homes, 1h) {
        cache.set_current(clock::steady());
    }
    void fill(std::int64_t id, std::int64_t modseq) {
        const auto read = home(id, modseq);
        cache.finish_fill(cache.begin_fill(), read->principal.login, read);
    }
    Cache cache;
};

}  // namespace

TEST_CASE("cache: a change moves a home forward and never back") {
    Current c;
    c.fill(1, 5);
    c.cache.apply(change(1, 7));
    CHECK(modseq_of(c.cache.find("user1")) == 7);
    c.cache.apply(change(1, 6));
    CHECK(modseq_of(c.cache.find("user1")) == 7);
    CHECK(modseq_of(c.cache.find(store::PrincipalId{1})) == 7);
    c.cache.apply(change(2, 9));
    CHECK_FALSE(c.cache.find("user2"));
}

TEST_CASE("cache: what was read while a change was told has the change") {
    Current c;
    const auto fill = c.cache.begin_fill();
    c.cache.apply(change(1, 7));
    c.cache.apply(change(2, 99));
    CHECK(modseq_of(c.cache.finish_fill(fill, "user1", home(1, 5))) == 7);
    CHECK(modseq_of(c.cache.find("user1")) == 7);
}

TEST_CASE("cache: what was read before a home was forgotten is not kept") {
    Current c;
    const auto fill = c.cache.begin_fill();
    const auto other = c.cache.begin_fill();
    c.cache.forget({1});
    CHECK(c.cache.finish_fill(fill, "user1", home(1, 5)));
    CHECK_FALSE(c.cache.find("user1"));
    c.cache.finish_fill(other, "user2", home(2, 5));
    CHECK(c.cache.find("user2"));
}

TEST_CASE("cache: what was read before everything was forgotten is not kept") {
    Current c;
    c.fill(2, 1);
    const auto fill = c.cache.begin_fill();
    c.cache.clear();
    c.cache.finish_fill(fill, "user1", home(1, 5));
    CHECK_FALSE(c.cache.find("user1"));
    CHECK_FALSE(c.cache.find("user2"));
    CHECK(c.cache.size() == 0);
}

TEST_CASE("cache: a change of a collection that the home does not know makes it be read again") {
    Current c;
    c.fill(1, 5);
    auto unknown = change(1, 7);
    unknown.collection = {77};
    const auto fill = c.cache.begin_fill();
    c.cache.apply(unknown);
    CHECK_FALSE(c.cache.find("user1"));
    c.cache.finish_fill(fill, "user1", home(1, 5));
    CHECK_FALSE(c.cache.find("user1"));
}

TEST_CASE("cache: more changes than a reading can remember make it be read again") {
    Current c;
    const auto fill = c.cache.begin_fill();
    for (std::int64_t i = 0; i < 5000; ++i) c.cache.apply(change(3, i));
    c.cache.finish_fill(fill, "user1", home(1, 5));
    CHECK_FALSE(c.cache.find("user1"));
}

TEST_CASE("cache: of two readings the second does not undo what was told after the first") {
    Current c;
    const auto slow = c.cache.begin_fill();
    c.fill(1, 5);
    c.cache.apply(change(1, 8));
    c.cache.finish_fill(slow, "user1", home(1, 5));
    CHECK(modseq_of(c.cache.find("user1")) == 8);
}

TEST_CASE("cache: the home that was used longest ago goes first, with all its logins") {
    Current c{2};
    c.fill(1, 1);
    c.fill(2, 1);
    c.cache.finish_fill(c.cache.begin_fill(), "formerly", home(1, 1));
    CHECK(c.cache.find("user1"));
    CHECK(c.cache.find("formerly"));
    c.fill(3, 1);
    CHECK(c.cache.find("formerly"));
    CHECK_FALSE(c.cache.find("user2"));
    c.cache.forget({1});
    CHECK_FALSE(c.cache.find("formerly"));
    CHECK_FALSE(c.cache.find("user1"));
    CHECK(c.cache.size() == 1);
}

TEST_CASE("cache: nothing is given when the last look at others' changes is too long ago") {
    Cache cache{100, 50ms};
    cache.set_current(clock::steady());
    cache.finish_fill(cache.begin_fill(), "user1", home(1, 5));
    CHECK(cache.find("user1"));
    std::this_thread::sleep_for(60ms);
    CHECK_FALSE(cache.find("user1"));
    CHECK_FALSE(cache.find(store::PrincipalId{1}));
    cache.set_current(clock::steady());
    CHECK(cache.find("user1"));
}
