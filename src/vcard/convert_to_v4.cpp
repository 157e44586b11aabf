// From 3.0 to 4.0. RFC 6350 appendix A.

#include "base/text.hpp"
#include "vcard/convert_private.hpp"

#include <algorithm>
#include <array>

namespace kalends::vcard {
namespace {

/// LABELs that are looked at: each is compared with all addresses.
constexpr std::size_t max_labels = 100;

void group_kind(Line& line) { line.rename("KIND"); }

/// Apple's way to say that a card is of a company.
void show_as(Line& line) {
    if (!text::iequals(text::trim(line.property.value), "COMPANY")) return;
    line.rename("KIND");
    line.set_value("org");
}

/// PHOTO, LOGO, SOUND and KEY: bytes become a data: URI.
void binary(Line& line) {
    const bool bytes =
        line.property.has("ENCODING", "b") || line.property.has("ENCODING", "base64");
    const auto media_type = media_type_of(line.property);
    line.take("VALUE");
    line.take("ENCODING");
    if (!bytes) return;
    line.take("TYPE");
    line.set_value("data:" + media_type + ";base64," + without_white_space(line.property.value));
}

void date(Line& line) {
    const auto omitted = line.take("X-APPLE-OMIT-YEAR");
    if (!line.property.has("VALUE", "text")) line.take("VALUE");
    std::string value = line.property.value;
    const auto full = extended_date(value);
    if (!full) return;
    value = basic_date(value);
    if (!omitted.empty() && value.starts_with(omitted.front())) value = "--" + value.substr(4);
    line.set_value(value);
}

void timestamp(Line& line) {
    line.take("VALUE");
    line.set_value(basic_date(line.property.value));
}

void position(Line& line) {
    const auto parts = components(line.property.value);
    if (parts.size() != 2) return;
    line.set_value("geo:" + std::string(parts[0]) + "," + std::string(parts[1]));
}

/// RFC 6350 6.5.1 prefers names; an offset has no colon there (4.7).
void time_zone(Line& line) {
    std::string value = line.property.value;
    const bool offset = value.starts_with('+') || value.starts_with('-');
    line.take("VALUE");
    if (!offset) return;
    value.erase(std::remove(value.begin(), value.end(), ':'), value.end());
    line.set_value(value);
    line.add("VALUE", "utc-offset");
}

/// A UID is a URI unless it says otherwise, RFC 6350 6.7.6; its text is what others refer to and
/// stays.
void uid(Line& line) {
    if (line.property.value.find(':') == std::string::npos ||
        line.property.value.find(' ') != std::string::npos) {
        if (!line.property.has("VALUE", "text")) line.add("VALUE", "text");
    }
}

void drop(Line& line) { line.dropped = true; }

const std::vector<Rule> rules = {
    {"X-ADDRESSBOOKSERVER-KIND", "", group_kind},
    {"X-KIND", "", group_kind},
    {"X-ABSHOWAS", "", show_as},
    {"PHOTO", "", binary},
    {"LOGO", "", binary},
    {"SOUND", "", binary},
    {"KEY", "", binary},
    {"BDAY", "", date},
    {"X-BDAY", "BDAY", date},
    {"X-ANNIVERSARY", "ANNIVERSARY", date},
    {"X-DEATHDATE", "DEATHDATE", date},
    {"REV", "", timestamp},
    {"GEO", "", position},
    {"TZ", "", time_zone},
    {"UID", "", uid},
    {"PROFILE", "", drop},
};

/// What is left of encodings of 2.1 in a card of 3.0: a text value in clear.
void decode_text(Line& line) {
    line.take("CHARSET");
    if (line.property.parameter("ENCODING") == nullptr || is_binary(line.property)) return;
    std::string value;
    for (const char c : decoded_value(line.property)) {
        if (c == '\n')
            value += "\\n";
        else if (c != '\r')
            value += c;
    }
    line.take("ENCODING");
    line.set_value(value);
}

Line to_v4(const Property& property, const Property* sort_string) {
    Line line{property};
    if (property.name == "VERSION") {
        line.set_value("4.0");
        return line;
    }
    decode_text(line);
    apply(rules, line);
    for (const auto& row : renamed)
        if (row.v3 == line.property.name) {
            line.rename(row.v4);
            break;
        }
    if (line.take_type("pref")) line.add("PREF", "1");
    if (sort_string != nullptr && property.name == "N") line.add("SORT-AS", text_of(*sort_string));
    line.dropped = line.dropped || property.name == "SORT-STRING";
    return line;
}

/// LABEL is a parameter of the ADR with the same types in 4.0, RFC 6350 6.3.1.
void move_labels(std::vector<Line>& lines) {
    std::size_t left = max_labels;
    for (auto& label : lines) {
        if (label.property.name != "X-LABEL" || left == 0) continue;
        --left;
        const Parameter* types = label.property.parameter("TYPE");
        const auto fits = [&](const Line& line) {
            const Parameter* others = line.property.parameter("TYPE");
            const bool both = types != nullptr && others != nullptr;
            return line.property.name == "ADR" && line.property.parameter("LABEL") == nullptr &&
                   (both ? types->values == others->values : types == others);
        };
        const auto address = std::find_if(lines.begin(), lines.end(), fits);
        if (address == lines.end()) continue;
        address->add("LABEL", text_of(label.property));
        label.dropped = true;
    }
}

}  // namespace

std::vector<Line> lines_to_v4(const Card& card) {
    std::vector<Line> lines;
    lines.reserve(card.properties.size());
    const Property* sort_string = card.property("SORT-STRING");
    for (const auto& property : card.properties) lines.push_back(to_v4(property, sort_string));
    move_labels(lines);
    return lines;
}

}  // namespace kalends::vcard
