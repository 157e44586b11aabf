#pragma once
// The REPLY that an attendee's change is. RFC 5546 3.2.3, 3.4.3. For this room.

#include "ical/document.hpp"
#include "itip/address.hpp"
#include "itip/message.hpp"
#include "itip/series.hpp"

#include <map>
#include <optional>

namespace kalends::itip {

/// The answers of one attendee to one organizer: a component for each instance that is answered.
class Reply {
public:
    /// Keeps references to both.
    Reply(const Addresses& me, const Moment& moment) : me_(me), moment_(moment) {}

    /// `component` holds the answer. Comments that `before` has as well are not said again.
    void tell(const std::optional<InstanceKey>& key, const ical::Part& component,
              const ical::Part* before);

    /// Where the series as a whole is answered, adds all that is answered by itself: whoever
    /// receives it then need not know what an instance without a word was before.
    void complete(const Series& series);

    /// Nothing where nothing is told, or nobody organizes it. VTIMEZONEs come from `series`.
    [[nodiscard]] std::optional<Message> message(const Series& series) const;

private:
    const Addresses& me_;
    const Moment& moment_;
    std::map<std::optional<InstanceKey>, ical::Part> components_;
};

}  // namespace kalends::itip
