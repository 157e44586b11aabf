#pragma once
// What attendees said to the organizer in private, in the organizer's object. Apple's draft on
// private comments. For this room.

#include "itip/message.hpp"
#include "itip/series.hpp"

#include <string>
#include <string_view>

namespace kalends::itip {

/// The line of the attendee with that address; end() where there is none.
std::vector<ical::Line>::iterator find_comment(ical::Part& component, std::string_view attendee);

/// Only the server writes attendees' comments: those of `before` are put back into `after`, unless
/// their attendees are not invited any more. Clients lose them that don't know them, and bring back
/// old ones when they have missed an answer. The draft 3.2, 4.2.2. Throws Refused for two of one
/// attendee in a component: the draft 4.1.5.
void restore_comments(const Series& before, Series& after);

}  // namespace kalends::itip
