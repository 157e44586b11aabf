#pragma once
// How rooms and resources are booked, as rows.

#include "store/groups.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace kalends::store {

/// What becomes of an invitation of a room or a resource. The numbers are stored.
enum class Acceptance {
    never = 0,            ///< nothing happens; somebody answers in a client
    when_free = 1,        ///< accepted when free, declined when busy
    always = 2,           ///< accepted, double bookings too
    manual = 3,           ///< stays tentative until somebody who may write its calendar approves
    decline = 4,          ///< declined: it can't be booked now
    accept_if_free = 5,   ///< accepted when free, else somebody answers
    decline_if_busy = 6,  ///< declined when busy, else somebody answers
};

struct Booking {
    Acceptance acceptance = Acceptance::when_free;
    int capacity = 0;                    ///< people; 0: not known
    int horizon_days = 0;                ///< how far ahead it can be booked; 0: any time
    std::optional<PrincipalName> group;  ///< its members: when_free, whatever `acceptance` says
    std::vector<std::string> features;   ///< "projector", sorted
};

/// Of a principal for which none was set: the default.
Booking booking(Database& db, PrincipalId principal);

/// All that were set.
std::map<PrincipalId, Booking> bookings(Database& db);

/// False: there is no such principal.
bool set_booking(Database& db, PrincipalId principal, const Booking& booking);

}  // namespace kalends::store
