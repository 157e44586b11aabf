#pragma once
// Parts of statements that read and change principals.

#include "store/connection_private.hpp"
#include "store/ids.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::store {

/// What is remembered of the principal's logins ends with the transaction; `disabled` is set where
/// it is given. False: there is no such principal.
bool raise_credential_seq(Connection& connection, PrincipalId principal,
                          std::optional<bool> disabled = std::nullopt);

/// Addresses as statements join them: a line each.
std::vector<std::string> lines(std::string_view joined);

}  // namespace kalends::store
