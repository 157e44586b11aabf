#pragma once
// Looks at what logins need beside the database, for kalends doctor.

#include "base/config.hpp"
#include "cli/certificate.hpp"

#include <vector>

namespace kalends::cli {

/// Whether an issuer of tokens answers and has keys, its client's secret can be read, the program
/// that checks passwords can be run, and the authorities of client certificates are good.
std::vector<Finding> examine_logins(const Config& config);

}  // namespace kalends::cli
