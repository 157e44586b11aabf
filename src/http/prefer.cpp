#include "http/prefer.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>

namespace kalends::http {
namespace {

struct Row {
    std::string_view name, value;
    bool Preferences::*flag;
};
constexpr std::array rows{
    Row{"return", "minimal", &Preferences::minimal},
    Row{"return", "representation", &Preferences::representation},
    Row{"depth-noroot", "", &Preferences::depth_noroot},
    Row{"handling", "strict", &Preferences::strict},
    Row{"handling", "lenient", &Preferences::lenient},
};

/// Takes what stands before `separator`, and that too; one in a quoted string is none.
std::string_view take_until(std::string_view& text, char separator) {
    std::size_t end = 0;
    for (bool quoted = false; end < text.size(); ++end) {
        if (text[end] == '"') quoted = !quoted;
        if (quoted && text[end] == '\\') ++end;
        if (!quoted && text[end] == separator) break;
    }
    const auto part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return text::trim(part);
}

/// A word: a token, or a quoted string without its quotes.
std::string unquoted(std::string_view word) {
    if (!word.starts_with('"')) return std::string(word);
    std::string value;
    for (std::size_t i = 1; i < word.size() && word[i] != '"'; ++i) {
        if (word[i] == '\\' && i + 1 < word.size()) ++i;
        value += word[i];
    }
    return value;
}

/// The value of the first preference of that name, empty if it has none; parameters say nothing
/// about those that we know.
std::optional<std::string> value_of(std::string_view header, std::string_view name) {
    while (!header.empty()) {
        auto preference = take_until(header, ',');
        auto value = take_until(preference, ';');
        if (text::iequals(take_until(value, '='), name)) return unquoted(text::trim(value));
    }
    return std::nullopt;
}

}  // namespace

Preferences preferences_of(const Headers& headers) {
    Preferences found;
    if (!headers.find("Prefer")) {
        found.minimal = text::iequals(text::trim(headers.find("Brief").value_or("")), "t");
        return found;
    }
    const auto header = headers.joined("Prefer");
    for (const auto& row : rows) found.*row.flag = value_of(header, row.name) == row.value;
    return found;
}

std::string preference_applied(const Preferences& honoured) {
    std::string value;
    for (const auto& row : rows) {
        if (!(honoured.*row.flag)) continue;
        if (!value.empty()) value += ", ";
        value += row.name;
        if (!row.value.empty()) value.append("=").append(row.value);
    }
    return value;
}

}  // namespace kalends::http
