#include "db/fixture.hpp"

#include <thread>

using namespace kalends;
using namespace kalends::test;

namespace {

struct Answer {
    store::ChangesEnd end;
    std::vector<std::string> entries;  // "name", "-name" for a deletion
};

Answer ask(const Someone& someone, std::int64_t since, std::size_t limit = 1000,
           std::optional<std::int64_t> begun = std::nullopt) {
    Answer answer;
    std::int64_t last = since;
    answer.end = store::changes(
        someone.db, someone.id, someone.collection()->id, since, limit,
        [&](const store::ChangeView& change) {
            CHECK(change.modseq > last);
            CHECK(change.etag.empty() == change.deleted);
            last = change.modseq;
            answer.entries.push_back((change.deleted ? "-" : "") + std::string(change.name));
        },
        begun);
    return answer;
}

using Entries = std::vector<std::string>;

}  // namespace

TEST_CASE("RFC 6578 3.4: the first sync gives what is there and no deletions") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    jane.put("a", "1");
    jane.put("b", "1");
    jane.erase("a");
    const auto answer = ask(jane, 0);
    CHECK(answer.end.valid);
    CHECK(answer.end.complete);
    CHECK(answer.entries == Entries{"b"});
    CHECK(answer.end.modseq == jane.collection()->modseq);
    CHECK(answer.end.current == answer.end.modseq);
}

TEST_CASE("RFC 6578 3.5: later syncs give changes and deletions once, oldest first") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    jane.put("a", "1");
    jane.put("b", "1");
    const auto token = jane.put("c", "1").modseq;
    CHECK(ask(jane, token).entries.empty());
    CHECK(ask(jane, token).end.modseq == token);
    jane.put("b", "2");
    jane.erase("a");
    jane.put("d", "1");
    jane.put("d", "2");
    CHECK(ask(jane, token).entries == Entries{"b", "-a", "d"});
}

TEST_CASE("an object that was deleted and made again is no deletion") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto token = jane.put("a", "1").modseq;
    jane.erase("a");
    CHECK(ask(jane, token).entries == Entries{"-a"});
    jane.put("b", "1", "uid-a");
    CHECK(ask(jane, token).entries == Entries{"-a", "b"});
    CHECK(jane.put("a", "2", "uid-a").wrote == store::Wrote::uid_conflict);
    CHECK(ask(jane, token).entries == Entries{"-a", "b"});
    jane.put("a", "2", "another");
    CHECK(ask(jane, token).entries == Entries{"b", "a"});
}

TEST_CASE("RFC 6578 3.6: a limited sync goes on where it stopped, with deletions in between") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto token = jane.put("first", "1").modseq;
    for (int i = 0; i < 20; ++i) jane.put("n" + std::to_string(i), "1");
    for (int i = 0; i < 20; i += 3) jane.erase("n" + std::to_string(i));
    const auto whole = ask(jane, token);
    Entries paged;
    std::int64_t at = token;
    for (;;) {
        const auto page = ask(jane, at, 4);
        CHECK(page.entries.size() <= 4);
        paged.insert(paged.end(), page.entries.begin(), page.entries.end());
        at = page.end.modseq;
        if (page.end.complete) break;
    }
    CHECK(paged == whole.entries);
    CHECK(at == jane.collection()->modseq);
    CHECK(ask(jane, token, whole.entries.size()).end.complete);
}

TEST_CASE("RFC 6578 3.2: tokens from the future and from before the floor are refused") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto token = jane.put("a", "1").modseq;
    CHECK_FALSE(ask(jane, token + 1).end.valid);
    CHECK_FALSE(ask(jane, -5).end.valid);
    jane.erase("a");
    jane.put("b", "1");
    CHECK(store::prune_tombstones(jane.db, std::chrono::seconds{-5}) >= 1);
    CHECK_FALSE(ask(jane, token).end.valid);
    CHECK(ask(jane, token).entries.empty());
    CHECK(ask(jane, 0).entries == Entries{"b"});
    CHECK(ask(jane, jane.collection()->modseq).end.valid);
    CHECK(jane.collection()->sync_floor == token + 1);
}

TEST_CASE("an initial sync in pages ends although its numbers are below the floor") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    for (int i = 0; i < 6; ++i) jane.put("n" + std::to_string(i), "1");
    jane.put("gone", "1");
    jane.erase("gone");
    store::prune_tombstones(jane.db, std::chrono::seconds{-5});

    const auto first = ask(jane, 0, 3);
    REQUIRE_FALSE(first.end.complete);
    CHECK_FALSE(ask(jane, first.end.modseq, 3).end.valid);
    jane.erase("n0");
    const auto second = ask(jane, first.end.modseq, 10, first.end.current);
    CHECK(second.end.valid);
    CHECK(second.end.complete);
    CHECK(second.entries == Entries{"n3", "n4", "n5", "-n0"});
}

TEST_CASE("a collection that is gone has no valid token") {
    REQUIRE_POSTGRESQL();
    const Someone jane;
    const auto in = jane.collection();
    store::delete_collection(jane.db, jane.id, in->id, in->acl_seq);
    CHECK_FALSE(store::changes(jane.db, jane.id, in->id, 0, 10, [](const auto&) {}).valid);
}

TEST_CASE("a reader that follows 16 writers into one calendar misses nothing") {
    REQUIRE_POSTGRESQL();
    const auto other_node = shared_database().open();
    const Someone jane;
    constexpr int writers = 16;
    constexpr int each = 60;
    std::map<std::string, std::string> seen;  // name to etag, as a client keeps it
    std::atomic<bool> done{false};
    const auto in = jane.collection()->id;
    const auto follow = [&](std::int64_t since) {
        const auto end = store::changes(*other_node, jane.id, in, since, 7,
                                        [&](const store::ChangeView& change) {
                                            if (change.deleted)
                                                seen.erase(std::string(change.name));
                                            else
                                                seen[std::string(change.name)] = change.etag;
                                        });
        REQUIRE(end.valid);
        REQUIRE(end.modseq >= since);
        return end;
    };
    std::jthread reader([&] {
        std::int64_t token = 0;
        for (;;) {
            const bool last = done;
            auto end = follow(token);
            token = end.modseq;
            if (last && end.complete) break;
        }
    });
    {
        std::vector<std::jthread> threads;
        for (int w = 0; w < writers; ++w)
            threads.emplace_back([&, w] {
                for (int i = 0; i < each; ++i) {
                    const auto name = std::to_string(w) + "-" + std::to_string(i % 20);
                    if (i % 7 == 6)
                        jane.erase(name);
                    else
                        jane.put(name, name + " v" + std::to_string(i));
                }
            });
    }
    done = true;
    reader.join();

    std::map<std::string, std::string> stored;
    store::list_objects(
        jane.db, jane.id, in, "", 10'000, false,
        [&](const store::ObjectView& object) { stored.emplace(object.name, object.etag); });
    CHECK(seen == stored);
    CHECK(stored.size() > 200);
}
