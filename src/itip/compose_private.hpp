#pragma once
// The text of a message. RFC 5546 3.2, 3.4, 3.5.

#include "ical/document.hpp"
#include "itip/message.hpp"
#include "itip/series.hpp"

#include <string>
#include <vector>

namespace kalends::itip {

/// A component as others may see it: without alarms, SCHEDULE-* parameters and what is private,
/// DTSTAMP now.
ical::Part as_sent(ical::Part component, const Moment& moment);

/// A VCALENDAR with METHOD, these components and the VTIMEZONEs of `source` that they use.
std::string compose(Method method, const Series& source, std::vector<ical::Part> components,
                    const Moment& moment);

}  // namespace kalends::itip
