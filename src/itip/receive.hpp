#pragma once
// Messages that arrive: what becomes of what one has. RFC 5546 2.1.4, 2.1.5, 3; RFC 6638 4.

#include "itip/address.hpp"
#include "itip/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::itip {

enum class Outcome {
    nothing,  ///< an older message, one that came twice, or one that tells nothing new
    stored,   ///< `data` is to be stored
    removed,  ///< nothing is left of it: the object is to be deleted
};

struct Received {
    Outcome outcome = Outcome::nothing;
    std::string data = {};
    std::vector<Change> changes = {};  ///< to what one had; what an inbox item tells
    bool worth_telling = false;        ///< people want to know; else only other people's answers
                                       ///< changed. Also of what stores nothing: DECLINECOUNTER,
                                       ///< CANCEL of an instance that one has deleted
    /// Of a reply: what its sender has may be older than the answer (it is to an older version, or
    /// he has deleted his copy while a REQUEST was under way that brings it back): he is to be sent
    /// a REQUEST as the others are.
    bool tell_sender = false;
};

/// Whether such changes say only what others answered. A SEQUENCE rises on all instances when one
/// is changed, and only that one is sent then.
bool tell_of_answers_alone(const std::vector<Change>& changes);

/// REQUEST, ADD, CANCEL, DECLINECOUNTER or PUBLISH from an organizer to `me`, an attendee who has
/// `mine` (nothing: not yet). Alarms, TRANSP, categories and the like of one's own, and one's
/// PARTSTAT where the meeting was not moved, are kept. A CANCEL leaves what it cancels as
/// STATUS:CANCELLED. Throws Refused: another organizer than that of `mine`, another UID;
/// ical::ParseError, ical::ValueError, ical::TooExpensive.
Received receive_from_organizer(std::string_view message, std::optional<std::string_view> mine,
                                const Addresses& me, const Moment& moment);

/// REPLY, COUNTER or REFRESH from `sender`, an attendee, about the organizer's object `mine`. A
/// REPLY changes the sender's own ATTENDEE lines alone; a COUNTER and a REFRESH change nothing but
/// are worth telling. Somebody who is not invited ("party crasher") is Refused, unless delegated
/// to.
Received receive_from_attendee(std::string_view message, std::string_view mine,
                               const Addresses& sender, const Moment& moment);

}  // namespace kalends::itip
