#include "itip/meeting.hpp"

#include "base/text.hpp"

#include <algorithm>
#include <map>

namespace kalends::itip {
namespace {

bool takes_part(std::string_view component) {
    return component != "VTIMEZONE" && !component.starts_with("X-");
}

bool has_value(const ical::Property& property, std::string_view parameter, std::string_view value) {
    const auto* found = property.parameter(parameter);
    return found != nullptr && text::iequals(text::trim(*found), value);
}

class Roll {
public:
    void begin(std::string_view component) {
        if (meeting_.component.empty()) meeting_.component = component;
    }

    void note(const ical::Property& property) {
        if (property.name == "UID" && meeting_.uid.empty())
            meeting_.uid = ical::unescape_text(text::trim(property.value));
        if (property.name == "ORGANIZER") note_organizer(property);
        if (property.name == "ATTENDEE") note_attendee(property);
    }

    Meeting take() { return std::move(meeting_); }

private:
    static bool forces(const ical::Property& property) {
        return has_value(property, "SCHEDULE-FORCE-SEND", "REQUEST") ||
               has_value(property, "SCHEDULE-FORCE-SEND", "REPLY");
    }

    void note_organizer(const ical::Property& property) {
        auto address = canonical(property.value);
        if (address.empty()) return;
        meeting_.organizer_force_send |= forces(property);
        if (meeting_.organizer.empty()) {
            meeting_.organizer = text::trim(property.value);
            meeting_.organizer_agent = agent_of(property);
            organizer_ = std::move(address);
        } else if (address != organizer_) {
            meeting_.same_organizer = false;
        }
    }

    void note_attendee(const ical::Property& property) {
        auto address = canonical(property.value);
        if (address.empty()) return;
        const auto [known, is_new] =
            by_address_.emplace(std::move(address), meeting_.attendees.size());
        if (is_new)
            meeting_.attendees.push_back(
                {std::string(text::trim(property.value)), agent_of(property), false, false});
        auto& participant = meeting_.attendees[known->second];
        participant.force_send |= forces(property);
        participant.is_group |= has_value(property, "CUTYPE", "GROUP");
    }

    Meeting meeting_;
    std::string organizer_;  // canonical
    std::map<std::string, std::size_t, std::less<>> by_address_;
};

}  // namespace

Agent agent_of(const ical::Property& property) {
    if (property.parameter("SCHEDULE-AGENT") == nullptr) return Agent::server;
    if (has_value(property, "SCHEDULE-AGENT", "SERVER")) return Agent::server;
    if (has_value(property, "SCHEDULE-AGENT", "CLIENT")) return Agent::client;
    return Agent::none;
}

Meeting meeting_of(const ical::Part& calendar) {
    Roll roll;
    for (const auto& component : calendar.parts) {
        if (!takes_part(component.name)) continue;
        roll.begin(component.name);
        for (const auto& line : component.lines) roll.note(line.property());
    }
    return roll.take();
}

Meeting meeting_of(const ical::Component& calendar) {
    Roll roll;
    for (const auto& component : calendar.components) {
        if (!takes_part(component.name)) continue;
        roll.begin(component.name);
        for (const auto& property : component.properties) roll.note(property);
    }
    return roll.take();
}

bool is_cancelled(const ical::Component& component) {
    const auto* status = component.property("STATUS");
    return status != nullptr && text::iequals(text::trim(status->value), "CANCELLED");
}

bool is_all_cancelled(const ical::Component& calendar) {
    return std::ranges::all_of(calendar.components, [](const ical::Component& each) {
        return each.name == "VTIMEZONE" || is_cancelled(each);
    });
}

Role role_in(const Meeting& meeting, const Addresses& who) {
    if (meeting.organizer.empty()) return Role::none;
    if (who.contains(meeting.organizer)) return Role::organizer;
    const bool attends = std::ranges::any_of(
        meeting.attendees, [&](const Participant& each) { return who.contains(each.address); });
    return attends ? Role::attendee : Role::none;
}

}  // namespace kalends::itip
