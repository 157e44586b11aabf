#include "db/fixture.hpp"
#include "store/contents_private.hpp"
#include "store/trigrams_private.hpp"

#include <random>

using namespace kalends;
using test::Someone;

namespace {

using Listing = std::map<std::string, std::string>;  // name, etag

Listing scanned(store::Database& db, const Someone& jane) {
    Listing found;
    store::ObjectScan scan(db, jane.id, jane.collection()->id, {});
    const auto add = [&](const store::ObjectView& row) {
        CHECK(found.emplace(std::string(row.name), std::string(row.etag)).second);
    };
    while (scan.next(7, add)) {
    }
    return found;
}

Listing listed(store::Database& db, const Someone& jane) {
    Listing found;
    store::list_objects(db, jane.id, jane.collection()->id, "", 10'000, false,
                        [&](const store::ObjectView& row) {
                            found.emplace(std::string(row.name), std::string(row.etag));
                        });
    return found;
}

}  // namespace

TEST_CASE("a listing from memory is the one of the database after any writes") {
    REQUIRE_POSTGRESQL();
    auto& db = test::shared_node();
    const Someone jane;
    std::mt19937 random(7);  // NOLINT(cert-msc51-cpp): the same run each time
    for (int round = 0; round < 20; ++round) {
        for (int i = 0; i < 10; ++i) {
            const auto name = std::to_string(random() % 30) + ".ics";
            const auto in = jane.collection();
            if (random() % 3 == 0)
                store::erase(db, {.home = jane.id,
                                  .collection = in->id,
                                  .acl_seq = in->acl_seq,
                                  .name = name,
                                  .preconditions = {}});
            else
                store::put(db, jane.object(name, "data " + std::to_string(random())));
        }
        CHECK(scanned(db, jane) == listed(db, jane));
    }
}

TEST_CASE("a scan knows the modseq from which a sync goes on") {
    REQUIRE_POSTGRESQL();
    auto& db = test::shared_node();
    const Someone jane;
    store::put(db, jane.object("a.ics", "one"));
    const store::ObjectScan scan(db, jane.id, jane.collection()->id, {});
    REQUIRE(scan.modseq().has_value());
    CHECK(*scan.modseq() == jane.collection()->modseq);
}

TEST_CASE("an object's bytes come from memory once they have been read, and never an older state") {
    REQUIRE_POSTGRESQL();
    auto& db = test::shared_node();
    const Someone jane;
    store::put(db, jane.object("a.ics", "one"));
    const auto in = jane.collection()->id;
    scanned(db, jane);
    CHECK(store::find_object(db, jane.id, in, "a.ics")->data == "one");
    auto known = store::find_object_in_memory(db, jane.id, in, "a.ics");
    REQUIRE(known.data);
    CHECK(*known.data == "one");

    store::put(db, jane.object("a.ics", "two"));
    CHECK_FALSE(store::find_object_in_memory(db, jane.id, in, "a.ics").known);
    CHECK(store::find_object(db, jane.id, in, "a.ics")->data == "two");
    known = store::find_object_in_memory(db, jane.id, in, "a.ics");
    REQUIRE(known.data);
    CHECK(*known.data == "two");
    CHECK(store::find_object_in_memory(db, jane.id, in, "b.ics").known);
    CHECK_FALSE(store::find_object_in_memory(db, jane.id, in, "b.ics").object);
}

TEST_CASE("a collection that is too large for memory is read from the database") {
    REQUIRE_POSTGRESQL();
    auto settings = test::shared_database().settings();
    settings.cached_member_bytes = 100;
    store::Database small(settings);
    const Someone jane;
    for (const auto* name : {"a.ics", "b.ics", "c.ics"}) store::put(small, jane.object(name, name));
    const store::ObjectScan scan(small, jane.id, jane.collection()->id, {});
    CHECK_FALSE(scan.modseq());
    CHECK(scanned(small, jane).size() == 3);
}

TEST_CASE("what memory serves and what it does not is counted") {
    REQUIRE_POSTGRESQL();
    const auto node = test::shared_database().open();
    const Someone jane(*node);
    store::put(*node, jane.object("a.ics", "one"));
    scanned(*node, jane);
    CHECK(node->statistics().member_hits == 0);
    CHECK(node->statistics().member_misses == 1);
    scanned(*node, jane);
    store::find_object_in_memory(*node, jane.id, jane.collection()->id, "a.ics");
    CHECK(node->statistics().member_hits == 2);
    store::put(*node, jane.object("b.ics", "two"));
    scanned(*node, jane);
    CHECK(node->statistics().member_hits == 2);
    CHECK(node->statistics().member_misses == 2);
}

TEST_CASE("trigrams rule out what is not in a text, and never what is") {
    const std::string text = "\nFN\x1FJOHN Q. SANDERS\nEMAIL\x1FJQS@EXAMPLE.COM\n";
    const store::Trigrams trigrams{text};
    for (std::size_t begin = 0; begin < text.size(); ++begin)
        for (std::size_t size = 0; begin + size <= text.size(); ++size)
            CHECK(trigrams.has_all(store::Trigrams::positions(text.substr(begin, size))));
    CHECK_FALSE(trigrams.has_all(store::Trigrams::positions("Z. MARTIN")));
}

TEST_CASE("the bytes that were used longest ago make room, and one large object takes none") {
    store::Contents contents(16 * 1024);
    const auto keep = [&](std::int64_t id, std::size_t size) {
        contents.keep({id, 1}, std::make_shared<const std::string>(size, 'x'));
    };
    for (std::int64_t id = 1; id <= 40; ++id) keep(id, 500);
    CHECK(contents.find({1, 1}) == nullptr);
    CHECK(contents.find({40, 1}) != nullptr);
    CHECK(contents.find({40, 2}) == nullptr);
    keep(41, 2000);
    CHECK(contents.find({41, 1}) == nullptr);
    CHECK(contents.find({40, 1}) != nullptr);
}
