#pragma once
// Write locks, RFC 4918 6. They are part of a Home; here they are made and removed. Each function
// is one transaction with the home locked, after which writes that were decided before are decided
// again.

#include "store/collections.hpp"

#include <chrono>
#include <string>

namespace kalends::store {

/// Adds a lock, decided on `acl_seq` of its collection; its token is a UUID that the caller made.
Changed add_lock(Database& db, PrincipalId home, const Lock& lock, std::int64_t acl_seq);

/// From now on for `timeout`. `not_found`: it is gone.
Changed refresh_lock(Database& db, PrincipalId home, const std::string& token,
                     std::chrono::seconds timeout);

Changed remove_lock(Database& db, PrincipalId home, const std::string& token);

}  // namespace kalends::store
