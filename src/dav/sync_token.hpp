#pragma once
// Sync-tokens: the database's epoch, the collection, its modseq, and the state of access control on
// which the answer stood. RFC 6578 3.2, 4.

#include "store/home.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::dav {

struct SyncToken {
    store::CollectionId collection;
    std::int64_t modseq = 0;
    std::int64_t acl_seq = 0;
};

/// As a URI: "urn:kalends:sync:EPOCH:COLLECTION:MODSEQ:ACLSEQ".
std::string to_string(const SyncToken& token, std::string_view epoch);

/// Nothing if it is not one of this database.
std::optional<SyncToken> parse_sync_token(std::string_view text, std::string_view epoch);

}  // namespace kalends::dav
