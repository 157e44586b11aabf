#pragma once
// What an issuer of tokens does: keys, their public halves as JSON Web Keys, signed tokens.

#include "base/c_ptr.hpp"

#include <string>
#include <string_view>

struct evp_pkey_st;

namespace kalends::test {

std::string base64url(std::string_view bytes);

void free_signing_key(evp_pkey_st* key) noexcept;

class SigningKey {
public:
    /// `type`: "RSA", "RSA-1024", "P-256", "P-384", "P-521" or "Ed25519".
    SigningKey(const std::string& type, std::string id);

    [[nodiscard]] const std::string& id() const { return id_; }
    /// The public half, with `more` members: `"use":"sig"`.
    [[nodiscard]] std::string jwk(const std::string& more = {}) const;
    /// The public half in PEM: what an attacker has in hand.
    [[nodiscard]] std::string pem() const;
    /// As a JWS has it (RFC 7515 5.1).
    [[nodiscard]] std::string sign(const std::string& algorithm, const std::string& message) const;

private:
    std::string type_;
    std::string id_;
    CPtr<evp_pkey_st, free_signing_key> key_;
};

/// `{"keys":[…]}`, of jwk()s with commas between.
std::string key_set(const std::string& jwks);

/// A JWT with this header and these claims, both JSON.
std::string make_jwt(const SigningKey& key, const std::string& algorithm, const std::string& header,
                     const std::string& claims);
/// With the usual header: the algorithm, the key's id, the type JWT.
std::string make_jwt(const SigningKey& key, const std::string& algorithm,
                     const std::string& claims);

}  // namespace kalends::test
