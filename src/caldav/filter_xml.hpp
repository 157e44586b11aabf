#pragma once
// C:filter as XML, read into ical's plain structs. RFC 4791 9.7.

#include "ical/filter.hpp"
#include "xml/document.hpp"

namespace kalends::caldav {

/// The comp-filter for VCALENDAR in the C:filter of a calendar-query. Throws DavError with
/// valid-filter, supported-collation.
ical::CompFilter filter_in(const xml::Element& calendar_query);

}  // namespace kalends::caldav
