#include "base/text.hpp"
#include "xml/document.hpp"
#include "xml/encoding_private.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace kalends::xml {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view utf8_mark = "\xEF\xBB\xBF";
/// An XML declaration is longer than this only when somebody plays with white space.
constexpr std::size_t max_declaration = 256;

unsigned byte(char c) { return static_cast<unsigned char>(c); }

bool is_ascii(std::string_view text) {
    constexpr std::uint64_t high_bits = 0x8080808080808080U;
    while (text.size() >= sizeof(std::uint64_t)) {
        std::uint64_t word = 0;
        std::memcpy(&word, text.data(), sizeof word);
        if ((word & high_bits) != 0) return false;
        text.remove_prefix(sizeof word);
    }
    return std::all_of(text.begin(), text.end(), [](char c) { return byte(c) < 0x80; });
}

void append_utf8(std::string& to, std::uint32_t character) {
    const auto put = [&to](std::uint32_t value) { to += static_cast<char>(value); };
    if (character < 0x80) {
        put(character);
    } else if (character < 0x800) {
        put(0xC0U | character >> 6U);
        put(0x80U | (character & 0x3FU));
    } else if (character < 0x10000) {
        put(0xE0U | character >> 12U);
        put(0x80U | (character >> 6U & 0x3FU));
        put(0x80U | (character & 0x3FU));
    } else {
        put(0xF0U | character >> 18U);
        put(0x80U | (character >> 12U & 0x3FU));
        put(0x80U | (character >> 6U & 0x3FU));
        put(0x80U | (character & 0x3FU));
    }
}

std::string from_latin1(std::string_view bytes) {
    std::string result;
    result.reserve(bytes.size() * 2);
    for (const char c : bytes) append_utf8(result, byte(c));
    return result;
}

std::string from_utf16(std::string_view bytes, bool big_endian) {
    if (bytes.size() % 2 != 0)
        throw ParseError("The document ends in the middle of a UTF-16 character.");
    const auto unit = [&](std::size_t i) {
        return big_endian ? byte(bytes[i]) << 8U | byte(bytes[i + 1])
                          : byte(bytes[i + 1]) << 8U | byte(bytes[i]);
    };
    std::string result;
    result.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size(); i += 2) {
        std::uint32_t character = unit(i);
        const bool high = character >= 0xD800 && character < 0xDC00;
        const bool low = character >= 0xDC00 && character < 0xE000;
        if (high) {
            i += 2;
            const std::uint32_t second = i < bytes.size() ? unit(i) : 0;
            if (second < 0xDC00 || second >= 0xE000)
                throw ParseError("The document is not well-formed UTF-16.");
            character = 0x10000U + ((character - 0xD800U) << 10U) + (second - 0xDC00U);
        }
        if (low) throw ParseError("The document is not well-formed UTF-16.");
        append_utf8(result, character);
    }
    return result;
}

/// UTF-16 by its byte order mark, or by a '<' of two bytes at the start (XML 1.0 appendix F).
std::optional<std::string> if_utf16(std::string_view bytes) {
    const auto start = bytes.substr(0, 2);
    if (start == "\xFE\xFF"sv) return from_utf16(bytes.substr(2), true);
    if (start == "\xFF\xFE"sv) return from_utf16(bytes.substr(2), false);
    if (start == "\0<"sv) return from_utf16(bytes, true);
    if (start == "<\0"sv) return from_utf16(bytes, false);
    return std::nullopt;
}

/// The encoding named in the XML declaration; empty if there is none.
std::string_view declared_encoding(std::string_view bytes) {
    if (bytes.substr(0, 5) != "<?xml") return {};
    std::string_view declaration = bytes.substr(0, max_declaration);
    declaration = declaration.substr(0, declaration.find("?>"));
    const auto found = declaration.find("encoding");
    if (found == std::string_view::npos) return {};
    declaration.remove_prefix(found);
    const auto open = declaration.find_first_of("\"'");
    if (open == std::string_view::npos) return {};
    const auto close = declaration.find(declaration[open], open + 1);
    if (close == std::string_view::npos) return {};
    return declaration.substr(open + 1, close - open - 1);
}

[[noreturn]] void refuse_byte(std::string_view bytes, std::size_t offset, std::string_view what) {
    throw ParseError("line " + std::to_string(line_at(bytes, offset)) + ": " + std::string(what));
}

/// Only now is it worth to look which character is the wrong one.
[[noreturn]] void refuse_utf8(std::string_view bytes) {
    std::size_t line = 1;
    for (const auto part : text::split(bytes, '\n')) {
        if (!text::is_utf8(part)) break;
        ++line;
    }
    throw ParseError("line " + std::to_string(line) + ": bytes that are not UTF-8.");
}

void check_utf8(std::string_view bytes) {
    if (const auto nul = bytes.find('\0'); nul != std::string_view::npos)
        refuse_byte(bytes, nul, "a NUL byte, which XML cannot contain.");
    if (!is_ascii(bytes) && !text::is_utf8(bytes)) refuse_utf8(bytes);
}

}  // namespace

void read_encoding(std::string_view bytes, Utf8Document& document) {
    document.bytes = bytes;
    if (auto converted = if_utf16(bytes)) {
        document.converted = std::move(*converted);
        document.bytes = document.converted;
        return check_utf8(document.bytes);
    }
    if (bytes.substr(0, utf8_mark.size()) == utf8_mark)
        document.bytes.remove_prefix(utf8_mark.size());

    const auto encoding = declared_encoding(document.bytes);
    if (encoding.empty() || text::iequals(encoding, "utf-8") || text::iequals(encoding, "us-ascii"))
        return check_utf8(document.bytes);
    if (!text::iequals(encoding, "iso-8859-1"))
        throw ParseError("The encoding " + text::printable(encoding, 40) +
                         " is not supported; please send UTF-8.");
    document.converted = from_latin1(document.bytes);
    document.bytes = document.converted;
    check_utf8(document.bytes);
}

std::size_t line_at(std::string_view bytes, std::size_t offset) {
    const auto before = bytes.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
}

}  // namespace kalends::xml
