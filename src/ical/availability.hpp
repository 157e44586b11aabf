#pragma once
// When somebody can be met at all: VAVAILABILITY and its AVAILABLE components. RFC 7953.

#include "ical/budget.hpp"
#include "ical/freebusy.hpp"
#include "ical/lines.hpp"
#include "ical/object.hpp"
#include "ical/zone.hpp"

#include <string_view>

namespace kalends::ical {

/// AVAILABLE components that one VAVAILABILITY may have: RFC 7953 8 asks for a limit.
inline constexpr std::size_t max_available = 500;

/// The calendar in a CALDAV:calendar-availability (RFC 7953 7.2.4): valid iCalendar that holds one
/// VAVAILABILITY, and VTIMEZONEs at most. Throws ObjectError for what is wrong by RFC 7953 3.1 and
/// 3.2, and for recurrence that would cost too much to expand.
Component accept_availability(std::string_view bytes);

/// Adds to `busy` what the VAVAILABILITYs of `calendar` take away: each is busy by its BUSYTYPE
/// where none of its AVAILABLE components is, and covers what others of lower priority say.
/// Of components with one priority all AVAILABLE count, and BUSY wins over BUSY-UNAVAILABLE over
/// BUSY-TENTATIVE. RFC 7953 4, 5. Floating times are read in `floating`. An AVAILABLE without an
/// end lasts as long as its VAVAILABILITY. Throws ValueError on a broken date or rule,
/// TooExpensive.
void add_availability(FreeBusy& busy, const Component& calendar, const Zone& floating,
                      Budget& budget);

}  // namespace kalends::ical
