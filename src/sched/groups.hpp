#pragma once
// Groups that are invited: each member is, by name. RFC 5545 3.2.11 (MEMBER), 3.2.3 (CUTYPE).

#include "ical/zone.hpp"
#include "itip/meeting.hpp"
#include "sched/people.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

struct Since {
    ical::UtcTime moment;
    ical::ZonePtr floating;  ///< never null
};

/// The object with an ATTENDEE for each member of each group among its attendees, marked by MEMBER,
/// and without those who came by a group and are not in it any more; nothing where that changes
/// nothing. Who is invited by name stays as he is. The group's own line says CUTYPE=GROUP and is
/// sent nothing. Rooms and resources say by CUTYPE that they are. All attendees must have been
/// learnt. At most `max_members` of one group. With `since`: what began before, by the clock of
/// `floating`, stays as it is, but of a series that goes on the whole is changed.
std::optional<std::string> with_members_of_groups(store::Database& database, const People& people,
                                                  std::string_view object,
                                                  const std::optional<Since>& since = std::nullopt,
                                                  std::size_t max_members = 1000);

/// Those among the attendees, which have been learnt.
std::vector<store::PrincipalId> groups_in(const People& people, const itip::Meeting& meeting);

/// Whether the address is that of a group.
bool is_group(const People& people, std::string_view address);

}  // namespace kalends::sched
