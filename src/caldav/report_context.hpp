#pragma once
// What a report of calendars knows beside the properties that it is asked for.

#include "dav/view.hpp"
#include "http/message.hpp"
#include "ical/retrieve.hpp"
#include "ical/zone.hpp"

namespace kalends::caldav {

struct ReportContext final : dav::ReportContext {
    ReportContext(ical::ZonePtr zone, ical::TimeZones with_data)
        : floating(std::move(zone)), time_zones(with_data) {}
    ical::ZonePtr floating;      ///< that the body brings; nullptr: the calendar's
    ical::TimeZones time_zones;  ///< in calendar-data
};

/// The VTIMEZONEs that the header CalDAV-Timezones asks for. Without it data are as they were
/// stored: a server need not leave anything out then (RFC 7809 3.1.3: MAY), and whatever a client
/// stored comes back byte for byte. RFC 7809 7.1.
ical::TimeZones time_zones_wanted(const http::Headers& headers);

/// The same in a report.
ical::TimeZones time_zones_wanted(const dav::View& view);

}  // namespace kalends::caldav
