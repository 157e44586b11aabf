#include "base/percent.hpp"

#include <array>

namespace kalends::percent {
namespace {

/// The characters of a pchar that stand for themselves. RFC 3986 3.3; the quote and the ampersand
/// are escaped too, so that an href can stand in XML and in HTML as it is.
constexpr std::array<bool, 256> make_plain() {
    std::array<bool, 256> plain{};
    for (unsigned c = 'a'; c <= 'z'; ++c) plain[c] = plain[c - 32] = true;
    for (unsigned c = '0'; c <= '9'; ++c) plain[c] = true;
    for (const char c : std::string_view("-._~!$()*+,;=:@"))
        plain[static_cast<unsigned char>(c)] = true;
    return plain;
}
constexpr auto plain = make_plain();

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}  // namespace

std::optional<std::string> decode(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            result += text[i];
            continue;
        }
        if (i + 2 >= text.size()) return std::nullopt;
        const int high = hex_value(text[i + 1]);
        const int low = hex_value(text[i + 2]);
        if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return result;
}

void append_segment(std::string& to, std::string_view bytes) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        if (plain[byte]) {
            to += c;
        } else {
            to += '%';
            to += digits[byte >> 4U];
            to += digits[byte & 15U];
        }
    }
}

std::string encode_segment(std::string_view bytes) {
    std::string result;
    result.reserve(bytes.size());
    append_segment(result, bytes);
    return result;
}

}  // namespace kalends::percent
