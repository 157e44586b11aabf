#include "ical/document.hpp"

#include "base/content_line.hpp"

#include <algorithm>
#include <utility>

namespace kalends::ical {
namespace {

const Parameter* find_parameter(const Property& property, std::string_view name) {
    const auto found = std::ranges::find(property.parameters, name, &Parameter::name);
    return found == property.parameters.end() ? nullptr : &*found;
}

void write(const Part& part, std::string& to) {
    to.append("BEGIN:").append(part.name).append("\r\n");
    for (const auto& line : part.lines) line.write(to);
    for (const auto& each : part.parts) write(each, to);
    to.append("END:").append(part.name).append("\r\n");
}

}  // namespace

Line::Line(std::string_view text) : property_(parse_line(text)) {}

Line::Line(Property property, std::string_view bytes)
    : property_(std::move(property)),
      bytes_(bytes.substr(property_.begin, property_.end - property_.begin)) {
    if (!bytes_.ends_with('\n')) bytes_ += "\r\n";
}

std::string_view Line::parameter(std::string_view name) const {
    const auto* value = property_.parameter(name);
    return value == nullptr ? std::string_view{} : std::string_view{*value};
}

bool Line::has_parameter(std::string_view name) const {
    return find_parameter(property_, name) != nullptr;
}

void Line::set_value(std::string_view value) {
    if (property_.value == value) return;
    property_.value = value;
    changed();
}

void Line::set_parameter(std::string_view name, std::string_view value) {
    const auto found = std::ranges::find(property_.parameters, name, &Parameter::name);
    if (found == property_.parameters.end()) {
        property_.parameters.push_back({std::string(name), {std::string(value)}});
    } else {
        if (found->values.size() == 1 && found->values.front() == value) return;
        found->values.assign(1, std::string(value));
    }
    changed();
}

void Line::remove_parameter(std::string_view name) {
    if (std::erase_if(property_.parameters,
                      [&](const Parameter& each) { return each.name == name; }) > 0)
        changed();
}

void Line::write(std::string& to) const {
    if (bytes_.empty())
        append_folded(to, to_line(property_));
    else
        to += bytes_;
}

const Line* Part::line(std::string_view wanted) const {
    const auto found = std::ranges::find(lines, wanted, &Line::name);
    return found == lines.end() ? nullptr : &*found;
}

Line* Part::line(std::string_view wanted) {
    const auto found = std::ranges::find(lines, wanted, &Line::name);
    return found == lines.end() ? nullptr : &*found;
}

std::string_view Part::value(std::string_view wanted) const {
    const auto* found = line(wanted);
    return found == nullptr ? std::string_view{} : std::string_view{found->value()};
}

void Part::set(std::string_view wanted, std::string_view value) {
    const auto first = std::ranges::find(lines, wanted, &Line::name);
    if (first == lines.end()) {
        append(std::string(wanted) + ":" + std::string(value));
        return;
    }
    first->set_value(value);
    const auto others = std::remove_if(first + 1, lines.end(),
                                       [&](const Line& each) { return each.name() == wanted; });
    lines.erase(others, lines.end());
}

void Part::remove(std::string_view wanted) {
    std::erase_if(lines, [&](const Line& each) { return each.name() == wanted; });
}

void Part::remove_parts(std::string_view wanted) {
    std::erase_if(parts, [&](const Part& each) { return each.name == wanted; });
}

Part part_of(const Component& component, std::string_view bytes) {
    Part part{.name = component.name, .lines = {}, .parts = {}};
    part.lines.reserve(component.properties.size());
    for (const auto& property : component.properties) part.lines.emplace_back(property, bytes);
    part.parts.reserve(component.components.size());
    for (const auto& each : component.components) part.parts.push_back(part_of(each, bytes));
    return part;
}

Part parse_document(std::string_view bytes, const Limits& limits) {
    return part_of(parse(bytes, limits), bytes);
}

std::string to_text(const Part& part) {
    std::string text;
    write(part, text);
    return text;
}

}  // namespace kalends::ical
