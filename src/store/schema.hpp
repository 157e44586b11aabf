#pragma once
// The schema's version, installing and upgrading it. sql/schema.sql and sql/upgrade/ are embedded
// in the binary.

#include "store/errors.hpp"

#include <string>

namespace kalends::store {

/// The version that this program needs.
int required_schema_version();

/// The version of the database at `dsn`; 0 if it is empty. Throws Unavailable.
int schema_version(const std::string& dsn);

/// Installs the schema in an empty database, or upgrades an older one, in one transaction under an
/// advisory lock. Throws SchemaMismatch if the database is newer than the program, Unavailable.
void install_schema(const std::string& dsn);

}  // namespace kalends::store
