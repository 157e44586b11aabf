#pragma once
// The keys of an issuer (JSON Web Keys, RFC 7517, RFC 7518 6, RFC 8037) and the algorithms that
// they may be used with (RFC 7518 3), by OpenSSL. Only such as have a public half: who can check a
// token can't make one.

#include "base/c_ptr.hpp"

#include <string>
#include <string_view>
#include <vector>

struct evp_pkey_st;

namespace kalends::auth {

/// A row of the table of algorithms that are allowed (RFC 8725 3.1); `none` and HS256 are not
/// there.
struct SigningAlgorithm {
    std::string_view name;      ///< the header's "alg"
    std::string_view key_type;  ///< the key's "kty"
    std::string_view curve;     ///< the key's "crv"; empty: it has none
    const char* digest;         ///< OpenSSL's name; null: it is part of the algorithm
    bool pss = false;           ///< the padding of RSA (RFC 7518 3.5)
    std::size_t half_size = 0;  ///< bytes of each half of an ECDSA signature (RFC 7518 3.4)
};

/// Null if it is not allowed.
const SigningAlgorithm* signing_algorithm(std::string_view name);

void free_key(evp_pkey_st* key) noexcept;

/// A public key for signatures.
struct VerifyingKey {
    std::string id;         ///< "kid"; may be empty
    std::string type;       ///< "kty"
    std::string curve;      ///< "crv"
    std::string algorithm;  ///< "alg", the only one that it may be used with; empty: any that fits
    CPtr<evp_pkey_st, free_key> key;
};

/// The keys of a set that are for signatures and that we know how to use; others in it are left
/// out (RFC 7517 5). RSA keys below 2048 bits are too weak (RFC 7518 3.3). Nothing usable: empty.
std::vector<VerifyingKey> parse_key_set(std::string_view json);

/// Whether a key may be used with an algorithm.
bool fits(const VerifyingKey& key, const SigningAlgorithm& algorithm);

/// Whether `signature` is that of `bytes` by the key, which must fit.
bool verify_signature(const VerifyingKey& key, const SigningAlgorithm& algorithm,
                      std::string_view bytes, std::string_view signature);

}  // namespace kalends::auth
