#pragma once
// The ways of logging in by a token, as the configuration wants them.

#include "auth/verifier.hpp"
#include "base/config.hpp"
#include "fetch/fetch.hpp"
#include "store/database.hpp"

namespace kalends::app {

/// None without an issuer. Throws ConfigError if the client's secret can't be read.
void add_token_ways(auth::Ways& ways, const OidcConfig& config, store::Database& database);

/// How the issuer is asked.
fetch::Fetch issuer_fetch(const OidcConfig& config);

/// The first line of the file; empty if none is named. Throws ConfigError.
std::string client_secret(const OidcConfig& config);

}  // namespace kalends::app
