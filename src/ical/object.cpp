// RFC 4791 4.1, rule by rule, over the components beside VTIMEZONE. X- components are nobody's
// business.
#include "ical/object.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

namespace kalends::ical {

namespace {

[[noreturn]] void refuse(std::size_t line, const std::string& what) {
    throw ObjectError(Fault::valid_calendar_object_resource,
                      "line " + std::to_string(line) + ": " + what);
}

bool describes_object(const Component& component) {
    return component.name != "VTIMEZONE" && !component.name.starts_with("X-");
}

/// The properties that say when something is, for min-date-time and max-date-time. RFC 4791 5.2.6.
constexpr std::array<std::string_view, 5> dated = {"DTSTART", "DTEND", "DUE", "RECURRENCE-ID",
                                                   "RDATE"};

/// Lets `earliest` and `latest` grow around the dates in a property: digits compare like times do.
void widen(CalendarObject& object, std::string_view value) {
    for (std::string_view each : text::split(value, ',')) {
        each = text::trim(each).substr(0, 15);
        if (each.size() < 8) continue;
        if (each.size() < 15) each = each.substr(0, 8);
        if (object.earliest.empty() || each < object.earliest) object.earliest = each;
        if (each > object.latest) object.latest = each;
    }
}

void note_zones(std::vector<std::string>& zones, const Component& component) {
    for (const Property& property : component.properties) {
        const std::string* tzid = property.parameter("TZID");
        if (tzid == nullptr || zones.size() > max_time_zones) continue;
        const auto name = text::trim(*tzid);
        if (!name.empty() && std::find(zones.begin(), zones.end(), name) == zones.end())
            zones.emplace_back(name);
    }
    for (const Component& child : component.components) note_zones(zones, child);
}

class Inspection {
public:
    CalendarObject run(const Component& calendar) {
        if (const Property* method = calendar.property("METHOD")) {
            refuse(method->line, "METHOD is for messages, a stored object has none");
        }
        for (const Component& component : calendar.components) {
            if (describes_object(component)) take(component);
        }
        if (object_.component.empty()) {
            refuse(calendar.line, "the calendar has no component to store (VEVENT, VTODO, …)");
        }
        find_missing_zones(calendar);
        return std::move(object_);
    }

private:
    void take(const Component& component) {
        check_kind(component);
        check_uid(component);
        check_recurrence_id(component);
        note_facts(component);
    }

    void check_kind(const Component& component) {
        if (object_.component.empty()) object_.component = component.name;
        if (component.name != object_.component) {
            refuse(component.line,
                   component.name + " and " + object_.component + " cannot be in the same object");
        }
    }

    void check_uid(const Component& component) {
        const Property* uid = component.property("UID");
        if (uid == nullptr || text::trim(uid->value).empty()) {
            refuse(component.line, component.name + " has no UID");
        }
        std::string value = unescape_text(text::trim(uid->value));
        if (object_.uid.empty())
            object_.uid = std::move(value);
        else if (value != object_.uid) {
            refuse(uid->line, "UID differs from that of the component before");
        }
    }

    void check_recurrence_id(const Component& component) {
        const Property* id = component.property("RECURRENCE-ID");
        std::pair<std::string, std::string> key;
        if (id != nullptr) {
            const std::string* tzid = id->parameter("TZID");
            key = {text::upper_ascii(text::trim(id->value)), tzid == nullptr ? "" : *tzid};
            ++object_.overrides;
        }
        if (instances_.insert(std::move(key)).second) return;
        if (id == nullptr) {
            refuse(component.line, "a second " + component.name + " without RECURRENCE-ID");
        }
        refuse(id->line, "RECURRENCE-ID " + text::printable(id->value, 40) + " is there twice");
    }

    void note_facts(const Component& component) {
        std::size_t attendees = 0;
        for (const Property& property : component.properties) {
            if (property.name == "ATTENDEE") ++attendees;
            if (property.name == "ORGANIZER" && object_.organizer.empty()) {
                object_.organizer = property.value;
            }
            if (property.name == "RRULE" || property.name == "RDATE") object_.recurs = true;
            if (std::find(dated.begin(), dated.end(), property.name) != dated.end()) {
                widen(object_, property.value);
            }
        }
        object_.attendees = std::max(object_.attendees, attendees);
        note_zones(object_.time_zones, component);
    }

    void find_missing_zones(const Component& calendar) {
        for (const std::string& tzid : object_.time_zones) {
            const bool defined = std::any_of(
                calendar.components.begin(), calendar.components.end(), [&](const Component& each) {
                    const Property* name =
                        each.name == "VTIMEZONE" ? each.property("TZID") : nullptr;
                    return name != nullptr && unescape_text(name->value) == tzid;
                });
            if (!defined) object_.missing_zones.push_back(tzid);
        }
    }

    CalendarObject object_;
    std::set<std::pair<std::string, std::string>> instances_;  // RECURRENCE-ID and its zone
};

}  // namespace

const char* precondition_name(Fault fault) {
    switch (fault) {
    case Fault::supported_calendar_data:
        return "supported-calendar-data";
    case Fault::valid_calendar_data:
        return "valid-calendar-data";
    case Fault::valid_calendar_object_resource:
        return "valid-calendar-object-resource";
    case Fault::valid_timezone:
        return "valid-timezone";
    case Fault::supported_rscale:
        return "supported-rscale";
    }
    return "valid-calendar-data";
}

std::vector<std::string> time_zones_in(const Component& component) {
    std::vector<std::string> zones;
    note_zones(zones, component);
    return zones;
}

CalendarObject inspect(const Component& calendar) { return Inspection{}.run(calendar); }

}  // namespace kalends::ical
