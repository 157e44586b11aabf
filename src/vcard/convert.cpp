#include "vcard/convert.hpp"

#include "base/content_line.hpp"
#include "base/text.hpp"
#include "vcard/convert_private.hpp"

#include <algorithm>
#include <stdexcept>

namespace kalends::vcard {
namespace {

/// RFC 6868: what a parameter value cannot contain as it is.
std::string encode_carets(std::string_view value) {
    std::string result;
    for (const char c : value) {
        if (c == '\n')
            result += "^n";
        else if (c == '"')
            result += "^'";
        else if (c == '^')
            result += "^^";
        else
            result += c;
    }
    return result;
}

void append_parameter(std::string& to, const Parameter& parameter) {
    to += ';' + parameter.name;
    char delimiter = '=';
    for (const auto& value : parameter.values) {
        to += delimiter;
        delimiter = ',';
        const bool quoted = value.find_first_of(",;:") != std::string::npos;
        if (quoted) to += '"';
        to += encode_carets(value);
        if (quoted) to += '"';
    }
}

void append_line(std::string& to, const Property& property) {
    std::string line = property.group.empty() ? std::string() : property.group + ".";
    line += property.name;
    for (const auto& parameter : property.parameters) append_parameter(line, parameter);
    line += ':' + property.value;
    append_folded(to, line);
}

std::vector<Line> converted(const Card& card, Version version) {
    if (card.version == Version::v2_1 || card.version == Version::none) return lines_from_v2(card);
    return version == Version::v3_0 ? lines_to_v3(card) : lines_to_v4(card);
}

}  // namespace

const std::vector<Renamed> renamed = {
    // The new ones of RFC 6350, RFC 6474 and RFC 6715, by the names that programs with 3.0 use or
    // may ignore.
    {"GENDER", "X-GENDER"},
    {"LANG", "X-LANG"},
    {"RELATED", "X-RELATED"},
    {"XML", "X-XML"},
    {"CLIENTPIDMAP", "X-CLIENTPIDMAP"},
    {"BIRTHPLACE", "X-BIRTHPLACE"},
    {"DEATHPLACE", "X-DEATHPLACE"},
    {"EXPERTISE", "X-EXPERTISE"},
    {"HOBBY", "X-HOBBY"},
    {"INTEREST", "X-INTEREST"},
    {"ORG-DIRECTORY", "X-ORG-DIRECTORY"},
    {"MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"},
    // Those of RFC 2426 that are gone, RFC 6350 A.2.
    {"X-CLASS", "CLASS"},
    {"X-LABEL", "LABEL"},
    {"X-MAILER", "MAILER"},
    {"X-NAME", "NAME"},
    {"X-AGENT", "AGENT"},
};

void Line::rename(std::string_view name) {
    if (name.empty() || property.name == name) return;
    property.name = name;
    changed = true;
}

void Line::set_value(std::string value) {
    if (property.value == value) return;
    property.value = std::move(value);
    changed = true;
}

std::vector<std::string> Line::take(std::string_view parameter) {
    auto& all = property.parameters;
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Parameter& each) { return each.name == parameter; });
    if (found == all.end()) return {};
    auto values = std::move(found->values);
    all.erase(found);
    changed = true;
    return values;
}

bool Line::take_type(std::string_view type) {
    if (!property.has("TYPE", type)) return false;
    auto types = take("TYPE");
    types.erase(std::remove_if(types.begin(), types.end(),
                               [&](const std::string& each) { return text::iequals(each, type); }),
                types.end());
    for (auto& each : types) add("TYPE", std::move(each));
    return true;
}

void Line::add(std::string_view parameter, std::string value) {
    auto& all = property.parameters;
    changed = true;
    for (auto& each : all)
        if (each.name == parameter) return each.values.push_back(std::move(value));
    all.push_back({std::string(parameter), {std::move(value)}});
}

void apply(const std::vector<Rule>& rules, Line& line) {
    for (const auto& rule : rules) {
        if (rule.from != line.property.name) continue;
        line.rename(rule.to);
        if (rule.change != nullptr) rule.change(line);
        return;
    }
}

Line new_line(std::string_view group, std::string_view name, std::string raw_value) {
    Line line;
    line.property.group = group;
    line.property.name = name;
    line.property.value = std::move(raw_value);
    line.changed = true;
    return line;
}

std::string to_version(std::string_view bytes, const Card& card, Version version) {
    if (version != Version::v3_0 && version != Version::v4_0)
        throw std::invalid_argument("vCards are converted to 3.0 or 4.0 only");
    if (card.version == version) return std::string(bytes);
    std::string result = "BEGIN:VCARD\r\n";
    for (const auto& line : converted(card, version)) {
        if (line.dropped) continue;
        if (line.changed) {
            append_line(result, line.property);
            continue;
        }
        result += bytes.substr(line.property.begin, line.property.end - line.property.begin);
        if (result.back() != '\n') result += "\r\n";
    }
    result += "END:VCARD\r\n";
    const bool on_the_way = version == Version::v4_0 && card.version != Version::v3_0;
    return on_the_way ? to_version(result, parse(result), version) : result;
}

}  // namespace kalends::vcard
