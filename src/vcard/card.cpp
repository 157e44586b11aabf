#include "vcard/card.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace kalends::vcard {
namespace {

constexpr std::array versions = {
    std::pair{Version::v2_1, std::string_view("2.1")},
    std::pair{Version::v3_0, std::string_view("3.0")},
    std::pair{Version::v4_0, std::string_view("4.0")},
};

}  // namespace

Version version_named(std::string_view value) {
    value = text::trim(value);
    for (const auto& [version, name] : versions)
        if (name == value) return version;
    return Version::other;
}

std::string_view to_string(Version version) {
    for (const auto& [known, name] : versions)
        if (known == version) return name;
    return {};
}

const Parameter* Property::parameter(std::string_view wanted) const {
    for (const auto& each : parameters)
        if (each.name == wanted) return &each;
    return nullptr;
}

bool Property::has(std::string_view wanted, std::string_view parameter_value) const {
    const Parameter* found = parameter(wanted);
    return found != nullptr &&
           std::any_of(found->values.begin(), found->values.end(), [&](const std::string& each) {
               return text::iequals(each, parameter_value);
           });
}

const Property* Card::property(std::string_view wanted) const {
    for (const auto& each : properties)
        if (each.name == wanted) return &each;
    return nullptr;
}

bool is_named(const Property& property, std::string_view name) {
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return text::iequals(property.name, name);
    return text::iequals(property.group, name.substr(0, dot)) &&
           text::iequals(property.name, name.substr(dot + 1));
}

}  // namespace kalends::vcard
