#pragma once
// How rooms and resources are booked, as rows.

#include "store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kalends::store {

/// What becomes of an invitation of a room or a resource. The numbers are stored.
enum class Acceptance {
    never = 0,      ///< nothing happens; somebody answers in a client
    when_free = 1,  ///< accepted when free, declined when busy
    always = 2,     ///< accepted, double bookings too
    manual = 3,     ///< stays tentative until somebody who may write its calendar approves
};

struct Booking {
    Acceptance acceptance = Acceptance::when_free;
    int capacity = 0;                   ///< people; 0: not known
    int horizon_days = 0;               ///< how far ahead it can be booked; 0: any time
    std::vector<std::string> features;  ///< "projector", sorted
};

/// Of a principal for which none was set: the default.
Booking booking(Database& db, PrincipalId principal);

/// False: there is no such principal.
bool set_booking(Database& db, PrincipalId principal, const Booking& booking);

}  // namespace kalends::store
