#pragma once
// The components of one calendar, taken apart into those that make one series each.

#include "ical/budget.hpp"
#include "ical/lines.hpp"

#include <string_view>
#include <vector>

namespace kalends::ical {

/// For each UID among the components of that name directly in `parent` a VCALENDAR with copies of
/// those that have it; for each that has none, and for a second one that is no override, one with
/// it alone. They have no VTIMEZONEs: zones are looked for in the calendar they came from. Throws
/// TooExpensive.
std::vector<Component> grouped(const Component& parent, std::string_view name, Budget& budget);

}  // namespace kalends::ical
