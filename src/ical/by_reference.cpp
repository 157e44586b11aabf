// Time zones by reference: VTIMEZONEs are left out, or put in. RFC 7809 3.1.3.
#include "base/text.hpp"
#include "ical/object.hpp"
#include "ical/retrieve_private.hpp"

namespace kalends::ical {
namespace {

/// By the name alone, as RFC 7809 has it. Windows' names and those with a vendor's prefix are ours
/// to understand, not every client's.
bool is_standard(std::string_view tzid, const TzData& tzdata) {
    return tzdata.find(text::trim(tzid)) != nullptr;
}

}  // namespace

void choose_time_zones(Edit& edit, const Component& calendar, TimeZones wanted,
                       std::string_view bytes, const Component& original) {
    if (wanted == TimeZones::as_stored) return;
    const Zones present{calendar};
    const Zones known{original};
    const auto by_reference = [&](std::string_view tzid) {
        return wanted == TimeZones::by_reference && is_standard(tzid, known.tzdata());
    };
    for (const Component& component : calendar.components) {
        const Property* tzid = component.name == "VTIMEZONE" ? component.property("TZID") : nullptr;
        if (tzid != nullptr && by_reference(unescape_text(tzid->value))) edit.remove(component);
    }
    const auto wanted_zones = time_zones_in(calendar);
    if (wanted_zones.size() > max_time_zones) return;
    std::string missing;
    for (const std::string& tzid : wanted_zones) {
        if (by_reference(tzid) || present.own(tzid) != nullptr) continue;
        if (const Component* own = known.own(tzid))
            missing += bytes.substr(own->begin, own->end - own->begin);
        else
            missing += known.tzdata().vtimezone(tzid);
    }
    if (missing.empty()) return;
    if (calendar.components.empty())
        edit.append_component(calendar, missing);
    else
        edit.insert_before(calendar.components.front(), missing);
}

std::optional<std::string> with_time_zones(std::string_view bytes, const Component& calendar,
                                           TimeZones wanted) {
    Edit edit{bytes};
    choose_time_zones(edit, calendar, wanted, bytes, calendar);
    if (edit.empty()) return std::nullopt;
    return edit.result();
}

}  // namespace kalends::ical
