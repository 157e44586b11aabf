// Values and the texts they stand for: backslash escapes (RFC 6350 3.4) and QUOTED-PRINTABLE (RFC
// 2045 6.7).

#include "base/text.hpp"

#include "vcard/card.hpp"
#include "vcard/convert_private.hpp"

#include <array>
#include <cstdint>

namespace kalends::vcard {
namespace {

/// What windows-1252 has at 0x80 to 0x9F, in UTF-8; the five holes stay what ISO-8859-1 has there.
constexpr std::array<std::string_view, 32> windows_1252 = {
    "€", "\xC2\x81", "‚",        "ƒ", "„",        "…",        "†", "‡",        "ˆ", "‰", "Š",
    "‹", "Œ",        "\xC2\x8D", "Ž", "\xC2\x8F", "\xC2\x90", "‘", "’",        "“", "”", "•",
    "–", "—",        "˜",        "™", "š",        "›",        "œ", "\xC2\x9D", "ž", "Ÿ",
};

/// For text that says it is ISO-8859-1 or says nothing: what its writers meant is windows-1252.
std::string from_windows_1252(std::string_view bytes) {
    std::string result;
    for (const char c : bytes) {
        const unsigned byte = static_cast<unsigned char>(c);
        if (byte < 0x80U) {
            result += c;
        } else if (byte < 0xA0U) {
            result += windows_1252[byte - 0x80U];
        } else {
            result += static_cast<char>(0xC0U | byte >> 6U);
            result += static_cast<char>(0x80U | (byte & 0x3FU));
        }
    }
    return result;
}

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

std::string decode_quoted_printable(std::string_view value) {
    std::string result;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const int high = value[i] == '=' && i + 2 < value.size() ? hex_value(value[i + 1]) : -1;
        const int low = high >= 0 ? hex_value(value[i + 2]) : -1;
        if (low < 0) {
            result += value[i];
            continue;
        }
        result += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return text::is_utf8(result) ? result : from_windows_1252(result);
}

}  // namespace

std::string unescape_text(std::string_view value) {
    if (value.find('\\') == std::string_view::npos) return std::string(value);
    std::string result;
    result.reserve(value.size());
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char next = value[i] == '\\' && i + 1 < value.size() ? value[i + 1] : '\0';
        if (next == 'n' || next == 'N') {
            result += '\n';
            ++i;
        } else if (next == '\\' || next == ',' || next == ';' || next == ':') {
            result += next;
            ++i;
        } else {
            result += value[i];
        }
    }
    return result;
}

std::string escape_text(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (const char c : text) {
        if (c == '\r') continue;
        if (c == '\\' || c == ',' || c == ';') result += '\\';
        if (c == '\n')
            result += "\\n";
        else
            result += c;
    }
    return result;
}

bool is_binary(const Property& property) {
    return property.has("ENCODING", "B") || property.has("ENCODING", "BASE64");
}

std::string decoded_value(const Property& property) {
    const bool encoded = property.has("ENCODING", "QUOTED-PRINTABLE");
    return encoded ? decode_quoted_printable(property.value) : property.value;
}

std::string text_of(const Property& property) {
    return is_binary(property) ? std::string() : unescape_text(decoded_value(property));
}

}  // namespace kalends::vcard
