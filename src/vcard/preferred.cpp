#include "vcard/preferred.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::vcard {
namespace {

constexpr long long without_preference = 101;  // PREF is 1 to 100, RFC 6350 5.3

/// Lower is better: TYPE=PREF of vCard 3.0 and RFC 2739, PREF=1 of 4.0.
long long preference(const Property& property) {
    if (property.has("TYPE", "pref")) return 1;
    const auto* const pref = property.parameter("PREF");
    if (pref == nullptr) return without_preference;
    if (pref->values.empty()) return 1;
    return text::to_number(pref->values.front()).value_or(1);
}

}  // namespace

const Property* preferred(const Card& card, std::string_view name) {
    const Property* best = nullptr;
    for (const Property& property : card.properties)
        if (property.name == name && (best == nullptr || preference(property) < preference(*best)))
            best = &property;
    return best;
}

bool has_address(const Card& card, std::string_view address) {
    return std::ranges::any_of(card.properties, [&](const Property& property) {
        return property.name == "EMAIL" && text::iequals(text::trim(text_of(property)), address);
    });
}

}  // namespace kalends::vcard
