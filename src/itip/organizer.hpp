#pragma once
// The organizer's side: what an organizer's change means for whom. RFC 6638 3.2.1, RFC 5546 3.2.2,
// 3.2.4, 3.2.5.

#include "itip/meeting.hpp"
#include "itip/message.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::itip {

struct Organized {
    std::string data;  ///< to be stored: SEQUENCE raised where needed, PARTSTATs reset
    std::vector<Message>
        messages;  ///< REQUEST, CANCEL: in the order in which they are to be applied
};

/// Whether a client sends what it may have read before the last answers came: it says so by
/// If-Schedule-Tag-Match, and they are kept then. RFC 6638 3.2.10.1.
enum class Copy { may_be_stale, is_current };

/// An organizer stores `after` in the place of `before`. Per attendee by the tables of RFC 6638
/// 3.2.1.1 and 3.2.1.2, for each only the instances that name him (3.2.6). `me`: the organizer, who
/// is sent nothing. `stored`: what the server knows and the client may have overwritten with older
/// data (PARTSTAT of attendees that have answered meanwhile) is kept from `before`; NEEDS-ACTION of
/// the client asks again where the component changed for attendees and the client knows of the
/// answer (its SCHEDULE-STATUS is not an older one, or its copy is current). Throws Refused: the
/// organizer changed, or differs between components, or there are only single instances;
/// ical::ParseError, ical::ValueError, ical::TooExpensive.
Organized organize(std::optional<std::string_view> before, std::string_view after,
                   const Addresses& me, const Moment& moment, Copy copy = Copy::may_be_stale);

/// The same for an object that goes: CANCEL for each attendee whose agent is the server.
std::vector<Message> cancel_all(std::string_view object, const Addresses& me, const Moment& moment);

/// What attendees who know `known` (nothing: they have not heard of it) are to be told when it is
/// `now`: both are stored, and nothing is changed any more. Answers that came meanwhile are no
/// news. Throws ical::ParseError, ical::ValueError, ical::TooExpensive.
std::vector<Message> news(std::optional<std::string_view> known, std::string_view now,
                          const Addresses& me, const Moment& moment);

/// What `attendee` is to see of the organizer's object as a REQUEST; nothing where no instance
/// names him. RFC 6638 3.2.6. Where it is sent only because another has answered, there is nothing
/// to tell the attendee, also if his copy says worth_telling (it may have missed a SEQUENCE that
/// was about other instances).
std::optional<Message> request_for(std::string_view object, std::string_view attendee,
                                   const Moment& moment);

/// Whom a message was sent to, and what became of that: SCHEDULE-STATUS, "1.2" by canonical
/// address.
using Statuses = std::map<std::string, std::string, std::less<>>;

/// Writes them where `sender` finds them: an organizer on ATTENDEE lines, an attendee on ORGANIZER,
/// in all components, and takes SCHEDULE-FORCE-SEND away everywhere. RFC 6638 3.2.9, 7.2, 7.3.
std::string with_statuses(std::string_view object, Role sender, const Statuses& statuses);

/// What it has written on the lines of attendees; a failure counts more than what else is there.
Statuses statuses_in(std::string_view object);

/// An address that is nobody's, or a delivery that was given up: "3.7", "5.1".
bool is_failure(std::string_view status);

}  // namespace kalends::itip
