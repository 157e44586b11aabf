#pragma once
// Whose a token is, and what may be done with it: what both ways of checking tokens have in common.

#include "auth/claims.hpp"
#include "auth/verifier.hpp"
#include "store/database.hpp"

#include <functional>
#include <string>
#include <vector>

namespace kalends::auth {

struct TokenPolicy {
    Expected expected;
    /// Which claims may name the account: the first that the token has does, by login or address.
    /// "email" counts only where the issuer has verified it (OpenID Connect Core 5.7).
    std::vector<std::string> login_claims{"preferred_username", "username", "email"};
    std::string scope;       ///< a token must have it; empty: none is needed
    std::string read_scope;  ///< instead of `scope`, or where none is needed: for reading only
};

/// The verdict on a token that says this and is to be believed. Throws UnfitToken: no such account,
/// or not the scope that is needed.
Verdict verdict_on(const Claims& claims, const TokenPolicy& policy, store::Database& db);

/// What `check` gives, or what it throws as a verdict: UnfitToken, InvalidToken,
/// fetch::Unreachable.
Verdict verdict_of(const std::function<Verdict()>& check);

}  // namespace kalends::auth
