#pragma once
// What an attendee may change in one component, and what becomes of the rest. RFC 6638 3.2.2.1. For
// this room.

#include "ical/document.hpp"
#include "itip/address.hpp"
#include "itip/difference_private.hpp"
#include "itip/message.hpp"

namespace kalends::itip {

/// Whether a client sends an object as it has it, or only some instances without the series: then
/// what is missing in them was not removed on purpose either.
enum class Sent { whole, in_part };

/// `before` with what is the attendee's to change taken from `after`, and all else put back. Throws
/// Refused where `after` changes what the organizer decides: times, recurrence, place, title,
/// description, the organizer, or that `me` attends.
ical::Part with_own_changes(const Of& before, const Of& after, Sent sent_as, const Addresses& me,
                            const Moment& moment);

/// Whether the answers differ in what the organizer is to know: PARTSTAT, delegation, comments, the
/// progress of a VTODO.
bool answers_differ(const ical::Part& before, const ical::Part& after, const Addresses& me);

/// Throws Refused for that property: an attendee can't change it.
[[noreturn]] void refuse_change(std::string_view property);

}  // namespace kalends::itip
