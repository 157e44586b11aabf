#pragma once
// What a text-match asks of a text. RFC 4791 9.7.5, RFC 6352 10.5.4.

#include "base/collation.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kalends {

/// RFC 6352 10.5.4, match-type.
enum class MatchType { equals, contains, starts_with, ends_with };

/// By its name in XML; nothing if it is none.
std::optional<MatchType> match_type_named(std::string_view name);

struct TextMatch {
    Collation collation = Collation::ascii_casemap;
    MatchType type = MatchType::contains;
    bool negate = false;
    std::string text;  ///< as collation_key() gives it
};

/// One that finds `text`.
TextMatch text_match(std::string_view text, Collation collation = Collation::ascii_casemap,
                     MatchType type = MatchType::contains, bool negate = false);

/// Whether `key` is, contains, begins or ends with `wanted`: both as collation_key() gives them.
bool compares(MatchType type, std::string_view key, std::string_view wanted);

/// Whether `text` is what `match` looks for. Says nothing of negation, which the caller applies
/// where it has seen all texts.
bool finds(const TextMatch& match, std::string_view text);

}  // namespace kalends
