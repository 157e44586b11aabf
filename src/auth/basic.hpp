#pragma once
// The value of an Authorization header: Basic (RFC 7617) and Bearer (RFC 6750 2.1).

#include <optional>
#include <string>
#include <string_view>

namespace kalends::auth {

struct Credentials {
    std::string login;  ///< as it was sent
    std::string password;
};

/// What the value of an Authorization header says; nothing if it is not Basic, not base64, not
/// UTF-8 (RFC 7617 2.1), has a control character, or lacks a login or a password.
std::optional<Credentials> parse_basic(std::string_view authorization);

/// The token of a Bearer header; nothing if it is none, or is not made of the characters that RFC
/// 6750 2.1 allows.
std::optional<std::string> parse_bearer(std::string_view authorization);

}  // namespace kalends::auth
