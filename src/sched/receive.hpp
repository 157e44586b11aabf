#pragma once
// What has been delivered to one person: it is applied to his calendar and told in his inbox. RFC
// 6638 4; rooms answer at once.

#include "itip/message.hpp"
#include "sched/people.hpp"
#include "store/scheduling.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace kalends::sched {

using store::Hop;

/// Applies it in one transaction of the recipient's home, in order, and gives what this has made
/// wait for others: answers, and looks at a meeting that has changed. A message that can't be
/// applied is logged and dropped; what may succeed later is thrown.
std::vector<Hop> receive(store::Database& database, const Hop& hop, const Site& site);

/// Many at once, in one transaction of the recipients' homes: what each has made wait; nothing for
/// one that was not done, because somebody else had the home or because it is out of the ordinary
/// (a room answers, something was refused): receive() does it.
std::vector<std::optional<std::vector<Hop>>>
receive_together(store::Database& database, std::span<const Hop> hops, const Site& site);

/// A new tag for a scheduling object that has changed. RFC 6638 3.2.10.
std::string new_schedule_tag();

/// Now, as DTSTAMP has it.
itip::Moment this_moment();

}  // namespace kalends::sched
