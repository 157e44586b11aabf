#pragma once
// What changed from one component to another, as people would say it: another order, spelling or
// line break is no change. RFC 5546 2.1.4, RFC 6638 3.2.8.

#include "ical/budget.hpp"
#include "ical/document.hpp"
#include "itip/message.hpp"
#include "itip/series.hpp"

#include <compare>
#include <optional>
#include <set>
#include <string>

namespace kalends::itip {

struct Difference {
    std::set<std::string> properties;  ///< "DTSTART"
    std::set<std::string> parameters;  ///< "DTSTART;TZID"
    [[nodiscard]] bool empty() const { return properties.empty(); }
};

/// Which parameters of ATTENDEE lines count.
enum class Detail {
    significant,  ///< those that are worth a message: not RSVP, CN
    asked,        ///< of those the ones that the organizer decides: not PARTSTAT, DELEGATED-TO
    all,          ///< all that attendees see
};

/// A component of `series`.
struct Of {
    const Series& series;
    const ical::Part& component;
};

/// Of what attendees see. The end is told as DTEND (DUE in a VTODO), be it written as DURATION.
Difference difference(const Of& before, const Of& after, Detail detail);

/// When a component begins and ends.
struct Times {
    std::optional<InstanceKey> start;
    std::optional<InstanceKey> end;
    friend bool operator==(const Times&, const Times&) = default;
};
Times times_of(const Of& of);

/// Whether `after` has instances that `before` had not, or has lost its recurrence: then what was
/// answered is no longer what is asked. Bounded: looks at the first decades. RFC 6638 3.2.8.
bool adds_instances(const Series& before, const Series& after, ical::Budget& budget);

/// Which of the keys are instances of the master. Throws ical::TooExpensive.
std::set<InstanceKey> existing(const Series& series, const std::set<InstanceKey>& keys,
                               ical::Budget& budget);

Change change_of(const std::optional<InstanceKey>& key, const Difference& difference);

}  // namespace kalends::itip
