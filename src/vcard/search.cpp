// A match is found by its text alone or with what stands around it in the search text: "starts with
// JO" of an FN is "\nFN\x1FJO". That only narrows if the fold of a part is a part of the fold of
// the whole. In the collation i;unicode-casemap, by which the search text is folded, it is so by
// definition of the match. In the others it is so for ASCII, which decomposes to itself and never
// moves; of other texts we use the longest such piece.

#include "vcard/search.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kalends::vcard {
namespace {

constexpr std::array<std::string_view, 10> searchable = {
    "ADR", "EMAIL", "FN", "N", "NICKNAME", "NOTE", "ORG", "TEL", "TITLE", "UID"};
constexpr char separator = '\x1F';

bool is_searchable(std::string_view name) {
    return std::find(searchable.begin(), searchable.end(), name) != searchable.end();
}

using Texts = std::vector<std::string>;

/// The longest run of ASCII in a text.
std::string_view ascii_piece(std::string_view text) {
    const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
    std::string_view best;
    for (auto at = text.begin(); at != text.end();) {
        at = std::find_if(at, text.end(), is_ascii);
        const auto end = std::find_if_not(at, text.end(), is_ascii);
        const auto size = static_cast<std::size_t>(end - at);
        if (size > best.size())
            best = text.substr(static_cast<std::size_t>(at - text.begin()), size);
        at = end;
    }
    return best;
}

std::string line_start(std::string_view name) { return '\n' + std::string(name) + separator; }

/// What must stand in the search text if a property of that name passes the match.
Texts needed(std::string_view name, const TextMatch& match) {
    Texts texts = {line_start(name)};
    if (match.negate || match.text.empty()) return texts;
    const bool same_form = match.collation == Collation::unicode_casemap;
    const auto piece = same_form ? std::string_view(match.text) : ascii_piece(match.text);
    if (piece.empty()) return texts;
    const std::string key =
        same_form ? match.text : collation_key(Collation::unicode_casemap, piece);
    texts.push_back(key);
    if (piece.size() != match.text.size()) return texts;
    const bool at_start = match.type == MatchType::starts_with || match.type == MatchType::equals;
    const bool at_end = match.type == MatchType::ends_with || match.type == MatchType::equals;
    if (at_start || at_end)
        texts.push_back((at_start ? line_start(name) : "") + key + (at_end ? "\n" : ""));
    return texts;
}

/// What all of the alternatives need: a text that stands in some text of each.
Texts common(const std::vector<Texts>& alternatives) {
    Texts result = alternatives.front();
    const auto missing_somewhere = [&](const std::string& text) {
        return std::any_of(alternatives.begin(), alternatives.end(), [&](const Texts& other) {
            return std::none_of(other.begin(), other.end(), [&](const std::string& longer) {
                return longer.find(text) != std::string::npos;
            });
        });
    };
    result.erase(std::remove_if(result.begin(), result.end(), missing_somewhere), result.end());
    return result;
}

Texts all(const std::vector<Texts>& parts) {
    Texts result;
    for (const auto& part : parts) result.insert(result.end(), part.begin(), part.end());
    return result;
}

Texts needed(const PropFilter& filter) {
    const auto dot = filter.name.find('.');
    const auto name = text::upper_ascii(
        std::string_view(filter.name).substr(dot == std::string::npos ? 0 : dot + 1));
    if (filter.is_not_defined || !is_searchable(name)) return {};
    std::vector<Texts> tests;
    for (const auto& match : filter.texts) tests.push_back(needed(name, match));
    // A test of a parameter tells nothing but that there is such a property.
    if (!filter.params.empty() || tests.empty()) tests.push_back({line_start(name)});
    return filter.all_of ? all(tests) : common(tests);
}

/// Without repetitions, and without texts that stand in another one.
Texts without_implied(Texts texts) {
    std::sort(texts.begin(), texts.end());
    texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
    Texts result;
    for (const auto& text : texts) {
        const bool implied = std::any_of(texts.begin(), texts.end(), [&](const std::string& other) {
            return other.size() > text.size() && other.find(text) != std::string::npos;
        });
        if (!implied) result.push_back(text);
    }
    return result;
}

}  // namespace

std::string search_text(const Card& card) {
    std::string result;
    for (const auto& property : card.properties) {
        if (!is_searchable(property.name)) continue;
        if (result.empty()) result += '\n';
        result += property.name;
        result += separator;
        result += collation_key(Collation::unicode_casemap, text_of(property));
        result += '\n';
    }
    return result;
}

Plan plan(const Filter& filter) {
    if (filter.props.empty() || count_tests(filter) > max_tests) return {};
    std::vector<Texts> parts;
    for (const auto& prop : filter.props) parts.push_back(needed(prop));
    return {without_implied(filter.all_of ? all(parts) : common(parts))};
}

}  // namespace kalends::vcard
