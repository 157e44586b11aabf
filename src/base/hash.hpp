#pragma once
// Digests and random numbers, from OpenSSL.

#include "base/c_ptr.hpp"

#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace kalends::hash {

/// SHA-256, 32 bytes.
std::string sha256(std::string_view bytes);

/// HMAC-SHA-256, 32 bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

/// A fingerprint for strong ETags: 32 hex digits, the same for the same bytes on every machine.
std::string fingerprint(std::string_view bytes);

void free_context(evp_md_ctx_st* context) noexcept;

/// fingerprint() of what comes piece by piece.
class Fingerprint {
public:
    Fingerprint();
    void add(std::string_view bytes);
    /// Once, at the end.
    std::string finish();

private:
    CPtr<evp_md_ctx_st, free_context> context_;
};

/// 32 hex digits as a UUID is written. RFC 9562 4.
std::string as_uuid(std::string hex);

/// `count` bytes that nobody can guess. Throws std::runtime_error if the system has none.
std::string random_bytes(std::size_t count);

/// Compares in a time that does not depend on where the difference is.
bool equal_constant_time(std::string_view a, std::string_view b);

}  // namespace kalends::hash
