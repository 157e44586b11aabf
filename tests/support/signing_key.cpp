#include "support/signing_key.hpp"

#include "base/text.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <stdexcept>
#include <vector>

namespace kalends::test {
namespace {

using Number = CPtr<BIGNUM, BN_free>;

EVP_PKEY* generate(const std::string& type) {
    if (type == "Ed25519") return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
    if (type.starts_with("RSA"))
        return EVP_RSA_gen(static_cast<unsigned>(type == "RSA-1024" ? 1024 : 2048));
    return EVP_EC_gen(type.c_str());
}

std::string number_of(const EVP_PKEY* key, const char* name, int size = 0) {
    BIGNUM* found = nullptr;
    if (EVP_PKEY_get_bn_param(key, name, &found) != 1) throw std::runtime_error("no such part");
    const Number number{found};
    std::vector<unsigned char> bytes(
        static_cast<std::size_t>(size != 0 ? size : BN_num_bytes(number.get())));
    BN_bn2binpad(number.get(), bytes.data(), static_cast<int>(bytes.size()));
    return base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::string raw_public(const EVP_PKEY* key) {
    std::string bytes(32, '\0');
    auto size = bytes.size();
    EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(bytes.data()), &size);
    return base64url(bytes);
}

std::string member(const std::string& name, const std::string& value) {
    return ",\"" + name + "\":\"" + value + '"';
}

int half_of(const std::string& curve) { return curve == "P-256" ? 32 : curve == "P-384" ? 48 : 66; }

/// The two numbers of a DER signature, each of `half` bytes.
std::string plain_pair(const std::string& der, int half) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const CPtr<ECDSA_SIG, ECDSA_SIG_free> pair{
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()))};
    std::vector<unsigned char> bytes(2UL * static_cast<std::size_t>(half));
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), bytes.data(), half);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), bytes.data() + half, half);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

void free_signing_key(evp_pkey_st* key) noexcept { EVP_PKEY_free(key); }

std::string base64url(std::string_view bytes) {
    auto text = text::base64_encode(bytes);
    while (text.ends_with('=')) text.pop_back();
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

SigningKey::SigningKey(const std::string& type, std::string id)
    : type_(type), id_(std::move(id)), key_(generate(type)) {}

std::string SigningKey::jwk(const std::string& more) const {
    const auto type = type_.starts_with("RSA") ? "RSA" : type_ == "Ed25519" ? "OKP" : "EC";
    auto json = R"({"kty":")" + std::string(type) + '"';
    if (!id_.empty()) json += member("kid", id_);
    if (type_.starts_with("RSA")) {
        json += member("n", number_of(key_.get(), OSSL_PKEY_PARAM_RSA_N)) +
                member("e", number_of(key_.get(), OSSL_PKEY_PARAM_RSA_E));
    } else if (type_ == "Ed25519") {
        json += member("crv", type_) + member("x", raw_public(key_.get()));
    } else {
        json += member("crv", type_) +
                member("x", number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, half_of(type_))) +
                member("y", number_of(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, half_of(type_)));
    }
    return json + (more.empty() ? "" : "," + more) + "}";
}

std::string SigningKey::pem() const {
    const CPtr<BIO, BIO_free_all> bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PUBKEY(bio.get(), key_.get());
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

std::string SigningKey::sign(const std::string& algorithm, const std::string& message) const {
    const auto digest = "SHA" + algorithm.substr(2);
    const CPtr<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* options = nullptr;
    EVP_DigestSignInit_ex(context.get(), &options, type_ == "Ed25519" ? nullptr : digest.c_str(),
                          nullptr, nullptr, key_.get(), nullptr);
    if (algorithm.starts_with("PS")) {
        EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
    }
    const auto* bytes = reinterpret_cast<const unsigned char*>(message.data());
    std::string signature(1024, '\0');
    auto size = signature.size();
    if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes, message.size()) != 1)
        throw std::runtime_error("can't sign");
    signature.resize(size);
    return type_.starts_with("P-") ? plain_pair(signature, half_of(type_)) : signature;
}

std::string key_set(const std::string& jwks) { return R"({"keys":[)" + jwks + "]}"; }

std::string make_jwt(const SigningKey& key, const std::string& algorithm, const std::string& header,
                     const std::string& claims) {
    const auto message = base64url(header) + '.' + base64url(claims);
    return message + '.' + base64url(key.sign(algorithm, message));
}

std::string make_jwt(const SigningKey& key, const std::string& algorithm,
                     const std::string& claims) {
    return make_jwt(key, algorithm,
                    R"({"alg":")" + algorithm + R"(","kid":")" + key.id() + R"(","typ":"JWT"})",
                    claims);
}

}  // namespace kalends::test
