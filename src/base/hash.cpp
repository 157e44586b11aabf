#include "base/hash.hpp"

#include "base/text.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include <stdexcept>

namespace kalends::hash {
namespace {

const unsigned char* in(std::string_view bytes) {
    return reinterpret_cast<const unsigned char*>(bytes.data());
}
std::string fingerprint_of(std::string digest) {
    constexpr std::size_t enough = 16;  // bytes
    digest.resize(enough);
    return text::to_hex(digest);
}
unsigned char* out(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

}  // namespace

std::string sha256(std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    SHA256(in(bytes), bytes.size(), out(digest));
    return digest;
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    unsigned length = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), in(bytes), bytes.size(),
             out(digest), &length) == nullptr)
        throw std::runtime_error("HMAC-SHA-256 is not available in OpenSSL");
    return digest;
}

std::string fingerprint(std::string_view bytes) { return fingerprint_of(sha256(bytes)); }

void free_context(evp_md_ctx_st* context) noexcept { EVP_MD_CTX_free(context); }

Fingerprint::Fingerprint() : context_{EVP_MD_CTX_new()} {
    if (!context_ || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available in OpenSSL");
}

void Fingerprint::add(std::string_view bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1)
        throw std::runtime_error("SHA-256 has failed");
}

std::string Fingerprint::finish() {
    std::string digest(SHA256_DIGEST_LENGTH, '\0');
    if (EVP_DigestFinal_ex(context_.get(), out(digest), nullptr) != 1)
        throw std::runtime_error("SHA-256 has failed");
    return fingerprint_of(std::move(digest));
}

std::string as_uuid(std::string hex) {
    for (const std::size_t at : {8U, 13U, 18U, 23U}) hex.insert(at, "-");
    return hex;
}

std::string random_bytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(out(bytes), static_cast<int>(count)) != 1)
        throw std::runtime_error("the system has no random numbers");
    return bytes;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace kalends::hash
