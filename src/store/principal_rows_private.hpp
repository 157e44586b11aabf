#pragma once
// Parts of transactions that change principals.

#include "store/connection_private.hpp"
#include "store/ids.hpp"

#include <optional>

namespace kalends::store {

/// What is remembered of the principal's logins ends with the transaction; `disabled` is set where
/// it is given. False: there is no such principal.
bool raise_credential_seq(Connection& connection, PrincipalId principal,
                          std::optional<bool> disabled = std::nullopt);

}  // namespace kalends::store
