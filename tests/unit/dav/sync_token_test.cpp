// RFC 6578 4.

#include "dav/sync_token.hpp"

#include <doctest/doctest.h>

using namespace kalends::dav;

namespace {

const SyncToken token{{17}, 123456789012, 3};

}  // namespace

TEST_CASE("RFC 6578 4: a sync-token is a URI, and is read back as it was written") {
    const auto text = to_string(token, "abcd");
    CHECK(text.starts_with("urn:"));
    const auto read = parse_sync_token("  " + text + "\n", "abcd");
    REQUIRE(read.has_value());
    CHECK(read->collection == token.collection);
    CHECK(read->modseq == token.modseq);
    CHECK(read->acl_seq == token.acl_seq);
}

TEST_CASE("a token of another database, and what is none, is not read") {
    const auto text = to_string(token, "abcd");
    CHECK_FALSE(parse_sync_token(text, "other").has_value());
    for (const std::string wrong :
         {"", "urn:kalends:sync:", "urn:kalends:sync:abcd:1:2", "urn:kalends:sync:abcd:1:2:3:4",
          "urn:kalends:sync:abcd:1:-2:3", "urn:kalends:sync:abcd:1:2x:3",
          "urn:kalends:sync:abcd::2:3", "urn:kalends:sync:abcd:1:99999999999999999999:3",
          "http://example.com/1"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_sync_token(wrong, "abcd").has_value());
    }
}
