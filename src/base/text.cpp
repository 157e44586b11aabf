#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>

namespace kalends::text {
namespace {

constexpr std::string_view white = " \t\r\n";
constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view base64_digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
constexpr char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
constexpr unsigned byte(char c) { return static_cast<unsigned char>(c); }

/// The length of the well-formed UTF-8 sequence at the start of `s`, or 0. Unicode 15, table 3-7.
std::size_t utf8_length(std::string_view s) {
    const unsigned first = byte(s[0]);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
    if (first < 0xC2 || first > 0xF4 || s.size() < length) return 0;
    const unsigned second = byte(s[1]);
    const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    if (second < low || second > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte(s[i]) & 0xC0U) != 0x80U) return 0;
    return length;
}

/// Eight bytes at a time: nearly all of what is checked is ASCII.
void skip_ascii(std::string_view& text) {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    std::uint64_t eight = 0;
    while (text.size() >= sizeof eight) {
        std::memcpy(&eight, text.data(), sizeof eight);
        if ((eight & high_bits) != 0) break;
        text.remove_prefix(sizeof eight);
    }
    while (!text.empty() && byte(text[0]) < 0x80) text.remove_prefix(1);
}

}  // namespace

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(white);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(white) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return parts;
        text.remove_prefix(end + 1);
    }
}

std::size_t code_points(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string json_quoted(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') result += '\\';
        if (static_cast<unsigned char>(c) < 0x20)
            result += "\\u00" + to_hex({&c, 1});
        else
            result += c;
    }
    return result + '"';
}

std::string lower_ascii(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

std::string upper_ascii(std::string_view text) {
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), upper);
    return result;
}

bool iequals(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

bool icontains(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(),
                       [](char x, char y) { return lower(x) == lower(y); }) != text.end() ||
           part.empty();
}

bool is_utf8(std::string_view text) {
    for (;;) {
        skip_ascii(text);
        if (text.empty()) return true;
        const auto length = utf8_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
}

std::optional<long long> to_number(std::string_view digits) {
    long long value = 0;
    const char* const end = digits.data() + digits.size();
    if (digits.empty() || digits[0] == '-') return std::nullopt;
    const auto [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
}

std::string printable(std::string_view bytes, std::size_t max) {
    std::string result;
    for (const char c : bytes) {
        if (result.size() >= max) return result + "...";
        if (byte(c) < 0x20 || c == 0x7F || c == '<' || c == '>' || c == '&') {
            result += "\\x";
            result += hex_digits[byte(c) >> 4U];
            result += hex_digits[byte(c) & 15U];
        } else {
            result += c;
        }
    }
    return result;
}

std::string base64_encode(std::string_view bytes) {
    std::string result;
    result.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const auto left = bytes.size() - i;
        const std::uint32_t group = byte(bytes[i]) << 16U |
                                    (left > 1 ? byte(bytes[i + 1]) << 8U : 0U) |
                                    (left > 2 ? byte(bytes[i + 2]) : 0U);
        result += base64_digits[group >> 18U];
        result += base64_digits[group >> 12U & 63U];
        result += left > 1 ? base64_digits[group >> 6U & 63U] : '=';
        result += left > 2 ? base64_digits[group & 63U] : '=';
    }
    return result;
}

std::optional<std::string> base64_decode(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    while (!text.empty() && text.back() == '=') text.remove_suffix(1);
    if (text.size() % 4 == 1) return std::nullopt;
    std::string result;
    result.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const auto value = base64_digits.find(c);
        if (value == std::string_view::npos) return std::nullopt;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count >= 8) {
            count -= 8;
            result += static_cast<char>(bits >> count & 255U);
        }
    }
    return result;
}

std::optional<std::string> base64url_decode(std::string_view text) {
    if (text.find_first_of("+/=") != std::string_view::npos) return std::nullopt;
    std::string plain(text);
    std::ranges::replace(plain, '-', '+');
    std::ranges::replace(plain, '_', '/');
    plain.append((4 - plain.size() % 4) % 4, '=');
    return base64_decode(plain);
}

std::string base64url_encode(std::string_view bytes) {
    auto text = base64_encode(bytes);
    text.erase(std::min(text.find('='), text.size()));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    return text;
}

std::string to_hex(std::string_view bytes) {
    std::string result;
    result.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        result += hex_digits[byte(c) >> 4U];
        result += hex_digits[byte(c) & 15U];
    }
    return result;
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t changed = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, diagonal + 1, row[j] + 1});
        }
    }
    return row.back();
}

}  // namespace kalends::text
