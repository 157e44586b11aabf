#include "auth/basic.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::auth {
namespace {

constexpr std::string_view scheme = "Basic";
constexpr std::size_t max_value = 4096;  // bytes

/// Neither part may have one. RFC 7617 2.
bool is_control(char c) { return (c >= 0 && c < ' ') || c == '\x7f'; }

}  // namespace

std::optional<Credentials> parse_basic(std::string_view authorization) {
    authorization = text::trim(authorization);
    if (authorization.size() > max_value || authorization.size() <= scheme.size())
        return std::nullopt;
    if (!text::iequals(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
    auto encoded = authorization.substr(scheme.size());
    if (encoded.front() != ' ') return std::nullopt;
    encoded.remove_prefix(encoded.find_first_not_of(' '));
    const auto decoded = text::base64_decode(encoded);
    if (!decoded || !text::is_utf8(*decoded) || std::ranges::any_of(*decoded, is_control))
        return std::nullopt;
    const auto colon = decoded->find(':');  // the first one: a password may have more
    if (colon == std::string::npos || colon == 0 || colon + 1 == decoded->size())
        return std::nullopt;
    return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

}  // namespace kalends::auth
