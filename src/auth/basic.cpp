#include "auth/basic.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::auth {
namespace {

constexpr std::size_t max_value = 16'384;  // bytes; tokens are long

/// Neither part may have one. RFC 7617 2.
bool is_control(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

/// What follows the scheme; nothing if it is another, or nothing follows.
std::optional<std::string_view> after_scheme(std::string_view authorization,
                                             std::string_view scheme) {
    authorization = text::trim(authorization);
    if (authorization.size() > max_value || authorization.size() <= scheme.size() ||
        !text::iequals(authorization.substr(0, scheme.size()), scheme))
        return std::nullopt;
    auto rest = authorization.substr(scheme.size());
    if (rest.front() != ' ') return std::nullopt;
    rest.remove_prefix(rest.find_first_not_of(' '));
    return rest;
}

}  // namespace

std::optional<Credentials> parse_basic(std::string_view authorization) {
    const auto encoded = after_scheme(authorization, "Basic");
    if (!encoded) return std::nullopt;
    const auto decoded = text::base64_decode(*encoded);
    if (!decoded || !text::is_utf8(*decoded) || std::ranges::any_of(*decoded, is_control))
        return std::nullopt;
    const auto colon = decoded->find(':');  // the first one: a password may have more
    if (colon == std::string::npos || colon == 0 || colon + 1 == decoded->size())
        return std::nullopt;
    return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

std::optional<std::string> parse_bearer(std::string_view authorization) {
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-._~+/=";
    const auto token = after_scheme(authorization, "Bearer");
    if (!token || token->find_first_not_of(allowed) != std::string_view::npos) return std::nullopt;
    return std::string(*token);
}

}  // namespace kalends::auth
