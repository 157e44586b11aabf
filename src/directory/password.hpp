#pragma once
// Hashes of passwords by yescrypt (libcrypt). About 13 ms each; thread-safe. Down here since
// accounts are made with a password; auth/password.hpp is the door for everybody else.

#include <string>
#include <string_view>

namespace kalends::directory {

/// A new hash with its own salt. Throws std::runtime_error if libcrypt can't.
std::string hash_password(std::string_view password);

/// Compares in constant time. A hash that libcrypt does not know is never right. An empty password
/// is never right.
bool verify_password(std::string_view password, const std::string& hash);

/// 20 characters that are easily read and typed; over 100 bits.
std::string random_password();

}  // namespace kalends::directory
