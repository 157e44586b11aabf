#pragma once
// What a room or a resource says to an invitation: by how it is booked, and what it has already.

#include "ical/time.hpp"
#include "itip/attendee.hpp"
#include "store/bookings.hpp"
#include "store/scheduling.hpp"

#include <string_view>
#include <vector>

namespace kalends::sched {

/// The answers to `invitation`, the room's copy of the meeting; none where it doesn't answer by
/// itself, or the meeting is over. Instances that clash with what is booked are declined one by
/// one, the others accepted, what was answered already is said again; a series that goes beyond the
/// horizon is declined. Manual: TENTATIVE until somebody decides. What it reads stays true until
/// the transaction commits, so that nothing is booked twice.
std::vector<itip::Answer> answers_of_room(store::HomeTransaction& transaction,
                                          const store::Home& room, const store::Booking& booking,
                                          std::string_view invitation, const itip::Addresses& me,
                                          ical::UtcTime now);

/// Whether no instance of a meeting is still to come: then there is nothing to decide.
bool is_over(const store::Home& room, std::string_view meeting, ical::UtcTime now);

}  // namespace kalends::sched
