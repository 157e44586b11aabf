#include "directory/password.hpp"

#include "base/c_ptr.hpp"
#include "base/hash.hpp"
#include "directory/unicode_private.hpp"

#include <crypt.h>

#include <cstdlib>
#include <stdexcept>

namespace kalends::directory {
namespace {

/// libcrypt's working memory, and where it leaves the hash.
using CryptData = CPtr<void, std::free>;

constexpr std::size_t max_password = 1024;  // bytes; what is longer is nobody's password

bool possible(std::string_view password) {
    return !password.empty() && password.size() <= max_password &&
           password.find('\0') == std::string_view::npos;
}

/// RFC 8265 4.2 OpaqueString: composed the same way by every client. Other bytes as they are.
std::string prepared(std::string_view password) {
    return nfc(password).value_or(std::string(password));
}

/// Empty if libcrypt does not know the setting.
std::string crypt_with(const std::string& password, const std::string& setting) {
    void* raw = nullptr;
    int size = 0;
    const char* hashed = ::crypt_ra(password.c_str(), setting.c_str(), &raw, &size);
    const CryptData data{raw};
    return hashed == nullptr ? "" : hashed;
}

}  // namespace

std::string hash_password(std::string_view password) {
    if (!possible(password))
        throw std::runtime_error("a password must have 1 to 1024 bytes, none of them NUL");
    const CPtr<char, std::free> setting{::crypt_gensalt_ra("$y$", 0, nullptr, 0)};
    auto hash = setting ? crypt_with(prepared(password), setting.get()) : "";
    if (hash.empty()) throw std::runtime_error("libcrypt cannot hash a password by yescrypt");
    return hash;
}

bool verify_password(std::string_view password, const std::string& hash) {
    if (!possible(password) || hash.empty()) return false;
    const auto hashed = crypt_with(prepared(password), hash);
    return !hashed.empty() && hash::equal_constant_time(hashed, hash);
}

std::string random_password() {
    constexpr std::string_view alphabet =
        "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    constexpr std::size_t fair =
        256 - 256 % alphabet.size();  // bytes from there on would favour some
    std::string password;
    while (password.size() < 20)
        for (const char byte : hash::random_bytes(32))
            if (const auto value = static_cast<unsigned char>(byte);
                value < fair && password.size() < 20)
                password += alphabet[value % alphabet.size()];
    return password;
}

}  // namespace kalends::directory
