// From 4.0 to 3.0, mostly for Apple's Contacts, which reads nothing else. RFC 6350 appendix A, read
// backwards.

#include "base/text.hpp"
#include "vcard/convert_private.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace kalends::vcard {
namespace {

/// Parameters that 3.0 does not have; PREF, SORT-AS, LABEL and MEDIATYPE are read before they go.
constexpr std::array<std::string_view, 11> new_parameters = {
    "PREF", "ALTID",     "PID",   "CALSCALE", "SORT-AS", "GEO",
    "TZ",   "MEDIATYPE", "INDEX", "LEVEL",    "LABEL"};

void kind(Line& line) {
    const auto value = text::lower_ascii(text::trim(line.property.value));
    line.dropped = value == "individual";
    if (value == "group") return line.rename("X-ADDRESSBOOKSERVER-KIND");
    line.rename(value == "org" ? "X-ABSHOWAS" : "X-KIND");
    if (value == "org") line.set_value("COMPANY");
}

/// "tel:+1-555-555;ext=12" is what a person would dial in 3.0, RFC 2426 3.3.1.
void telephone(Line& line) {
    constexpr std::string_view scheme = "tel:";
    constexpr std::string_view extension = ";ext=";
    line.take("VALUE");
    std::string_view value = line.property.value;
    if (!text::iequals(value.substr(0, scheme.size()), scheme)) return;
    value.remove_prefix(scheme.size());
    const auto at = value.find(extension);
    std::string number(value.substr(0, std::min(at, value.find(';'))));
    if (at != std::string_view::npos) {
        const auto rest = value.substr(at + extension.size());
        number += " ext. " + std::string(rest.substr(0, rest.find(';')));
    }
    line.set_value(escape_text(number));
}

/// The TYPE of 3.0 for a media type: image/jpeg -> JPEG.
std::string short_type(std::string_view media_type) {
    if (text::iequals(media_type, "application/pkix-cert")) return "X509";
    if (text::iequals(media_type, "application/pgp-keys")) return "PGP";
    return text::upper_ascii(media_type.substr(media_type.find('/') + 1));
}

/// PHOTO, LOGO, SOUND and KEY: a URI in 4.0; in 3.0 bytes, or VALUE=uri.
void binary(Line& line) {
    const std::string value = line.property.value;
    const auto data = read_data_uri(value);
    line.take("VALUE");
    const auto media_type = line.take("MEDIATYPE");
    if (!data) {
        if (!media_type.empty()) line.add("TYPE", short_type(media_type.front()));
        return line.add("VALUE", "uri");
    }
    line.add("ENCODING", "b");
    if (!data->media_type.empty()) line.add("TYPE", short_type(data->media_type));
    line.set_value(without_white_space(data->base64));
}

/// A date of 3.0 is complete. Apple marks one without a year by X-APPLE-OMIT-YEAR, and the year
/// 1604.
void date(Line& line) {
    constexpr std::string_view leap_year_of_apple = "1604";
    const auto kind_of_value = line.take("VALUE");
    const auto value = line.property.value;
    const bool is_text = !kind_of_value.empty() && text::iequals(kind_of_value.front(), "text");
    if (const auto full = is_text ? std::nullopt : extended_date(value)) {
        if (value.find('T') != std::string::npos) line.add("VALUE", "date-time");
        return line.set_value(*full);
    }
    const bool partial = !is_text && value.starts_with("--");
    const auto with_year =
        partial ? extended_date(std::string(leap_year_of_apple) + value.substr(2)) : std::nullopt;
    if (with_year) {
        line.add("X-APPLE-OMIT-YEAR", std::string(leap_year_of_apple));
        return line.set_value(*with_year);
    }
    if (!line.property.name.starts_with("X-")) line.rename("X-" + line.property.name);
    if (is_text) line.add("VALUE", "text");
}

/// "geo:37.38,-122.08" -> "37.38;-122.08", RFC 2426 3.4.2.
void position(Line& line) {
    constexpr std::string_view scheme = "geo:";
    std::string value = line.property.value;
    line.take("VALUE");
    if (!text::iequals(value.substr(0, scheme.size()), scheme)) return;
    value = value.substr(scheme.size(), value.find(';', scheme.size()) - scheme.size());
    std::replace(value.begin(), value.end(), ',', ';');
    line.set_value(value);
}

/// An offset is the usual value in 3.0 and text in 4.0.
void time_zone(Line& line) {
    line.take("VALUE");
    std::string value = line.property.value;
    const bool with_sign = value.starts_with('+') || value.starts_with('-');
    constexpr std::size_t basic_offset = 5;  // -0500
    if (with_sign && value.size() == basic_offset && text::to_number(value.substr(1)))
        return line.set_value(value.substr(0, 3) + ":" + value.substr(3));
    if (!with_sign) line.add("VALUE", "text");
}

void plain_value(Line& line) { line.take("VALUE"); }

const std::vector<Rule> rules = {
    {"KIND", "", kind},
    {"TEL", "", telephone},
    {"PHOTO", "", binary},
    {"LOGO", "", binary},
    {"SOUND", "", binary},
    {"KEY", "", binary},
    {"BDAY", "", date},
    {"ANNIVERSARY", "X-ANNIVERSARY", date},
    {"DEATHDATE", "X-DEATHDATE", date},
    {"X-BDAY", "", nullptr},
    {"GEO", "", position},
    {"TZ", "", time_zone},
    {"UID", "", plain_value},
};

/// The preference of a line, 1 to 100; above that if it has none.
long long preference(const Property& property) {
    constexpr long long none = 101;
    const Parameter* pref = property.parameter("PREF");
    return pref == nullptr ? none : text::to_number(pref->values.front()).value_or(none);
}

/// 3.0 can only say that one is preferred: of each name the line with the lowest PREF.
std::map<std::string_view, const Property*> preferred_lines(const Card& card) {
    std::map<std::string_view, const Property*> best;
    for (const auto& property : card.properties) {
        if (property.parameter("PREF") == nullptr) continue;
        const auto [place, is_new] = best.emplace(property.name, &property);
        if (!is_new && preference(property) < preference(*place->second)) place->second = &property;
    }
    return best;
}

/// An N for a card that has none: 3.0 needs it. The last word of a person's name, all of the name
/// of others.
std::string made_name(const Card& card) {
    const Property* name = card.property("FN");
    if (name == nullptr) return ";;;;";
    const auto full = text_of(*name);
    const Property* kind_of_card = card.property("KIND");
    const bool person =
        kind_of_card == nullptr || text::iequals(text::trim(kind_of_card->value), "individual");
    const auto space = person ? full.rfind(' ') : std::string::npos;
    if (space == std::string::npos) return escape_text(full) + ";;;;";
    return escape_text(full.substr(space + 1)) + ";" + escape_text(full.substr(0, space)) + ";;;";
}

/// What was a parameter in 4.0 and is a property in 3.0.
void add_lines_of_parameters(std::vector<Line>& lines, const Property& property) {
    if (const Parameter* label = property.parameter("LABEL");
        label != nullptr && property.name == "ADR") {
        Line line = new_line(property.group, "LABEL", escape_text(label->values.front()));
        if (const Parameter* types = property.parameter("TYPE"))
            line.property.parameters.push_back(*types);
        lines.push_back(std::move(line));
    }
    if (const Parameter* key = property.parameter("SORT-AS");
        key != nullptr && property.name == "N")
        lines.push_back(new_line("", "SORT-STRING", escape_text(key->values.front())));
}

Line to_v3(const Property& property, bool preferred) {
    Line line{property};
    if (property.name == "VERSION") {
        line.set_value("3.0");
        return line;
    }
    apply(rules, line);
    for (const auto& row : renamed)
        if (row.v4 == line.property.name) {
            line.rename(row.v3);
            break;
        }
    for (const auto name : new_parameters) line.take(name);
    if (preferred) line.add("TYPE", "pref");
    return line;
}

}  // namespace

std::vector<Line> lines_to_v3(const Card& card) {
    const auto preferred = preferred_lines(card);
    std::vector<Line> lines;
    lines.reserve(card.properties.size() + 2);
    for (const auto& property : card.properties) {
        const auto best = preferred.find(property.name);
        lines.push_back(to_v3(property, best != preferred.end() && best->second == &property));
        add_lines_of_parameters(lines, property);
    }
    if (card.property("N") == nullptr) lines.push_back(new_line("", "N", made_name(card)));
    return lines;
}

}  // namespace kalends::vcard
