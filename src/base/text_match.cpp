#include "base/text_match.hpp"

#include "base/text.hpp"

#include <array>
#include <utility>

namespace kalends {

std::optional<MatchType> match_type_named(std::string_view name) {
    static constexpr std::array names = {
        std::pair{std::string_view("equals"), MatchType::equals},
        std::pair{std::string_view("contains"), MatchType::contains},
        std::pair{std::string_view("starts-with"), MatchType::starts_with},
        std::pair{std::string_view("ends-with"), MatchType::ends_with},
    };
    for (const auto& [known, type] : names)
        if (known == name) return type;
    return std::nullopt;
}

TextMatch text_match(std::string_view text, Collation collation, MatchType type, bool negate) {
    return {collation, type, negate, collation_key(collation, text)};
}

bool compares(MatchType type, std::string_view key, std::string_view wanted) {
    switch (type) {
    case MatchType::equals:
        return key == wanted;
    case MatchType::starts_with:
        return key.starts_with(wanted);
    case MatchType::ends_with:
        return key.ends_with(wanted);
    case MatchType::contains:
        break;
    }
    return key.find(wanted) != std::string_view::npos;
}

bool finds(const TextMatch& match, std::string_view text) {
    if (match.collation == Collation::octet) return compares(match.type, text, match.text);
    if (match.collation == Collation::ascii_casemap && match.type == MatchType::contains)
        return text::icontains(text, match.text);
    return compares(match.type, collation_key(match.collation, text), match.text);
}

}  // namespace kalends
