#pragma once
// The zone in which floating and all-day times of a calendar are read. RFC 4791 5.2.2, 7.3; RFC 7809 5.

#include "dav/resource.hpp"
#include "ical/zone.hpp"
#include "xml/document.hpp"

namespace kalends::caldav {

/// The calendar's C:calendar-timezone or calendar-timezone-id, else the server's. Never null.
ical::ZonePtr floating_zone(const dav::View& view, const dav::Resource& calendar);

/// The zone that a request brings along: C:timezone (a VTIMEZONE) or C:timezone-id; nullptr if it brings none.
/// Throws DavError valid-calendar-data, valid-timezone.
ical::ZonePtr requested_zone(const xml::Element& body);

}  // namespace kalends::caldav
