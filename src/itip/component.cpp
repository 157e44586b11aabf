#include "base/text.hpp"
#include "itip/attendance_private.hpp"
#include "itip/component_private.hpp"

#include <algorithm>
#include <array>

namespace kalends::itip {
namespace {

/// X- that attendees see. The last two are by which clients and their test suites try it.
constexpr std::array<std::string_view, 7> shared_prefixes = {
    "X-ALT-DESC",          "X-APPLE-DROPBOX",        "X-APPLE-STRUCTURED-LOCATION",
    "X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMS", "X-TEST-ALL-",
    "X-TEST-ORGANIZER-"};

/// Of the properties that RFC 5545 knows, those that are everybody's own: how far a task is (RFC
/// 6638 3.2.2.1), and what came of a message.
constexpr std::array<std::string_view, 3> unshared = {"COMPLETED", "PERCENT-COMPLETE",
                                                      "REQUEST-STATUS"};

constexpr std::array<std::string_view, 5> personal = {"CATEGORIES", "COLOR", "COMPLETED",
                                                      "PERCENT-COMPLETE", "TRANSP"};

template <class Names> bool is_in(const Names& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool is_shared_extension(std::string_view name) {
    return std::ranges::any_of(shared_prefixes,
                               [&](std::string_view prefix) { return name.starts_with(prefix); });
}

template <class Component> auto* find_attendee(Component& component, const Addresses& who) {
    const auto found = std::ranges::find_if(component.lines, [&](const ical::Line& line) {
        return line.name() == "ATTENDEE" && who.contains(line.value());
    });
    return found == component.lines.end() ? nullptr : &*found;
}

}  // namespace

long long sequence_of(const ical::Part& component) {
    return text::to_number(text::trim(component.value("SEQUENCE"))).value_or(0);
}

void set_sequence(ical::Part& component, long long sequence) {
    component.set("SEQUENCE", std::to_string(sequence));
}

void raise_sequence(ical::Part& component, long long at_least) {
    if (sequence_of(component) < at_least) set_sequence(component, at_least);
}

bool is_cancelled(const ical::Part& component) {
    return text::iequals(text::trim(component.value("STATUS")), "CANCELLED");
}

void cancel(ical::Part& component, long long sequence, std::string_view dtstamp) {
    component.set("STATUS", "CANCELLED");
    component.set("DTSTAMP", dtstamp);
    raise_sequence(component, sequence);
}

std::string partstat_of(const ical::Line& attendee) {
    const auto value = text::trim(attendee.parameter("PARTSTAT"));
    return value.empty() ? "NEEDS-ACTION" : text::upper_ascii(value);
}

const ical::Line* attendee_line(const ical::Part& component, const Addresses& who) {
    return find_attendee(component, who);
}

ical::Line* attendee_line(ical::Part& component, const Addresses& who) {
    return find_attendee(component, who);
}

AttendeeLines attendee_lines(const ical::Part& component) {
    AttendeeLines lines;
    for (const auto& line : component.lines)
        if (line.name() == "ATTENDEE") lines.emplace(canonical(line.value()), &line);
    return lines;
}

bool is_shared_property(std::string_view name) {
    return name.starts_with("X-") ? is_shared_extension(name) : !is_in(unshared, name);
}

bool is_shared_parameter(std::string_view name) {
    if (name == asked_parameter) return true;
    return name.starts_with("X-") ? is_shared_extension(name) : !name.starts_with("SCHEDULE-");
}

bool is_personal_property(std::string_view name) {
    return is_in(personal, name) || (name.starts_with("X-") && !is_shared_extension(name));
}

}  // namespace kalends::itip
