#pragma once
// One component of a meeting: what its lines say, and which of them are whose.

#include "ical/document.hpp"
#include "itip/address.hpp"

#include <string>
#include <string_view>
#include <unordered_map>

namespace kalends::itip {

/// 0 without one (or with nonsense).
long long sequence_of(const ical::Part& component);
void set_sequence(ical::Part& component, long long sequence);

/// Raises it to that, if it is lower.
void raise_sequence(ical::Part& component, long long at_least);

bool is_cancelled(const ical::Part& component);

/// STATUS:CANCELLED with that SEQUENCE and DTSTAMP.
void cancel(ical::Part& component, long long sequence, std::string_view dtstamp);

/// Upper case; NEEDS-ACTION where the ATTENDEE line has none. RFC 5545 3.2.12.
std::string partstat_of(const ical::Line& attendee);

/// The first ATTENDEE line of these addresses; nullptr if there is none.
const ical::Line* attendee_line(const ical::Part& component, const Addresses& who);
ical::Line* attendee_line(ical::Part& component, const Addresses& who);

/// ATTENDEE lines by canonical address; pointers into `component`.
using AttendeeLines = std::unordered_map<std::string, const ical::Line*>;
AttendeeLines attendee_lines(const ical::Part& component);

/// With TRUE in one component attendees do not see each other: each is sent a meeting with himself
/// and the organizer alone. It is in no message.
inline constexpr std::string_view hides_attendees = "X-KALENDS-HIDE-ATTENDEES";

/// Whether the organizer's property is for attendees: all that RFC 5545 knows, and the few X- that
/// clients share. RFC 6638 says nothing of X-; what is private must not leak.
bool is_shared_property(std::string_view name);

/// The same for a parameter of any property. SCHEDULE-* are between a client and its server: RFC
/// 6638 7.1 to 7.3.
bool is_shared_parameter(std::string_view name);

/// Whether an attendee's own value is kept whatever the organizer sends: RFC 6638 3.2.2.1, and
/// what clients keep for themselves.
bool is_personal_property(std::string_view name);

}  // namespace kalends::itip
