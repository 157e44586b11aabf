#pragma once
// What the commands about accounts share.

#include "store/database.hpp"

#include <cstdint>
#include <string>

namespace kalends::cli {

/// A user, resource or location. Throws Failure.
store::HomePtr find_user(store::Database& database, const std::string& login);

/// Throws Failure.
store::HomePtr find_group(store::Database& database, const std::string& name);

/// Throws Failure if it is not changed here but in the directory.
void require_local(store::Database& database, const store::Principal& principal);

/// "2026-01-31T08:49:37Z", of seconds since 1970.
std::string date(std::int64_t seconds);

/// What the operator did, for kalends audit.
void keep_for_audit(store::Database& database, const std::string& event, const std::string& target,
                    const std::string& detail);

}  // namespace kalends::cli
