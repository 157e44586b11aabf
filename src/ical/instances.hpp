#pragma once
// The instances of one calendar object, from its tree of lines, and whether its components overlap
// a time range. RFC 4791 9.6.5 (expand), 9.6.6 (limit-recurrence-set), 9.9 (time-range).

#include "ical/budget.hpp"
#include "ical/lines.hpp"
#include "ical/time.hpp"
#include "ical/zone.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace kalends::ical {

/// One occurrence of a VEVENT, VTODO, VJOURNAL or VFREEBUSY.
struct Instance {
    const Component* component = nullptr;  ///< what describes it: the master, or an override
    UtcTime start{};                       ///< a VTODO with only DUE: when it is due
    UtcTime end{};                         ///< not before start; start for what takes no time
    bool is_date = false;      ///< all-day: start and end are midnights in the floating zone
    bool has_time = true;      ///< false: a VTODO without dates, which is in every range
    bool recurs = false;       ///< one of a recurrence set, so that it has a RECURRENCE-ID
    bool is_override = false;  ///< `component` has a RECURRENCE-ID (for this one, or THISANDFUTURE)
    LocalTime recurrence_id{};  ///< the original start, in the zone of the master's DTSTART
    UtcTime recurrence_id_utc{};
};

/// The instances that overlap [from, to) by the tables of RFC 4791 9.9, by start. `floating` is the
/// zone of floating times and dates. Throws ValueError on a broken date or rule, TooExpensive
/// beyond the budget or `max_instances`.
std::vector<Instance> instances(const Component& calendar, UtcTime from, UtcTime to,
                                const Zone& floating, Budget& budget,
                                std::size_t max_instances = 100'000);

/// Whether `component`, a child of `calendar`, has an instance that overlaps [from, to); what
/// overrides describe is not an instance of the master. RFC 4791 9.9. Throws as instances().
bool overlaps(const Component& calendar, const Component& component, UtcTime from, UtcTime to,
              const Zone& floating, Budget& budget);

/// Whether `alarm`, a VALARM in `component`, goes off in [from, to) for any instance, repeats
/// included. RFC 4791 9.9.
bool alarm_overlaps(const Component& calendar, const Component& component, const Component& alarm,
                    UtcTime from, UtcTime to, const Zone& floating, Budget& budget);

}  // namespace kalends::ical
