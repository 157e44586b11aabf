// RFC 6578 4.

#include "dav/sync_token.hpp"

#include <doctest/doctest.h>

using namespace kalends::dav;

namespace {

const SyncToken token{.collection = {17}, .modseq = 123456789012};
const SyncToken tree{.collection = {17},
                     .modseq = 5,
                     .level = SyncLevel::infinite,
                     .members = {{{18}, 4, 123456789012, 0xFFFFFFFF}, {{19}, 5, 0, 0}}};

}  // namespace

TEST_CASE("RFC 6578 4: a sync-token is a URI, and is read back as it was written") {
    const auto text = to_string(token, "abcd");
    CHECK(text == "data:,abcd:17:123456789012");  // RFC 2397: no registry, no host
    const auto read = parse_sync_token("  " + text + "\n", "abcd");
    REQUIRE(read.has_value());
    CHECK(read->collection == token.collection);
    CHECK(read->modseq == token.modseq);
    CHECK(read->level == SyncLevel::any);
    CHECK(read->members.empty());
}

TEST_CASE("RFC 6578 3.2: a token of a home knows the collections that its client knows") {
    for (const auto level : {SyncLevel::any, SyncLevel::one, SyncLevel::infinite}) {
        SyncToken given = tree;
        given.level = level;
        const auto read = parse_sync_token(to_string(given, "abcd"), "abcd");
        REQUIRE(read.has_value());
        CHECK(read->modseq == 5);
        CHECK(read->level == level);
        CHECK(read->members == tree.members);
    }
    SyncToken empty{.collection = {17}, .modseq = 5, .level = SyncLevel::one};
    CHECK(parse_sync_token(to_string(empty, "abcd"), "abcd")->level == SyncLevel::one);
}

TEST_CASE("a token of another database, and what is none, is not read") {
    const auto text = to_string(token, "abcd");
    CHECK_FALSE(parse_sync_token(text, "other").has_value());
    for (const std::string wrong :
         {"", "data:,", "data:,abcd:1", "data:,abcd:1:2:3", "data:,abcd:1:-2", "data:,abcd:1:2x",
          "data:,abcd::2", "data:,abcd:1:99999999999999999999", "http://example.com/1",
          "data:,abcd:1:2:x:", "data:,abcd:1:2:i:1.2.3", "data:,abcd:1:2:i:1.2.3.4,",
          "data:,abcd:1:2:i:1.2.3.zzzzzzzz", "data:,abcd:1:2:i:-1.2.3.4",
          "data:,abcd:1:2:i:1..3.4"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_sync_token(wrong, "abcd").has_value());
    }
}
