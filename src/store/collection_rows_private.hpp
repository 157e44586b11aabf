#pragma once
// Parts of transactions that make and change collections, for collections.cpp and principals.cpp.

#include "store/collections.hpp"
#include "store/database_private.hpp"

namespace kalends::store {

/// Locks the home and moves its modseq. False: there is none.
bool lock_home(Connection& connection, PrincipalId home);

/// Makes a collection in a locked home. False: the name is taken. Throws std::invalid_argument.
bool insert_collection(Connection& connection, PrincipalId home, const NewCollection& collection);

/// Tells other nodes, when the transaction commits, to read the home again.
void log_home_change(Connection& connection, const std::string& node, PrincipalId home);

}  // namespace kalends::store
