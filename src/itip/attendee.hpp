#pragma once
// The attendee's side: what an attendee may change, and the answer that a change is. RFC
// 6638 3.2.2, RFC 5546 3.2.3.

#include "itip/address.hpp"
#include "itip/message.hpp"
#include "itip/series.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::itip {

struct Attended {
    std::string data;              ///< to be stored; empty: nothing is left of the object, it is
                                   ///< to be removed
    std::optional<Message> reply;  ///< to the organizer; nothing where nothing that concerns him
                                   ///< changed, or SCHEDULE-AGENT of ORGANIZER is not the server
};

/// An attendee stores `after` in the place of `before` (nothing: an invitation that came by another
/// way). Only the changes of RFC 6638 3.2.2.1 are allowed; what clients are known to change without
/// meaning it is put back. Of an object that somebody else organizes and that does not name `me`
/// the server keeps its hands: SCHEDULE-AGENT=NONE is written on its ORGANIZER. Throws Refused,
/// ical::ParseError, ical::ValueError, ical::TooExpensive.
Attended attend(std::optional<std::string_view> before, std::string_view after, const Addresses& me,
                const Moment& moment);

/// The answer that removing the object is: DECLINED, for all that was not declined or cancelled
/// before.
std::optional<Message> decline_all(std::string_view object, const Addresses& me,
                                   const Moment& moment);

/// What a room (or a user who has chosen so) says to one instance, or to all that are not named.
struct Answer {
    std::optional<InstanceKey> instance;
    std::string partstat;  ///< ACCEPTED, DECLINED, TENTATIVE
};

/// The object with these answers, and the REPLY that tells them; where one is new it tells all, so
/// that the organizer sees what was said to the whole. An instance that is answered
/// otherwise than the series gets a component of its own.
Attended answer(std::string_view object, const Addresses& me, const std::vector<Answer>& answers,
                const Moment& moment);

}  // namespace kalends::itip
