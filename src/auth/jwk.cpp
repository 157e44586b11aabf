#include "auth/jwk.hpp"

#include "base/text.hpp"
#include "json/json.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <optional>

namespace kalends::auth {
namespace {

using KeyPtr = CPtr<evp_pkey_st, free_key>;
using Context = CPtr<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Digesting = CPtr<EVP_MD_CTX, EVP_MD_CTX_free>;
using Number = CPtr<BIGNUM, BN_free>;
using Builder = CPtr<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using Parameters = CPtr<OSSL_PARAM, OSSL_PARAM_free>;
using EcdsaSignature = CPtr<ECDSA_SIG, ECDSA_SIG_free>;

constexpr std::size_t max_keys = 100;
constexpr int min_rsa_bits = 2048;   // RFC 7518 3.3
constexpr int max_rsa_bits = 16384;  // that of OpenSSL

// clang-format off
constexpr SigningAlgorithm algorithms[] = {
    // alg      kty    crv        digest    pss    half of a signature
    {"RS256", "RSA", "",        "SHA256", false, 0},
    {"RS384", "RSA", "",        "SHA384", false, 0},
    {"RS512", "RSA", "",        "SHA512", false, 0},
    {"PS256", "RSA", "",        "SHA256", true,  0},
    {"PS384", "RSA", "",        "SHA384", true,  0},
    {"PS512", "RSA", "",        "SHA512", true,  0},
    {"ES256", "EC",  "P-256",   "SHA256", false, 32},
    {"ES384", "EC",  "P-384",   "SHA384", false, 48},
    {"ES512", "EC",  "P-521",   "SHA512", false, 66},
    {"EdDSA", "OKP", "Ed25519", nullptr,  false, 0},
};
// clang-format on

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

/// A member that is bytes in base64url; nothing if it is missing, or is something else.
std::optional<std::string> binary_of(const json::Object& jwk, std::string_view name) {
    auto bytes = text::base64url_decode(json::text_of(jwk, name));
    return bytes && !bytes->empty() ? bytes : std::nullopt;
}

Number number(std::string_view bytes) {
    return Number{BN_bin2bn(bytes_of(bytes), static_cast<int>(bytes.size()), nullptr)};
}

/// A public key of its parts; null if they make none.
KeyPtr assemble(const char* type, OSSL_PARAM_BLD* builder) {
    const Parameters parameters{OSSL_PARAM_BLD_to_param(builder)};
    const Context context{EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr)};
    EVP_PKEY* key = nullptr;
    if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
        EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
        return nullptr;
    return KeyPtr{key};
}

/// RFC 7518 6.3.
KeyPtr rsa_key(const json::Object& jwk) {
    const auto modulus = binary_of(jwk, "n");
    const auto exponent = binary_of(jwk, "e");
    if (!modulus || !exponent) return nullptr;
    const auto n = number(*modulus);
    const auto e = number(*exponent);
    if (BN_num_bits(n.get()) < min_rsa_bits || BN_num_bits(n.get()) > max_rsa_bits) return nullptr;
    const Builder builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    return assemble("RSA", builder.get());
}

/// RFC 7518 6.2. OpenSSL refuses a point that is not on the curve.
KeyPtr ec_key(const json::Object& jwk, const SigningAlgorithm& algorithm) {
    const auto x = binary_of(jwk, "x");
    const auto y = binary_of(jwk, "y");
    if (!x || !y || x->size() != algorithm.half_size || y->size() != algorithm.half_size)
        return nullptr;
    const auto point = '\x04' + *x + *y;  // SEC 1 2.3.3: not compressed
    const std::string curve(algorithm.curve);
    const Builder builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.c_str(), 0);
    OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                     point.size());
    return assemble("EC", builder.get());
}

/// RFC 8037 2.
KeyPtr edwards_key(const json::Object& jwk) {
    const auto x = binary_of(jwk, "x");
    if (!x) return nullptr;
    return KeyPtr{EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(*x), x->size())};
}

