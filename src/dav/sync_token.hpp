#pragma once
// Sync-tokens: the database's epoch, the collection, and what of it, and of the collections in it,
// the client has been given. RFC 6578 3.2, 4.

#include "store/home.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

/// A collection below the one that is synchronized, as the client knows it.
struct KnownMember {
    store::CollectionId id;   ///< of a binding: its own
    std::int64_t member = 0;  ///< its member_modseq
    std::int64_t modseq = 0;  ///< of what is in it
    std::uint32_t place = 0;  ///< stands for its path: what was moved is another member
    friend bool operator==(const KnownMember&, const KnownMember&) = default;
};

/// For which DAV:sync-level a token is: that of a report for its own; that of the property for
/// both.
enum class SyncLevel { any, one, infinite };

struct SyncToken {
    store::CollectionId collection;
    std::int64_t modseq = 0;  ///< of the objects that are directly in it
    SyncLevel level = SyncLevel::any;
    std::vector<KnownMember> members = {};
};

/// As a URI (RFC 2397): "data:,EPOCH:COLLECTION:MODSEQ", and for one that has collections in it
/// ":LEVEL:MEMBERS".
std::string to_string(const SyncToken& token, std::string_view epoch);

/// Nothing if it is not one of this database.
std::optional<SyncToken> parse_sync_token(std::string_view text, std::string_view epoch);

}  // namespace kalends::dav
