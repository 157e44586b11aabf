#pragma once
// The time digest: all that time-range queries and free/busy need to know of a calendar object, and
// for whom it is (privacy.hpp), reduced at write time, so that they parse nothing. It keeps local
// times and TZIDs and resolves them when it is read: a changed calendar-timezone or new tzdata
// rewrites nothing.

#include "ical/budget.hpp"
#include "ical/lines.hpp"
#include "ical/time.hpp"
#include "ical/zone.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace kalends::ical {

/// Stored beside each digest by whoever wants to know which to recompute; also the first character
/// of the text.
constexpr int digest_version = 1;

/// How far a bound of a floating or all-day object may be from the truth.
constexpr std::chrono::hours digest_widening{26};

/// What an instance does to its owner's time. RFC 5545 3.2.9; RFC 4791 7.10.
enum class Busy : std::uint8_t { free, busy, tentative, unavailable };

struct TimeDigest {
    std::string component;  ///< VEVENT, VTODO, VJOURNAL, VFREEBUSY; empty for anything else, which
                            ///< overlaps nothing
    /// Every instance lies in [first_start, last_end]; so a query takes what has first_start <= to
    /// and last_end >= from. Floating times and dates count as UTC here: when `floating`, widen by
    /// digest_widening. An endless series ends at end_of_time. A VTODO without dates is in every
    /// range: beginning_of_time, end_of_time. What is in no range has them the other way round.
    UtcTime first_start{};
    UtcTime last_end{};
    bool floating = false;  ///< some instance is floating or all-day
    bool recurs = false;    ///< RRULE, RDATE or overrides
    std::string text;       ///< the serialised form, ASCII without control characters
};

/// Throws ValueError on a broken date or rule, TooExpensive when a rule costs more than the budget
/// to judge.
TimeDigest digest(const Component& calendar, Budget& budget,
                  const TzData& tzdata = TzData::system());

/// What goes into the database: digest.text.
inline const std::string& serialise(const TimeDigest& digest) { return digest.text; }

/// Whether an instance of the object overlaps [from, to) by the table of RFC 4791 9.9 for its
/// component. False if that is not `component` ("VEVENT"; empty: any). `floating` is the zone of
/// floating times and dates. An open end of the range is beginning_of_time or end_of_time. Throws
/// ValueError on text that is no digest of this version (empty included), TooExpensive.
bool overlaps(std::string_view digest, UtcTime from, UtcTime to, const Zone& floating,
              std::string_view component, Budget& budget, const TzData& tzdata = TzData::system());

/// Calls `sink` for each instance (VEVENT) or period (VFREEBUSY) that is not free and overlaps
/// [from, to), not clipped, in no order. Throws as overlaps().
using BusySink = std::function<void(UtcTime start, UtcTime end, Busy kind)>;
void busy_periods(std::string_view digest, UtcTime from, UtcTime to, const Zone& floating,
                  Budget& budget, const BusySink& sink, const TzData& tzdata = TzData::system());

}  // namespace kalends::ical
