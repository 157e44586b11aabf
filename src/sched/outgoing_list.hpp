#pragma once
// Who is about to get which mail, and why: for the organizer and the operator, who can stop it.

#include "sched/people.hpp"
#include "store/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace kalends::sched {

/// A message that would be sent, or that waits for the mail system.
struct OutgoingEntry {
    std::int64_t id = 0;  ///< of the message; those of one held meeting share theirs
    bool held = false;    ///< the meeting may still change
    std::string login;    ///< whose it is
    std::string method;
    std::string uid;
    std::string recipient;  ///< a mail address; empty: nobody would be told any more
    std::string title;
    std::string reason;    ///< "changed: DTSTART, LOCATION"
    std::int64_t due = 0;  ///< when it is sent, or tried again
    int tries = 0;
    std::string problem;  ///< why it could not be sent yet
};

/// Of one home or (0) of all; `limit` meetings and as many messages.
std::vector<OutgoingEntry> list_outgoing(store::Database& database, const Site& site,
                                         store::PrincipalId home, std::size_t limit);

}  // namespace kalends::sched
