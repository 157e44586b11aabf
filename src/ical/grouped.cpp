#include "base/text.hpp"
#include "ical/grouped_private.hpp"

#include <map>

namespace kalends::ical {
namespace {

constexpr std::uint64_t steps_per_component = 20;

Component calendar_of(const Component& component) {
    Component calendar;
    calendar.name = "VCALENDAR";
    calendar.line = component.line;
    calendar.components.push_back(component);
    return calendar;
}

}  // namespace

std::vector<Component> grouped(const Component& parent, std::string_view name, Budget& budget) {
    struct Place {
        std::size_t index = 0;
        bool has_master = false;
    };
    std::vector<Component> result;
    std::map<std::string_view, Place> places;
    for (const Component& component : parent.components) {
        if (component.name != name) continue;
        budget.spend(steps_per_component);
        const Property* uid = component.property("UID");
        const bool is_master = component.property("RECURRENCE-ID") == nullptr;
        if (uid != nullptr) {
            Place& place =
                places.emplace(text::trim(uid->value), Place{result.size(), false}).first->second;
            const bool joins = place.index < result.size() && !(is_master && place.has_master);
            place.has_master = place.has_master || is_master;
            if (joins) {
                result[place.index].components.push_back(component);
                continue;
            }
        }
        result.push_back(calendar_of(component));
    }
    return result;
}

}  // namespace kalends::ical
