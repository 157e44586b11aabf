#pragma once
// What changed in a collection since a modseq. RFC 6578 3.

#include "store/database.hpp"

#include <chrono>
#include <functional>
#include <optional>
#include <string_view>

namespace kalends::store {

struct ChangeView {
    std::string_view name;
    std::string_view etag;    ///< empty if it was deleted
    std::string_view digest;  ///< of a calendar object
    std::int64_t modseq = 0;
    bool deleted = false;
    bool was_collection = false;  ///< of what was deleted
};

struct ChangesEnd {
    bool valid = true;     ///< false: `since` is above the collection's modseq or below its floor
    bool complete = true;  ///< false: `limit` was reached, and the rest follows after `modseq`
    std::int64_t modseq = 0;   ///< up to here everything has been given
    std::int64_t current = 0;  ///< the collection's modseq in the same snapshot; not below `modseq`
};

/// The changes after `since` (0: all objects and no deletions), oldest first, at most `limit`, from
/// one snapshot: nothing that was committed before is missed.
///
/// An initial sync (0) in pages goes through numbers that may be below the floor; what was deleted
/// before it began does not matter to it. So its later pages give as `begun` the `current` of the
/// first one, and that is compared with the floor instead of `since`.
ChangesEnd changes(Database& db, PrincipalId home, CollectionId in, std::int64_t since,
                   std::size_t limit, const std::function<void(const ChangeView&)>& sink,
                   std::optional<std::int64_t> begun = std::nullopt);

/// Forgets deletions that are older than that, and raises the floors of their collections, each in
/// a transaction of its own. Returns how many.
std::size_t prune_tombstones(Database& db, std::chrono::seconds older_than);

}  // namespace kalends::store
