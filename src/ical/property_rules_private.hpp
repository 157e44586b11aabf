#pragma once
// What RFC 5545 (and its extensions) say about properties, as one table: the type of the value, and
// in which components a property may be there only once or must be there.

#include <cstdint>
#include <span>
#include <string_view>

namespace kalends::ical {

/// The types of values that are checked. What is `free` may be anything.
enum class ValueKind : std::uint8_t {
    free,
    date_or_time,      ///< one DATE or DATE-TIME
    dates_or_times,    ///< several, with commas
    dates_or_periods,  ///< RDATE: PERIODs too
    periods,           ///< FREEBUSY
    duration,
    trigger,  ///< a duration or a DATE-TIME
    integer,
    utc_offset,
    rule,
};

/// A set of kinds of components, a bit each.
enum ComponentKinds : unsigned {
    in_calendar = 1,
    in_event = 2,
    in_todo = 4,
    in_journal = 8,
    in_freebusy = 16,
    in_timezone = 32,
    in_observance = 64,
    in_alarm = 128,
    in_availability = 256,
    in_available = 512,
};

struct PropertyRule {
    std::string_view name;
    ValueKind value;
    unsigned once;      ///< where it must not be twice
    unsigned required;  ///< where it must be
};

std::span<const PropertyRule> property_rules();

/// The index of the rule for a name (upper case); the size of the table if it has none.
std::size_t property_rule_index(std::string_view name);

/// The bit of a component's name; 0 for one without rules.
unsigned component_kind(std::string_view name);

}  // namespace kalends::ical
