// Export: many objects in one VCALENDAR, written piece by piece.
#include "base/content_line.hpp"
#include "ical/split.hpp"

#include <chrono>

namespace kalends::ical {

namespace {

// Where zones must agree to be one: the years in which most events are.
constexpr UtcTime agree_from{std::chrono::seconds{0}};
constexpr UtcTime agree_to{std::chrono::seconds{2'145'916'800}};  ///< 2038-01-01

/// Every TZID in `component` and below that `names` knows becomes another.
void rename_zones(Edit& edit, const Component& component,
                  const std::map<std::string, std::string>& names) {
    for (const Property& property : component.properties) {
        Property renamed = property;
        bool changed = false;
        for (Parameter& parameter : renamed.parameters) {
            if (parameter.name != "TZID" || parameter.values.empty()) continue;
            const auto name = names.find(parameter.values.front());
            if (name == names.end()) continue;
            parameter.values = {name->second};
            changed = true;
        }
        const bool is_name = component.name == "VTIMEZONE" && property.name == "TZID";
        const auto name = is_name ? names.find(unescape_text(property.value)) : names.end();
        if (name != names.end()) {
            renamed.value = escape_text(name->second);
            changed = true;
        }
        if (changed) edit.replace(property, to_line(renamed));
    }
    for (const Component& child : component.components) rename_zones(edit, child, names);
}

std::string tzid_of(const Component& vtimezone) {
    const Property* property = vtimezone.property("TZID");
    return property == nullptr ? std::string{} : unescape_text(property->value);
}

ZonePtr zone_or_nothing(const Component& vtimezone) {
    try {
        return zone_of(vtimezone);
    } catch (const ValueError&) {
        return nullptr;
    }
}

}  // namespace

Joiner::Joiner(std::string_view calendar_name) {
    text_ = "BEGIN:VCALENDAR\r\n"
            "VERSION:2.0\r\n"
            "PRODID:-//Kalends//Kalends//EN\r\n"
            "CALSCALE:GREGORIAN\r\n";
    if (!calendar_name.empty()) {
        append_folded(text_, "X-WR-CALNAME:" + escape_text(calendar_name));
    }
}

const Joiner::Written* Joiner::agreeing(const std::string& tzid, const Zone& zone) const {
    const auto known = zones_.find(tzid);
    if (known == zones_.end()) return nullptr;
    for (const Written& each : known->second) {
        if (each.zone == nullptr || each.zone->agrees_with(zone, agree_from, agree_to)) {
            return &each;
        }
    }
    return nullptr;
}

/// What the zone is called in this file. One that makes no sense has its own name, once.
std::string Joiner::name_for(const Component& vtimezone, bool& is_new) {
    const std::string tzid = tzid_of(vtimezone);
    const ZonePtr zone = zone_or_nothing(vtimezone);
    const Written* same = zone == nullptr ? nullptr : agreeing(tzid, *zone);
    is_new = same == nullptr;
    if (same != nullptr) return same->tzid;

    std::vector<Written>& names = zones_[tzid];
    if (zone == nullptr && !names.empty()) {
        is_new = false;
        return names.front().tzid;
    }
    std::string name = tzid;
    if (!names.empty()) name += '-' + std::to_string(names.size() + 1);
    names.push_back({zone, name});
    return name;
}

void Joiner::add(std::string_view object) {
    Component calendar = parse(object);
    std::map<std::string, std::string> renamed;
    std::vector<bool> wanted;
    for (const Component& component : calendar.components) {
        bool is_new = true;
        if (component.name == "VTIMEZONE") {
            const std::string tzid = tzid_of(component);
            const std::string name = name_for(component, is_new);
            if (name != tzid) renamed[tzid] = name;
        }
        wanted.push_back(is_new);
    }

    std::string edited;
    if (!renamed.empty()) {
        Edit edit{object};
        rename_zones(edit, calendar, renamed);
        edited = edit.result();
        object = edited;
        calendar = parse(object);
    }
    for (std::size_t i = 0; i < calendar.components.size(); ++i) {
        const Component& component = calendar.components[i];
        if (wanted[i]) text_ += object.substr(component.begin, component.end - component.begin);
    }
}

std::string Joiner::take() { return std::exchange(text_, {}); }

std::string Joiner::finish() {
    text_ += "END:VCALENDAR\r\n";
    return take();
}

}  // namespace kalends::ical
