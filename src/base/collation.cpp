#include "base/collation.hpp"

#include "base/text.hpp"

#include <utf8proc.h>

#include <algorithm>

namespace kalends {
namespace {

bool is_ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

utf8proc_int32_t to_title(utf8proc_int32_t codepoint, void* /*unused*/) {
    return utf8proc_totitle(codepoint);
}

/// RFC 5051 2: every character to titlecase, then fully decomposed.
std::string unicode_casemap(std::string_view text) {
    utf8proc_uint8_t* mapped = nullptr;
    const auto options =
        static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT);
    const auto length = utf8proc_map_custom(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                            static_cast<utf8proc_ssize_t>(text.size()), &mapped,
                                            options, to_title, nullptr);
    if (length < 0) return std::string(text);
    std::string key(reinterpret_cast<const char*>(mapped), static_cast<std::size_t>(length));
    free(mapped);  // NOLINT(cppcoreguidelines-no-malloc): utf8proc's own way
    return key;
}

}  // namespace

std::optional<Collation> collation_named(std::string_view name) {
    if (name == "i;octet") return Collation::octet;
    if (name == "i;ascii-casemap") return Collation::ascii_casemap;
    if (name == "i;unicode-casemap") return Collation::unicode_casemap;
    return std::nullopt;
}

std::string collation_key(Collation collation, std::string_view text) {
    switch (collation) {
    case Collation::octet:
        return std::string(text);
    case Collation::ascii_casemap:
        return text::upper_ascii(text);
    case Collation::unicode_casemap:
        break;
    }
    return is_ascii(text) ? text::upper_ascii(text) : unicode_casemap(text);
}

}  // namespace kalends
