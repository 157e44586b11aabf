#include "dav/coded_url.hpp"

#include <algorithm>

namespace kalends::dav {
namespace {

constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
constexpr std::string_view in_schemes =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.";

bool is_in_url(char c) { return c > ' ' && c != '<' && c != '>' && c != '"' && c != '\x7F'; }

/// RFC 3986 4.3, as far as it matters here: what follows the scheme is for whoever knows it.
bool is_absolute_uri(std::string_view text) {
    const auto colon = text.find(':');
    return colon != std::string_view::npos && colon + 1 < text.size() &&
           letters.find(text.front()) != std::string_view::npos &&
           text.find_first_not_of(in_schemes) == colon;
}

bool is_simple_ref(std::string_view text) { return text.front() == '/' || is_absolute_uri(text); }

std::optional<std::string_view> take_url(std::string_view& text,
                                         bool (*is_valid)(std::string_view)) {
    if (!text.starts_with('<')) return std::nullopt;
    const auto url = text.substr(1, text.find('>') - 1);
    const auto size = url.size() + 2;
    if (text.size() < size || url.empty() || !std::ranges::all_of(url, is_in_url) || !is_valid(url))
        return std::nullopt;
    text.remove_prefix(size);
    return url;
}

}  // namespace

std::optional<std::string_view> take_coded_url(std::string_view& text) {
    return take_url(text, is_absolute_uri);
}

std::optional<std::string_view> take_resource_tag(std::string_view& text) {
    return take_url(text, is_simple_ref);
}

}  // namespace kalends::dav
