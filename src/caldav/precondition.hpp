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

// RFC 6638 5.2
inline constexpr NameView valid_scheduling_message{xml::caldav, "valid-scheduling-message"};
inline constexpr NameView valid_organizer{xml::caldav, "valid-organizer"};

// RFC 6638 3.2.4, 9.2
inline constexpr NameView unique_scheduling_object{xml::caldav,
                                                   "unique-scheduling-object-resource"};
inline constexpr NameView same_organizer{xml::caldav, "same-organizer-in-all-components"};
inline constexpr NameView allowed_organizer_change{xml::caldav,
                                                   "allowed-organizer-scheduling-object-change"};
inline constexpr NameView allowed_attendee_change{xml::caldav,
                                                  "allowed-attendee-scheduling-object-change"};
// What these were called in drafts of RFC 6638, which clients still look for.
inline constexpr NameView organizer_allowed{xml::caldav, "organizer-allowed"};
inline constexpr NameView attendee_allowed{xml::caldav, "attendee-allowed"};
inline constexpr NameView valid_attendee_change{xml::caldav, "valid-attendee-change"};
inline constexpr NameView default_calendar_needed{xml::caldav, "default-calendar-needed"};
inline constexpr NameView valid_default_calendar{xml::caldav,
                                                 "valid-schedule-default-calendar-URL"};

// Apple's draft on private comments 4.1.5; the name is that of Apple's server
inline constexpr NameView no_duplicate_comments{xml::calendarserver,
                                                "no-duplicate-private-comments"};

// RFC 4791 7.8, 7.9
inline constexpr NameView valid_filter{xml::caldav, "valid-filter"};
inline constexpr NameView supported_filter{xml::caldav, "supported-filter"};
inline constexpr NameView supported_collation{xml::caldav, "supported-collation"};

// calendarserver caldav-privateevents 4.2.6, 4.2.7
inline constexpr NameView valid_access_restriction{xml::calendarserver, "valid-access-restriction"};
inline constexpr NameView valid_access_restriction_change{xml::calendarserver,
                                                          "valid-access-restriction-change"};
inline constexpr NameView no_access_restrictions{xml::calendarserver, "no-access-restrictions"};

// RFC 7809 3.1.5, 3.1.6
inline constexpr NameView valid_timezone{xml::caldav, "valid-timezone"};

}  // namespace kalends::caldav::precondition
