#include "auth/fingerprint.hpp"

#include "base/hash.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <vector>

namespace kalends::auth {

Fingerprinter::Fingerprinter() {
    const auto key = hash::random_bytes(inner_key_.size());
    for (std::size_t i = 0; i < key.size(); ++i) {
        const auto byte = static_cast<unsigned char>(key[i]);
        inner_key_.at(i) = byte ^ 0x36U;
        outer_key_.at(i) = byte ^ 0x5cU;
    }
}

// Two plain SHA-256 of buffers: OpenSSL's HMAC() looks up its algorithm in every call, which takes
// longer than both.
Fingerprint Fingerprinter::operator()(std::string_view bytes) const {
    std::array<unsigned char, 512> small{};
    std::vector<unsigned char> large;
    unsigned char* buffer = small.data();
    const std::size_t size = inner_key_.size() + bytes.size();
    if (size > small.size()) {
        large.resize(size);
        buffer = large.data();
    }
    std::ranges::copy(bytes, std::ranges::copy(inner_key_, buffer).out);
    Fingerprint inner{};
    SHA256(buffer, size, inner.data());

    std::array<unsigned char, 96> outer{};
    std::ranges::copy(inner, std::ranges::copy(outer_key_, outer.begin()).out);
    Fingerprint result{};
    SHA256(outer.data(), outer.size(), result.data());
    return result;
}

}  // namespace kalends::auth
