#pragma once
// What a request for busy time tells beside the times, where it has
// X-CALENDARSERVER-EXTENDED-FREEBUSY:T, as Apple's clients send it.

#include "dav/view.hpp"
#include "ical/budget.hpp"
#include "ical/filter.hpp"

#include <string>

namespace kalends::caldav {

/// VEVENTs, in UTC, one for each instance in `range` that makes the owner of `home` busy: of events
/// that the user may read when, what and where; of those of rooms and resources, otherwise, when
/// and who has booked. Not that of `masked_uid`. Throws ical::TooExpensive.
std::string busy_events(const dav::View& view, const store::HomePtr& home,
                        const ical::TimeRange& range, const std::string& masked_uid,
                        ical::Budget& budget);

}  // namespace kalends::caldav
