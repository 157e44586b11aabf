#pragma once
// Who takes part in a calendar object, over all its components. RFC 6638 2.1, 3.1, 7.

#include "ical/document.hpp"
#include "itip/address.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::itip {

/// Who sends the messages. RFC 6638 7.1; what it does not know counts as none.
enum class Agent { server, client, none };

struct Participant {
    std::string address;  ///< as written where it stands first
    Agent agent = Agent::server;
    bool force_send = false;  ///< SCHEDULE-FORCE-SEND asks for it somewhere. RFC 6638 7.2
    bool is_group = false;    ///< CUTYPE=GROUP
};

struct Meeting {
    std::string uid;
    std::string component;  ///< VEVENT, VTODO, VJOURNAL …
    std::string organizer;  ///< as written; empty: nobody organizes it
    Agent organizer_agent = Agent::server;
    bool organizer_force_send = false;
    bool same_organizer = true;          ///< in all components that have one. RFC 6638 3.2.4.2
    std::vector<Participant> attendees;  ///< each once, in the order of their appearance
};

/// `calendar` is a VCALENDAR.
Meeting meeting_of(const ical::Part& calendar);
Meeting meeting_of(const ical::Component& calendar);

/// SCHEDULE-AGENT of an ORGANIZER or ATTENDEE line.
Agent agent_of(const ical::Property& property);

/// STATUS:CANCELLED.
bool is_cancelled(const ical::Component& component);

/// The same of all that a VCALENDAR has.
bool is_all_cancelled(const ical::Component& calendar);

/// What somebody is in a meeting. Who organizes it and attends as well is its organizer.
enum class Role { none, organizer, attendee };
Role role_in(const Meeting& meeting, const Addresses& who);

}  // namespace kalends::itip
