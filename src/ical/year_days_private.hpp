#pragma once
// Which days of a year a recurrence rule admits: all of BYMONTH, BYWEEKNO, BYYEARDAY, BYMONTHDAY
// and BYDAY at once.

#include "ical/recurrence.hpp"

namespace kalends::ical {

/// Weekdays are 0 Sunday to 6 Saturday; `day` counts from 1970-01-01.
constexpr int weekday_of(std::int64_t day) {
    const auto rest = static_cast<int>((day + 4) % 7);
    return rest < 0 ? rest + 7 : rest;
}

/// The rule with everything in it that its start implies: FREQ=YEARLY;BYMONTH=1 takes the day from
/// DTSTART, every rule its time of day. RFC 5545 3.3.10 ("Information, not contained in the rule
/// …").
Rule completed(const Rule& rule, const DateOrTime& start);

/// For a completed rule.
YearDays admitted_days(const Rule& rule, int year);

}  // namespace kalends::ical
