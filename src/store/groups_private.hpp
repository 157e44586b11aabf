#pragma once
// Whose view of things changes with access control or a group: for acl.cpp and groups.cpp.

#include "store/database_private.hpp"

#include <vector>

namespace kalends::store {

ArrayText array_of(const std::vector<PrincipalId>& principals);

/// Principals whose homes are read again, everywhere.
struct Audience {
    static constexpr std::size_t most = 1000;  ///< above that it is everybody
    bool everybody = false;
    std::vector<PrincipalId> principals;
};

/// They, and all that are in them, through other groups too.
Audience audience_of(Connection& connection, const std::vector<PrincipalId>& principals);

/// Tells other nodes, when the transaction commits.
void log_change_for(Connection& connection, const std::string& node, const Audience& audience);

/// Tells this one, after it.
void forget(Database::Inner& inner, const Audience& audience);

}  // namespace kalends::store
