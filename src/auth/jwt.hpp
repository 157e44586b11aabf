#pragma once
// JSON Web Tokens in the compact form, signed (RFC 7519, RFC 7515 7.1): taken apart, and checked as
// RFC 8725 wants. Pure: a token and keys in, claims out.

#include "auth/claims.hpp"
#include "auth/jwk.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::auth {

/// Taken apart; nothing that it says is to be believed yet.
struct UnverifiedToken {
    const SigningAlgorithm* algorithm = nullptr;
    std::string key_id;        ///< "kid"; may be empty
    std::string_view message;  ///< what is signed: a part of the token
    std::string signature;
    Claims claims;
};

/// Whether it looks like one: three parts. Others are for the issuer alone to understand.
bool is_jwt(std::string_view token);

/// Throws InvalidToken: too large, not well-formed, an algorithm that is not allowed, another kind
/// of JWT, or a header that must be understood and is not ("crit", RFC 7515 4.1.11).
UnverifiedToken parse_jwt(std::string_view token);

/// The key that the token's header means; null: none of these. Without a "kid" it must be the only
/// one that fits.
const VerifyingKey* key_for(const UnverifiedToken& token, const std::vector<VerifyingKey>& keys);

/// What the token says, if one of the keys has signed it and all is as expected. Throws
/// InvalidToken.
Claims verify_jwt(const UnverifiedToken& token, const std::vector<VerifyingKey>& keys,
                  const Expected& expected);

}  // namespace kalends::auth
