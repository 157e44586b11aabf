#pragma once
// Groups whose members have changed, and the meetings to which groups are invited: so that these
// follow. A row for each change is written by the transaction that makes it (a trigger), and stays
// until somebody has seen to it.

#include "store/home.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kalends::store {

class Database;

struct GroupChange {
    PrincipalId group;
    std::int64_t last = 0;  ///< of its changes
};

/// Groups that have not changed since `until` (seconds since 1970), or that go on changing for
/// long; those that changed first come first.
std::vector<GroupChange> changed_groups(Database& db, std::int64_t until, std::size_t limit);

/// It has been seen to, up to its `last` change. Meetings that are gone are forgotten, too.
void forget_change(Database& db, const GroupChange& change);

/// Changes that nobody has seen to since `before`, where nobody is to.
std::size_t prune_group_changes(Database& db, std::int64_t before);

/// A meeting in its organizer's home.
struct GroupMeeting {
    PrincipalId home;
    std::string uid;
};

/// Up to `limit` of those that end after `time` and to which the group is invited, or one that it
/// is in, in an order that does not change, behind `after`.
std::vector<GroupMeeting> meetings_of_group(Database& db, PrincipalId group, std::int64_t time,
                                            const GroupMeeting& after, std::size_t limit);

}  // namespace kalends::store
