#include "vcard/filter.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <utility>

namespace kalends::vcard {
namespace {

/// One text: the value of a property.
bool passes(const TextMatch& match, const std::string& text) {
    return compares(match.type, collation_key(match.collation, text), match.text) != match.negate;
}

/// Several: the values of a parameter. One that matches suffices, and negated, none may.
bool passes(const TextMatch& match, const std::vector<std::string>& texts) {
    const bool found = std::any_of(texts.begin(), texts.end(), [&](const std::string& text) {
        return compares(match.type, collation_key(match.collation, text), match.text);
    });
    return found != match.negate;
}

bool passes(const ParamFilter& filter, const Property& property) {
    const Parameter* parameter = property.parameter(filter.name);
    if (filter.is_not_defined || parameter == nullptr)
        return filter.is_not_defined && parameter == nullptr;
    return !filter.text || passes(*filter.text, parameter->values);
}

/// Whether this one property passes any, or all, of the tests.
bool passes(const PropFilter& filter, const Property& property) {
    if (filter.texts.empty() && filter.params.empty()) return true;
    const std::string text = filter.texts.empty() ? std::string() : text_of(property);
    const auto text_passes = [&](const TextMatch& match) { return passes(match, text); };
    const auto param_passes = [&](const ParamFilter& param) { return passes(param, property); };
    if (filter.all_of)
        return std::all_of(filter.texts.begin(), filter.texts.end(), text_passes) &&
               std::all_of(filter.params.begin(), filter.params.end(), param_passes);
    return std::any_of(filter.texts.begin(), filter.texts.end(), text_passes) ||
           std::any_of(filter.params.begin(), filter.params.end(), param_passes);
}

bool passes(const PropFilter& filter, const Card& card) {
    const auto named = [&](const Property& property) { return is_named(property, filter.name); };
    if (filter.is_not_defined)
        return std::none_of(card.properties.begin(), card.properties.end(), named);
    return std::any_of(
        card.properties.begin(), card.properties.end(),
        [&](const Property& property) { return named(property) && passes(filter, property); });
}

}  // namespace

std::size_t count_tests(const Filter& filter) {
    std::size_t count = filter.props.size();
    for (const auto& prop : filter.props) count += prop.texts.size() + prop.params.size();
    return count;
}

Matcher::Matcher(Filter filter) : filter_(std::move(filter)) {
    for (auto& prop : filter_.props)
        for (auto& param : prop.params) param.name = text::upper_ascii(param.name);
}

bool Matcher::operator()(const Card& card) const {
    const auto& props = filter_.props;
    if (props.empty()) return true;
    const auto prop_passes = [&](const PropFilter& prop) { return passes(prop, card); };
    return filter_.all_of ? std::all_of(props.begin(), props.end(), prop_passes)
                          : std::any_of(props.begin(), props.end(), prop_passes);
}

bool matches(const Card& card, const Filter& filter) { return Matcher(filter)(card); }

}  // namespace kalends::vcard
