#include "auth/fingerprint.hpp"

#include "base/c_ptr.hpp"
#include "base/hash.hpp"

#include <openssl/evp.h>

#include <span>
#include <stdexcept>

namespace kalends::auth {
namespace {

Fingerprint sha256(std::span<const unsigned char> key, std::string_view bytes) {
    static const CPtr<EVP_MD, EVP_MD_free> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
    thread_local const CPtr<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    Fingerprint digest{};
    if (EVP_DigestInit_ex2(context.get(), algorithm.get(), nullptr) != 1 ||
        EVP_DigestUpdate(context.get(), key.data(), key.size()) != 1 ||
        EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) != 1 ||
        EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1)
        throw std::runtime_error("SHA-256 is not available in OpenSSL");
    return digest;
}

}  // namespace

Fingerprinter::Fingerprinter() {
    const auto key = hash::random_bytes(inner_key_.size());
    for (std::size_t i = 0; i < key.size(); ++i) {
        const auto byte = static_cast<unsigned char>(key[i]);
        inner_key_.at(i) = byte ^ 0x36U;
        outer_key_.at(i) = byte ^ 0x5cU;
    }
}

// SHA256() and HMAC() of OpenSSL 3 look up their algorithm in every call, which takes longer than
// the digest: here it is looked up once, and each thread keeps a context.
Fingerprint Fingerprinter::operator()(std::string_view bytes) const {
    const Fingerprint inner = sha256(inner_key_, {bytes.data(), bytes.size()});
    return sha256(outer_key_, {reinterpret_cast<const char*>(inner.data()), inner.size()});
}

}  // namespace kalends::auth
