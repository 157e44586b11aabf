#pragma once
// What kalends doctor says of the directory.

#include "base/config.hpp"

#include <string>
#include <vector>

namespace kalends::cli {

struct DirectoryFinding {
    bool bad = false;
    std::string sentence;
};

/// Reads from each server of ldap.uri. Nothing where there is none.
std::vector<DirectoryFinding> examine_directory(const Config& config);

}  // namespace kalends::cli
