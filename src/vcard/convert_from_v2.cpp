// From 2.1 to 3.0, for files that old phones and programs saved. RFC 2426 5 lists the differences:
// parameters have names, values are UTF-8 in clear, and a comma has a meaning.

#include "base/text.hpp"
#include "vcard/convert_private.hpp"

#include <algorithm>
#include <array>

namespace kalends::vcard {
namespace {

constexpr std::array<std::string_view, 4> structured = {"N", "ADR", "ORG", "GEO"};

bool is_structured(std::string_view name) {
    return std::find(structured.begin(), structured.end(), name) != structured.end();
}

/// 2.1 escapes the semicolon alone, and only where there are components; most of its writers escape
/// as 3.0 does.
std::string escape_components(std::string_view decoded) {
    std::string result;
    for (std::size_t i = 0; i < decoded.size(); ++i) {
        const char c = decoded[i];
        const char next = i + 1 < decoded.size() ? decoded[i + 1] : '\0';
        if (c == '\r') continue;
        if (c == '\n') {
            result += "\\n";
        } else if (c == '\\' &&
                   (next == ';' || next == ',' || next == '\\' || next == 'n' || next == 'N')) {
            result += c;
            result += next;
            ++i;
        } else if (c == '\\' || c == ',') {
            result += '\\';
            result += c;
        } else {
            result += c;
        }
    }
    return result;
}

Line to_v3(const Property& property) {
    Line line{property};
    line.dropped = property.name == "AGENT";
    if (property.name == "VERSION") {
        line.set_value("3.0");
        return line;
    }
    line.changed = !property.parameters.empty();
    line.take("CHARSET");
    if (is_binary(property)) {
        line.take("ENCODING");
        line.add("ENCODING", "b");
        line.set_value(without_white_space(line.property.value));
        return line;
    }
    const auto value = escape_components(decoded_value(property));
    line.take("ENCODING");
    if (line.property.has("VALUE", "url")) {
        line.take("VALUE");
        line.add("VALUE", "uri");
        return line;
    }
    if (is_structured(property.name) || property.name.starts_with("X-") || property.name == "URL" ||
        property.name == "CATEGORIES") {
        line.set_value(property.name == "CATEGORIES" || property.name == "URL"
                           ? decoded_value(property)
                           : value);
        return line;
    }
    line.set_value(escape_text(unescape_text(value)));
    return line;
}

/// FN is required in 3.0 and not in 2.1: the words of N in the order of speech, else what names the
/// card.
std::string made_full_name(const Card& card) {
    if (const Property* name = card.property("N")) {
        const auto value = escape_components(decoded_value(*name));
        const auto parts = components(value);
        std::string full;
        constexpr std::array<std::size_t, 5> spoken = {
            3, 1, 2, 0, 4};  // prefix, given, additional, family, suffix
        for (const auto i : spoken) {
            if (i >= parts.size() || parts[i].empty()) continue;
            full += (full.empty() ? "" : " ") + std::string(parts[i]);
        }
        if (!full.empty()) return full;
    }
    for (const std::string_view name : {"ORG", "EMAIL", "TEL"})
        if (const Property* property = card.property(name)) return escape_text(text_of(*property));
    return "?";
}

}  // namespace

std::vector<Line> lines_from_v2(const Card& card) {
    std::vector<Line> lines;
    lines.reserve(card.properties.size() + 3);
    if (card.version == Version::none) lines.push_back(new_line("", "VERSION", "3.0"));
    for (const auto& property : card.properties) lines.push_back(to_v3(property));
    if (card.property("FN") == nullptr) lines.push_back(new_line("", "FN", made_full_name(card)));
    if (card.property("N") == nullptr) lines.push_back(new_line("", "N", ";;;;"));
    return lines;
}

}  // namespace kalends::vcard
