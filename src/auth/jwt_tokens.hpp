#pragma once
// Bearer tokens that can be checked here, by the keys of their issuer: OpenID Connect, RFC 9068.

#include "auth/keys.hpp"
#include "auth/token_account.hpp"
#include "auth/verifier.hpp"

namespace kalends::auth {

/// A token that is no JWT, or one of another issuer, is not_mine.
class JwtTokens final : public Verifier {
public:
    JwtTokens(TokenPolicy policy, KeySettings keys, fetch::Fetch fetch, store::Database& db);
    Verdict verify(const Presented& presented) override;

private:
    Verdict check(std::string_view token);

    TokenPolicy policy_;
    Keys keys_;
    store::Database& db_;
};

}  // namespace kalends::auth
