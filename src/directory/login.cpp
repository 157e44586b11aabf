// Logins in canonical form: RFC 8265 3.3, UsernameCaseMapped, over the IdentifierClass of RFC
// 8264 4.2.

#include "base/c_ptr.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"
#include "directory/unicode_private.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>

namespace kalends::directory {
namespace {

constexpr std::size_t max_login = 255;  // bytes

using CodePoints = std::vector<utf8proc_int32_t>;
using Bidi = utf8proc_bidi_class_t;

/// Nothing if it is not UTF-8.
std::optional<CodePoints> code_points(std::string_view text) {
    CodePoints result;
    const auto* next = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    for (auto left = static_cast<utf8proc_ssize_t>(text.size()); left > 0;) {
        utf8proc_int32_t code = 0;
        const auto length = utf8proc_iterate(next, left, &code);
        if (length <= 0) return std::nullopt;
        result.push_back(code);
        next += length;
        left -= length;
    }
    return result;
}

std::string utf8(const CodePoints& codes) {
    std::string text;
    std::array<utf8proc_uint8_t, 4> bytes{};
    for (const auto code : codes) {
        const auto length = utf8proc_encode_char(code, bytes.data());
        text.append(reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(length));
    }
    return text;
}

std::optional<std::string> mapped(std::string_view text, int options) {
    utf8proc_uint8_t* raw = nullptr;
    const auto length = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                     static_cast<utf8proc_ssize_t>(text.size()), &raw,
                                     static_cast<utf8proc_option_t>(options));
    const CPtr<utf8proc_uint8_t, std::free> owned{raw};
    if (length < 0) return std::nullopt;
    return std::string(reinterpret_cast<const char*>(raw), static_cast<std::size_t>(length));
}

/// Fullwidth and halfwidth characters become the usual ones; then lower case. RFC 8265 3.3.2, rules
/// 1 and 3.
utf8proc_int32_t width_and_case_mapped(utf8proc_int32_t code) {
    const auto type = utf8proc_get_property(code)->decomp_type;
    if (type == UTF8PROC_DECOMP_TYPE_WIDE || type == UTF8PROC_DECOMP_TYPE_NARROW) {
        std::array<utf8proc_int32_t, 4> parts{};
        int last_class = UTF8PROC_BOUNDCLASS_START;
        const auto count = utf8proc_decompose_char(
            code, parts.data(), parts.size(),
            static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT), &last_class);
        if (count == 1) code = parts[0];
    }
    return utf8proc_tolower(code);
}

/// IdentifierClass, RFC 8264 4.2; what has a compatibility form is found by comparing with NFKC.
bool allowed(utf8proc_int32_t code) {
    if (code < 0x80) return code > 0x20 && code < 0x7f && code != '/' && code != ':';
    switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
        return true;
    default:
        return false;
    }
}

Bidi bidi_class(utf8proc_int32_t code) {
    return static_cast<Bidi>(utf8proc_get_property(code)->bidi_class);
}

template <std::size_t N> bool among(Bidi bidi, const std::array<Bidi, N>& classes) {
    return std::ranges::find(classes, bidi) != classes.end();
}

constexpr std::array right_to_left{UTF8PROC_BIDI_CLASS_R, UTF8PROC_BIDI_CLASS_AL,
                                   UTF8PROC_BIDI_CLASS_AN};
constexpr std::array neutral{UTF8PROC_BIDI_CLASS_EN, UTF8PROC_BIDI_CLASS_ES, UTF8PROC_BIDI_CLASS_CS,
                             UTF8PROC_BIDI_CLASS_ET, UTF8PROC_BIDI_CLASS_ON, UTF8PROC_BIDI_CLASS_BN,
                             UTF8PROC_BIDI_CLASS_NSM};

/// The Bidi Rule, RFC 5893 2, for text with a right-to-left character; other text may be anything.
bool obeys_bidi_rule(const CodePoints& codes) {
    const auto is_rtl = [](auto code) { return among(bidi_class(code), right_to_left); };
    if (std::ranges::none_of(codes, is_rtl)) return true;
    const auto first = bidi_class(codes.front());
    const bool from_right = first == UTF8PROC_BIDI_CLASS_R || first == UTF8PROC_BIDI_CLASS_AL;
    if (!from_right) return false;  // left to right with such a character in it: rules 1 and 5
    const bool members = std::ranges::all_of(
        codes, [&](auto code) { return is_rtl(code) || among(bidi_class(code), neutral); });
    const auto has = [&](Bidi bidi) {
        return std::ranges::any_of(codes, [&](auto code) { return bidi_class(code) == bidi; });
    };
    const auto last = std::find_if(codes.rbegin(), codes.rend(), [](auto code) {
        return bidi_class(code) != UTF8PROC_BIDI_CLASS_NSM;
    });
    const auto end = last == codes.rend() ? first : bidi_class(*last);
    return members && (end == UTF8PROC_BIDI_CLASS_EN || among(end, right_to_left)) &&
           !(has(UTF8PROC_BIDI_CLASS_EN) && has(UTF8PROC_BIDI_CLASS_AN));
}

/// What most logins are: ASCII without spaces, controls, '/' and ':'. Every request's path has one,
/// so it takes a short cut; only the case is mapped.
bool is_plain(std::string_view login) {
    return std::ranges::all_of(login,
                               [](char c) { return c > 0x20 && c < 0x7f && c != '/' && c != ':'; });
}

}  // namespace

std::optional<std::string> nfc(std::string_view text) {
    return mapped(text, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
}

std::optional<std::string> canonical_login(std::string_view login) {
    if (login.empty() || login.size() > max_login || login == "." || login == "..")
        return std::nullopt;
    if (is_plain(login)) return text::lower_ascii(login);
    auto codes = code_points(login);
    if (!codes) return std::nullopt;
    std::ranges::transform(*codes, codes->begin(), width_and_case_mapped);
    auto composed = nfc(utf8(*codes));
    if (!composed || composed->size() > max_login || composed == "." || composed == "..")
        return std::nullopt;
    if (mapped(*composed, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT) != composed)
        return std::nullopt;
    const auto result = code_points(*composed);
    if (!result || !std::ranges::all_of(*result, allowed) || !obeys_bidi_rule(*result))
        return std::nullopt;
    return composed;
}

}  // namespace kalends::directory
