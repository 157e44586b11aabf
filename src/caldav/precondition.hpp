#pragma once
// The precondition elements of RFC 4791, each once.

#include "xml/name.hpp"

namespace kalends::caldav::precondition {

using xml::NameView;

// RFC 4791 5.3.1.1, 5.3.2.1
inline constexpr NameView calendar_collection_location_ok{xml::caldav,
                                                          "calendar-collection-location-ok"};
inline constexpr NameView valid_calendar_data{xml::caldav, "valid-calendar-data"};
inline constexpr NameView supported_calendar_data{xml::caldav, "supported-calendar-data"};
inline constexpr NameView supported_calendar_component{xml::caldav, "supported-calendar-component"};
inline constexpr NameView no_uid_conflict{xml::caldav, "no-uid-conflict"};
inline constexpr NameView max_resource_size{xml::caldav, "max-resource-size"};
inline constexpr NameView min_date_time{xml::caldav, "min-date-time"};
inline constexpr NameView max_date_time{xml::caldav, "max-date-time"};
inline constexpr NameView max_instances{xml::caldav, "max-instances"};
inline constexpr NameView max_attendees{xml::caldav, "max-attendees-per-instance"};

// RFC 4791 7.8, 7.9
inline constexpr NameView valid_filter{xml::caldav, "valid-filter"};
inline constexpr NameView supported_filter{xml::caldav, "supported-filter"};
inline constexpr NameView supported_collation{xml::caldav, "supported-collation"};

// RFC 7809 3.1.5, 3.1.6
inline constexpr NameView valid_timezone{xml::caldav, "valid-timezone"};

}  // namespace kalends::caldav::precondition
