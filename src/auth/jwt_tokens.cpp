#include "auth/jwt_tokens.hpp"

#include "auth/jwt.hpp"

namespace kalends::auth {

JwtTokens::JwtTokens(TokenPolicy policy, KeySettings keys, fetch::Fetch fetch, store::Database& db)
    : policy_(std::move(policy)), keys_(std::move(keys), std::move(fetch)), db_(db) {}

Verdict JwtTokens::verify(const Presented& presented) {
    if (!is_jwt(presented.secret)) return {.why = "it is no JWT"};
    return verdict_of([&] { return check(presented.secret); });
}

/// The issuer is looked at first, before it is believed: for another's token nobody is asked.
Verdict JwtTokens::check(std::string_view token) {
    const auto parsed = parse_jwt(token);
    if (parsed.claims.issuer != policy_.expected.issuer) return {.why = "it is another issuer's"};
    const auto keys = keys_.with_key_of(parsed);
    return verdict_on(verify_jwt(parsed, *keys, policy_.expected), policy_, db_);
}

}  // namespace kalends::auth
