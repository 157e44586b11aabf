#pragma once
// The files of sql/, put into the program by embed_sql.cmake.

#include <vector>

namespace kalends::store {

extern const char* const schema_sql;

struct Upgrade {
    int version;  ///< that it makes
    const char* sql;
};
/// By version.
const std::vector<Upgrade>& upgrades();

}  // namespace kalends::store
