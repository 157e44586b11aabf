#pragma once
// Free/busy as others publish it: the document at the URL that FBURL names (RFC 2739 2.4.2, RFC
// 6350 6.9.1), VFREEBUSY components (RFC 5545 3.6.4), or just as well a calendar of events.

#include "ical/budget.hpp"
#include "ical/freebusy.hpp"
#include "ical/spans.hpp"
#include "ical/zone.hpp"

#include <string_view>

namespace kalends::ical {

/// Adds to `busy` what the document says of the range: periods of VFREEBUSYs by their FBTYPE,
/// events, availability (RFC 7953). Gives what the document speaks of: from the earliest DTSTART to
/// the latest DTEND of its VFREEBUSYs; all time where one of them names no bounds or there is none.
/// Floating times are read in `floating`. Throws ParseError (nothing is added then), ValueError,
/// TooExpensive.
Span add_published(FreeBusy& busy, std::string_view document, const Zone& floating, Budget& budget);

}  // namespace kalends::ical
