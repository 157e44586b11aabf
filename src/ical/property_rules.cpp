#include "ical/property_rules_private.hpp"

#include <algorithm>
#include <array>

namespace kalends::ical {

namespace {

constexpr unsigned objects = in_event | in_todo | in_journal;
constexpr unsigned datable = objects | in_freebusy | in_availability | in_available;

// What is required here is what a reader cannot do without. RFC 5545 also requires PRODID, DTSTAMP,
// and DESCRIPTION in an alarm, and real clients leave them out
// (docs/decisions/0003-ical-validation.md). UID is checked with the other rules of RFC 4791 4.1.
// LAST-MODIFIED, CREATED and the like may be there twice. The most frequent names come first: the
// table is searched from the top.
// clang-format off
constexpr auto table = std::to_array<PropertyRule>({
    // name              value                        once                              required
    {"DTSTART",          ValueKind::date_or_time,     datable | in_observance,          in_event | in_observance | in_available},
    {"DTEND",            ValueKind::date_or_time,     in_event | in_freebusy | in_availability | in_available, 0},
    {"UID",              ValueKind::free,             datable,                          0},
    {"DTSTAMP",          ValueKind::date_or_time,     0,                                0},
    {"ATTENDEE",         ValueKind::free,             0,                                0},
    {"SUMMARY",          ValueKind::free,             0,                                0},
    {"RRULE",            ValueKind::rule,             0,                                0},
    {"RECURRENCE-ID",    ValueKind::date_or_time,     datable,                          0},
    {"EXDATE",           ValueKind::dates_or_times,   0,                                0},
    {"RDATE",            ValueKind::dates_or_periods, 0,                                0},
    {"DURATION",         ValueKind::duration,         datable,                          0},
    {"DUE",              ValueKind::date_or_time,     in_todo,                          0},
    {"CREATED",          ValueKind::date_or_time,     0,                                0},
    {"LAST-MODIFIED",    ValueKind::date_or_time,     0,                                0},
    {"COMPLETED",        ValueKind::date_or_time,     in_todo,                          0},
    {"SEQUENCE",         ValueKind::integer,          objects,                          0},
    {"PRIORITY",         ValueKind::integer,          0,                                0},
    {"PERCENT-COMPLETE", ValueKind::integer,          0,                                0},
    {"ORGANIZER",        ValueKind::free,             objects | in_freebusy,            0},
    {"STATUS",           ValueKind::free,             objects,                          0},
    {"TRIGGER",          ValueKind::trigger,          in_alarm,                         in_alarm},
    {"ACTION",           ValueKind::free,             in_alarm,                         0},
    {"REPEAT",           ValueKind::integer,          in_alarm,                         0},
    {"EXRULE",           ValueKind::rule,             0,                                0},
    {"BUSYTYPE",         ValueKind::free,             in_availability,                  0},
    {"FREEBUSY",         ValueKind::periods,          0,                                0},
    {"VERSION",          ValueKind::free,             in_calendar,                      in_calendar},
    {"CALSCALE",         ValueKind::free,             in_calendar,                      0},
    {"TZID",             ValueKind::free,             in_timezone,                      in_timezone},
    {"TZOFFSETFROM",     ValueKind::utc_offset,       in_observance,                    in_observance},
    {"TZOFFSETTO",       ValueKind::utc_offset,       in_observance,                    in_observance},
});

struct KindRow {
    std::string_view name;
    ComponentKinds kind;
};
constexpr auto kinds = std::to_array<KindRow>({
    {"VEVENT",        in_event},
    {"VALARM",        in_alarm},
    {"VTIMEZONE",     in_timezone},
    {"STANDARD",      in_observance},
    {"DAYLIGHT",      in_observance},
    {"VTODO",         in_todo},
    {"VCALENDAR",     in_calendar},
    {"VJOURNAL",      in_journal},
    {"VFREEBUSY",     in_freebusy},
    {"VAVAILABILITY", in_availability},  // RFC 7953
    {"AVAILABLE",     in_available},
});
// clang-format on

}  // namespace

std::span<const PropertyRule> property_rules() { return table; }

std::size_t property_rule_index(std::string_view name) {
    const auto* found = std::find_if(table.begin(), table.end(),
                                     [&](const PropertyRule& rule) { return rule.name == name; });
    return static_cast<std::size_t>(found - table.begin());
}

unsigned component_kind(std::string_view name) {
    for (const KindRow& row : kinds) {
        if (row.name == name) return row.kind;
    }
    return 0;
}

}  // namespace kalends::ical
