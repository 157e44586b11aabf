#pragma once
// CS:schedule-changes: what a message changed when it was applied, as a client shows it to whoever
// reads the inbox. Apple's draft on schedule changes 4.1. Pure.

#include "ical/time.hpp"
#include "itip/message.hpp"
#include "xml/name.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kalends::sched {

/// Of an item of the inbox.
inline constexpr xml::NameView schedule_changes_property{xml::calendarserver, "schedule-changes"};

/// What was done to the recipient's object.
struct Applied {
    itip::Method method = itip::Method::request;
    bool created = false;               ///< there was no object before
    std::string attendee = {};          ///< who has sent a REPLY
    std::vector<itip::Change> changes;  ///< as itip::Received has them
};

/// The whole element, standing on its own; nothing for a message that changes no object: COUNTER,
/// DECLINECOUNTER, REFRESH.
std::optional<std::string> schedule_changes(const Applied& applied, ical::UtcTime now);

}  // namespace kalends::sched