KeyPtr key_of(const json::Object& jwk, const SigningAlgorithm& algorithm) {
    if (algorithm.key_type == "RSA") return rsa_key(jwk);
    return algorithm.key_type == "EC" ? ec_key(jwk, algorithm) : edwards_key(jwk);
}

/// RFC 7517 4.2, 4.3.
bool is_for_signatures(const json::Object& jwk) {
    const auto use = json::text_of(jwk, "use");
    const auto operations = json::texts_of(jwk, "key_ops");
    return (use.empty() || use == "sig") &&
           (operations.empty() || std::ranges::find(operations, "verify") != operations.end());
}

VerifyingKey read_key(const json::Object& jwk) {
    VerifyingKey key{.id = json::text_of(jwk, "kid"),
                     .type = json::text_of(jwk, "kty"),
                     .curve = json::text_of(jwk, "crv"),
                     .algorithm = json::text_of(jwk, "alg"),
                     .key = nullptr};
    const auto* algorithm =
        std::ranges::find_if(algorithms, [&](const auto& row) { return fits(key, row); });
    if (algorithm != std::end(algorithms) && is_for_signatures(jwk))
        key.key = key_of(jwk, *algorithm);
    return key;
}

/// An ECDSA signature as OpenSSL wants it: DER. In a JWS it is two numbers of a fixed size, one
/// after the other (RFC 7518 3.4). Nothing if it has another size.
std::optional<std::string> as_der(std::string_view signature, std::size_t half) {
    if (signature.size() != 2 * half) return std::nullopt;
    const EcdsaSignature pair{ECDSA_SIG_new()};
    ECDSA_SIG_set0(pair.get(), number(signature.substr(0, half)).release(),
                   number(signature.substr(half)).release());
    unsigned char* der = nullptr;
    const int size = i2d_ECDSA_SIG(pair.get(), &der);
    if (size <= 0) return std::nullopt;
    std::string result(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
    OPENSSL_free(der);
    return result;
}

/// RFC 7518 3.5: the salt is as long as the digest.
bool set_padding(EVP_PKEY_CTX* context) {
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

void free_key(evp_pkey_st* key) noexcept { EVP_PKEY_free(key); }

const SigningAlgorithm* signing_algorithm(std::string_view name) {
    const auto* found =
        std::ranges::find_if(algorithms, [&](const auto& row) { return row.name == name; });
    return found != std::end(algorithms) ? found : nullptr;
}

std::vector<VerifyingKey> parse_key_set(std::string_view json) {
    std::vector<VerifyingKey> keys;
    const auto set = json::parse_object(json);
    if (!set) return keys;
    const auto found = json::objects_of(*set, "keys");
    keys.reserve(std::min(found.size(), max_keys));
    for (const auto& jwk : found) {
        if (keys.size() == max_keys) break;
        if (auto key = read_key(jwk); key.key != nullptr) keys.push_back(std::move(key));
    }
    ERR_clear_error();
    return keys;
}

bool fits(const VerifyingKey& key, const SigningAlgorithm& algorithm) {
    return key.type == algorithm.key_type && key.curve == algorithm.curve &&
           (key.algorithm.empty() || key.algorithm == algorithm.name);
}

bool verify_signature(const VerifyingKey& key, const SigningAlgorithm& algorithm,
                      std::string_view bytes, std::string_view signature) {
    std::optional<std::string> der;
    if (algorithm.half_size != 0) {
        der = as_der(signature, algorithm.half_size);
        if (!der) return false;
        signature = *der;
    }
    const Digesting digesting{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* context = nullptr;  // belongs to `digesting`
    const bool right = EVP_DigestVerifyInit_ex(digesting.get(), &context, algorithm.digest, nullptr,
                                               nullptr, key.key.get(), nullptr) == 1 &&
                       (!algorithm.pss || set_padding(context)) &&
                       EVP_DigestVerify(digesting.get(), bytes_of(signature), signature.size(),
                                        bytes_of(bytes), bytes.size()) == 1;
    ERR_clear_error();
    return right;
}

}  // namespace kalends::auth
