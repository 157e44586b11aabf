#pragma once
// When somebody is busy: over all calendars of a home, from digests alone. RFC 4791 7.10, RFC
// 6638 9.1, RFC 7953 5.

#include "ical/budget.hpp"
#include "ical/freebusy.hpp"
#include "ical/zone.hpp"
#include "itip/address.hpp"
#include "store/objects.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace kalends::sched {

/// The zone of somebody's clock: as the account has it, else `otherwise`, else UTC. Never null.
ical::ZonePtr zone_of(const store::Principal& owner, std::string_view otherwise);

/// The zone in which floating and all-day times of a calendar are read: its calendar-timezone-id or
/// calendar-timezone, else its owner's. RFC 4791 5.2.2, 7.3; RFC 7809 3.1.5. Never null.
ical::ZonePtr zone_of(const store::Collection& calendar, const store::Principal& owner,
                      std::string_view otherwise);

/// Which objects count.
using Counts = std::function<bool(const store::ObjectView&)>;

/// Adds the busy times of one calendar. Throws store::Unavailable, ical::TooExpensive.
void add_calendar(ical::FreeBusy& busy, store::Database& db, const store::Collection& calendar,
                  const ical::Zone& floating, ical::Budget& budget, const Counts& counts);

/// Whether what is in the calendar makes its owner busy: CALDAV:schedule-calendar-transp. RFC 6638
/// 9.1.
bool is_opaque(const store::Collection& calendar);

/// What the owner has set on the inbox: CALDAV:calendar-availability, RFC 7953 7.2.4.
std::optional<std::string> availability_of(const store::Home& home);

/// A meeting that is being moved: it makes nobody busy who is asked. So that nobody finds out by it
/// what is in others' calendars, it is the asker's own meeting only.
struct Mask {
    std::string uid = {};            ///< empty: nothing is masked
    itip::Addresses organizer = {};  ///< the asker: a meeting must have one of these as ORGANIZER …
    bool own = false;                ///< … or none, where the asker asks about himself
};

struct BusyOptions {
    Mask mask = {};
    std::string_view default_zone = "UTC";  ///< where neither calendar nor owner have one
    std::optional<std::string> availability = std::nullopt;  ///< the owner's
                                                             ///< CALDAV:calendar-availability
};

/// When the owner of `home` is busy within [from, to): all calendars of one's own that are opaque,
/// and availability. What others share does not count. Throws store::Unavailable,
/// ical::TooExpensive.
ical::FreeBusy busy_of(store::Database& db, const store::Home& home, ical::UtcTime from,
                       ical::UtcTime to, const BusyOptions& options, ical::Budget& budget);

/// Whether `asker` may know when the owner of `home` is busy: by the access control of the inbox.
/// RFC 6638 6.1.4.
bool may_query_free_busy(const store::Principal& asker, const store::Home& home);

}  // namespace kalends::sched
