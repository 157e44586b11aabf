#pragma once
// What a calendar object resource may be. RFC 4791 4.1, and the preconditions of RFC 4791 5.3.2.1
// by which a PUT or COPY is refused.

#include "ical/lines.hpp"

#include <cstddef>
#include <stdexcept>
#include <string>
#include <vector>

namespace kalends::ical {

/// The precondition of RFC 4791 5.3.2.1 that the data violate.
enum class Fault {
    supported_calendar_data,         ///< another format: vCalendar 1.0, a vCard
    valid_calendar_data,             ///< not iCalendar as RFC 5545 has it
    valid_calendar_object_resource,  ///< good iCalendar, but not one object: RFC 4791 4.1
    valid_timezone,                  ///< a TZID that nobody can tell: RFC 7809 3.1.4
    supported_rscale,                ///< recurrence in a calendar that we don't have: RFC 7529 4
};

/// "valid-calendar-data": the local name of the precondition element.
const char* precondition_name(Fault fault);

/// Refused: what() is a sentence that names line and property.
class ObjectError : public std::runtime_error {
public:
    ObjectError(Fault fault, const std::string& sentence)
        : std::runtime_error{sentence}, fault_{fault} {}
    [[nodiscard]] Fault fault() const { return fault_; }

private:
    Fault fault_;
};

/// The facts by which an object is stored and limits are checked.
struct CalendarObject {
    std::string component;  ///< VEVENT, VTODO, VJOURNAL, VFREEBUSY, VAVAILABILITY …
    std::string uid;
    std::string organizer;      ///< the value of ORGANIZER, empty without one
    bool recurs = false;        ///< has an RRULE or RDATE
    std::size_t overrides = 0;  ///< components with a RECURRENCE-ID
    std::size_t attendees = 0;  ///< most ATTENDEEs in one component: max-attendees-per-instance
    std::vector<std::string> time_zones;     ///< each TZID that is used, once
    std::vector<std::string> missing_zones;  ///< those of them without a VTIMEZONE here
    std::string
        earliest;  ///< first and last date or local date-time of all components, as written:
    std::string
        latest;  ///< 20260131 or 20260131T235959; empty without any (min-date-time, max-date-time)
};

/// Time zones that one object may refer to: each costs kilobytes where it has to be given whole.
inline constexpr std::size_t max_time_zones = 100;

/// Each TZID that properties in `component` and below refer to, once. RFC 5545 3.2.19.
/// Stops after more than max_time_zones.
std::vector<std::string> time_zones_in(const Component& component);

/// Checks RFC 4791 4.1: one kind of component beside VTIMEZONE, one UID on all of them, no METHOD,
/// at most one component without RECURRENCE-ID, no RECURRENCE-ID twice. Throws ObjectError.
CalendarObject inspect(const Component& calendar);

}  // namespace kalends::ical
