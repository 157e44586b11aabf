#pragma once
// What a report returns of an object when it asks for less than all: chosen components and
// properties, recurrences expanded or limited. RFC 4791 9.6.

#include "ical/budget.hpp"
#include "ical/filter.hpp"
#include "ical/lines.hpp"
#include "ical/zone.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::ical {

/// RFC 4791 9.6.4.
struct PropSelection {
    std::string name;      ///< compared without a case
    bool novalue = false;  ///< name and parameters only
};

/// RFC 4791 9.6.1. One that asks for nothing at all means the whole component, as in the example of
/// RFC 4791 7.8.1; otherwise what is not asked for is left out.
struct CompSelection {
    std::string name;
    bool all_props = false;
    bool all_comps = false;
    std::vector<PropSelection> props;
    std::vector<CompSelection> comps;
};

/// Which VTIMEZONEs come with the data. RFC 7809 3.1.3.
enum class TimeZones {
    as_stored,
    by_reference,  ///< none for a name of tzdata, one for each other TZID that is used
    complete,      ///< one for each TZID that is used
};

/// A <C:calendar-data> in a request.
struct DataRequest {
    std::optional<CompSelection> comp;              ///< for VCALENDAR; none: everything
    std::optional<TimeRange> expand;                ///< RFC 4791 9.6.5
    std::optional<TimeRange> limit_recurrence_set;  ///< RFC 4791 9.6.6
    std::optional<TimeRange> limit_freebusy_set;    ///< RFC 4791 9.6.7
    TimeZones time_zones = TimeZones::as_stored;    ///< whatever `comp` says of VTIMEZONE

    /// The stored bytes are the answer.
    [[nodiscard]] bool is_everything() const {
        return !comp && !expand && !limit_recurrence_set && !limit_freebusy_set &&
               time_zones == TimeZones::as_stored;
    }
};

/// The part of `bytes` (which `calendar` was parsed from) that is asked for. Lines that are not
/// changed are copied byte for byte. Expansion is in UTC without VTIMEZONE; dates stay dates,
/// floating times stay floating; at most `max_instances`. Throws ValueError on data that cannot be
/// read, TooExpensive.
std::string retrieve(std::string_view bytes, const Component& calendar, const DataRequest& request,
                     const FilterContext& context, std::size_t max_instances = 10'000);

/// All of `bytes` with these time zones; nothing where they are that already.
std::optional<std::string> with_time_zones(std::string_view bytes, const Component& calendar,
                                           TimeZones wanted);

}  // namespace kalends::ical
