#pragma once
// The zone in which floating and all-day times of a calendar are read. RFC 4791 5.2.2, 7.3; RFC
// 7809 3.1.5, 3.1.6.

#include "dav/resource.hpp"
#include "ical/zone.hpp"
#include "xml/document.hpp"

namespace kalends::caldav {

/// The view with the zone that the body of a report brings, if it does: of C:timezone (a VTIMEZONE,
/// RFC 4791 9.8) or C:timezone-id (RFC 7809 6.2). Throws DavError valid-calendar-data,
/// valid-timezone.
dav::View with_requested_zone(const dav::View& view, const xml::Element& body);

/// The requested zone, else the calendar's C:calendar-timezone or calendar-timezone-id, else its
/// owner's, else the server's. Never null.
ical::ZonePtr floating_zone(const dav::View& view, const dav::Resource& calendar);

}  // namespace kalends::caldav
