#include "vcard/retrieve.hpp"

#include "base/text.hpp"
#include "vcard/convert.hpp"

#include <unordered_map>

namespace kalends::vcard {
namespace {

/// Where the value begins in the bytes of a line: behind the first colon that no quotes enclose.
std::size_t value_begin(std::string_view line) {
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        // An odd quote is a character (see parse): then the first colon after it counts.
        if (line[i] == '"') quoted = !quoted && line.find('"', i + 1) != std::string_view::npos;
        if (line[i] == ':' && !quoted) return i + 1;
    }
    return line.size();
}

void append_line(std::string& to, std::string_view bytes, const Property& property, bool novalue) {
    const auto line = bytes.substr(property.begin, property.end - property.begin);
    if (novalue) {
        to += line.substr(0, value_begin(line));
        to += "\r\n";
        return;
    }
    to += line;
    if (to.back() != '\n') to += "\r\n";
}

/// The names asked for, upper case, and whether without a value.
using Selection = std::unordered_map<std::string, bool>;

const bool* novalue_if_selected(const Selection& selection, const Property& property) {
    auto found = selection.find(property.name);
    if (found == selection.end() && !property.group.empty())
        found = selection.find(text::upper_ascii(property.group) + "." + property.name);
    return found == selection.end() ? nullptr : &found->second;
}

std::string select(std::string_view bytes, const Card& card,
                   const std::vector<PropSelection>& props) {
    Selection selection;
    for (const auto& prop : props) selection.emplace(text::upper_ascii(prop.name), prop.novalue);
    std::string result = "BEGIN:VCARD\r\n";
    for (const auto& property : card.properties) {
        const bool* novalue = novalue_if_selected(selection, property);
        if (property.name == "VERSION")
            append_line(result, bytes, property, false);
        else if (novalue != nullptr)
            append_line(result, bytes, property, *novalue);
    }
    result += "END:VCARD\r\n";
    return result;
}

}  // namespace

std::string retrieve(std::string_view bytes, const Card& card, const DataRequest& request) {
    if (!request.version || *request.version == card.version)
        return request.props ? select(bytes, card, *request.props) : std::string(bytes);
    const std::string converted = to_version(bytes, card, *request.version);
    return request.props ? select(converted, parse(converted), *request.props) : converted;
}

std::string retrieve(std::string_view bytes, const DataRequest& request) {
    if (request.is_everything()) return std::string(bytes);
    return retrieve(bytes, parse(bytes), request);
}

}  // namespace kalends::vcard
