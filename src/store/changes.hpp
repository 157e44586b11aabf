#pragma once
// What changed in a collection since a modseq. RFC 6578 3.

#include "store/database.hpp"

#include <functional>
#include <string_view>

namespace kalends::store {

struct ChangeView {
    std::string_view name;
    std::string_view etag;  ///< empty if it was deleted
    std::int64_t modseq = 0;
    bool deleted = false;
};

struct ChangesEnd {
    bool valid = true;        ///< false: `since` is above the collection's modseq or below its floor
    bool complete = true;     ///< false: `limit` was reached, and the rest follows after `modseq`
    std::int64_t modseq = 0;  ///< up to here everything has been given
};

/// The changes after `since` (0: all objects and no deletions), oldest first, at most `limit`, from one
/// snapshot: nothing that was committed before is missed.
ChangesEnd changes(Database& db, PrincipalId home, CollectionId in, std::int64_t since, std::size_t limit,
                   const std::function<void(const ChangeView&)>& sink);

}  // namespace kalends::store
