#pragma once
// What somebody answers who has no calendar: a page asks, and what is said there becomes the
// message that a calendar program would have sent. RFC 5546 3.2.3, 3.2.7.

#include "ical/time.hpp"
#include "ical/zone.hpp"
#include "itip/message.hpp"
#include "itip/series.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kalends::itip {

struct GuestAnswer {
    std::string partstat;                                ///< ACCEPTED, TENTATIVE, DECLINED
    std::optional<InstanceKey> instance = std::nullopt;  ///< nothing: all of them
    std::string comment = {};                            ///< text; empty: none
};

/// The REPLY of `attendee` to what request_for() gives. Nothing where it would say what the
/// organizer knows already, or answer an instance that there is not.
std::optional<Message> reply_of(std::string_view request, std::string_view attendee,
                                const GuestAnswer& said, const Moment& moment);

/// What `attendee` has answered, as request_for() tells him: PARTSTAT of the whole; where that does
/// not invite him, of the first instance that does.
std::string answer_of(const Series& request, std::string_view attendee);

/// What the organizer's object has of the attendee's words; empty where there are none.
std::string comment_of(std::string_view object, std::string_view attendee);

/// Another time that an attendee proposes.
struct Proposal {
    ical::LocalTime start{};
    ical::LocalTime end{};             ///< of days: the day after the last
    const ical::Zone* zone = nullptr;  ///< on whose clock; nullptr: on that of the meeting
    std::string comment = {};
};

/// Whether another time can be proposed: of a VEVENT that does not recur.
bool may_propose(const Series& request);

/// The COUNTER that proposes it. `request` is one for which may_propose() holds. Throws Refused:
/// the end is not after the start.
Message counter_of(std::string_view request, const Proposal& proposal, const Moment& moment);

}  // namespace kalends::itip
