#pragma once
// Setting access control entries. RFC 3744 8.1.

#include "store/collections.hpp"
#include "store/database.hpp"

#include <string>
#include <vector>

namespace kalends::store {

/// Replaces the entries of a collection, or of the object of that name in it. Decisions on anything
/// in the home are made again, and a sync tells of what others may see now, or no more. `stale`
/// also where one of the principals is gone; `not_found`: there is no such object.
Changed set_aces(Database& db, PrincipalId home, CollectionId in, std::int64_t acl_seq,
                 const std::string& object, const std::vector<access::Ace>& aces);

}  // namespace kalends::store
