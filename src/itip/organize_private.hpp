#pragma once
// An organizer's change in two steps: what is stored, and who is told what.

#include "ical/budget.hpp"
#include "itip/address.hpp"
#include "itip/difference_private.hpp"
#include "itip/message.hpp"
#include "itip/organizer.hpp"
#include "itip/series.hpp"

#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace kalends::itip {

/// The master, or an instance.
using Key = std::optional<InstanceKey>;

/// What became of the object as a whole.
struct Revision {
    Series before;
    Series after;
    std::map<Key, Difference> changed = {};     ///< of components of `after` that changed
    std::set<InstanceKey> newly_excluded = {};  ///< instances of `before` that an EXDATE took away
    std::set<InstanceKey> reverted = {};        ///< their component is gone; they are as the master
    std::set<InstanceKey> split = {};           ///< new components for what were plain instances
    bool rules_changed = false;                 ///< RRULE, RDATE or the first start
    long long old_sequence = 0;                 ///< the highest of all components
    long long new_sequence = 0;
};

/// What EXDATEs and new components were before: fills newly_excluded, split and rules_changed.
/// Throws ical::TooExpensive.
void note_instances(Revision& revision, ical::Budget& budget);

/// What described it before: a component of its own, or the master.
std::optional<ical::Part> described(const Revision& revision, const Key& key);

/// Instances that had a component before and have none now.
std::set<InstanceKey> vanished_overrides(const Revision& revision);

/// The highest SEQUENCE of all components.
long long highest_sequence(const Series& series);

/// What is different between two states that are both stored: what attendees answered does not
/// count. Throws ical::TooExpensive.
Revision compare(Series before, Series after, ical::Budget& budget);

/// Makes `after` what is to be stored: keeps answers, resets PARTSTATs, raises SEQUENCE. RFC
/// 6638 3.2.8, RFC 5546 2.1.4. Throws ical::TooExpensive.
Revision revise(Series before, Series after, const Addresses& me, Copy copy, ical::Budget& budget);

/// For an object that is new.
void revise_new(Series& after, const Addresses& me);

/// What attendees are told of that. RFC 6638 3.2.1.2.
std::vector<Message> messages_for(const Revision& revision, const Addresses& me,
                                  const Moment& moment);

/// Invitations to all. RFC 6638 3.2.1.1.
std::vector<Message> invitations(const Series& object, const Addresses& me, const Moment& moment);

/// All that one attendee sees; nothing where no instance names him. RFC 6638 3.2.6.
std::optional<Message> request_to(const Series& object, std::string_view attendee,
                                  const Moment& moment);

/// CANCEL of the whole to all that are invited. RFC 6638 3.2.1.3.
std::vector<Message> cancellations(const Series& object, const Addresses& me, const Moment& moment);

}  // namespace kalends::itip
