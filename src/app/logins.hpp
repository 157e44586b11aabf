#pragma once
// Which ways of logging in there are, and in which order they are asked.

#include "auth/verifier.hpp"
#include "base/config.hpp"
#include "store/database.hpp"

namespace kalends::app {

auth::Ways ways_to_log_in(const Config& config, store::Database& database);

}  // namespace kalends::app
