#pragma once
// The filter of a calendar-query, as plain structs (whoever reads XML fills them), and whether an
// object matches. RFC 4791 9.7 and 9.9.

#include "base/text_match.hpp"
#include "ical/budget.hpp"
#include "ical/lines.hpp"
#include "ical/time.hpp"
#include "ical/zone.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kalends::ical {

/// [from, to); an end that was not given is as open as it starts out here. RFC 4791 9.9.
struct TimeRange {
    UtcTime from = beginning_of_time;
    UtcTime to = end_of_time;
    friend bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// RFC 4791 9.7.3. Names in all three filters are compared without a case.
struct ParamFilter {
    std::string name;
    bool is_not_defined = false;
    std::optional<TextMatch> text;
};

/// RFC 4791 9.7.2.
struct PropFilter {
    std::string name;
    bool is_not_defined = false;
    bool any_of = false;  ///< one of the tests suffices; else all of them are needed
    std::optional<TimeRange> time_range;
    std::optional<TextMatch> text;
    std::vector<ParamFilter> params;
};

/// RFC 4791 9.7.1. The outermost one is for VCALENDAR.
struct CompFilter {
    std::string name;
    bool is_not_defined = false;
    bool any_of = false;  ///< as in a PropFilter
    std::optional<TimeRange> time_range;
    std::vector<PropFilter> props;
    std::vector<CompFilter> comps;
};

/// How floating times are read, and what all the matching of one request may cost.
struct FilterContext {
    const Zone& floating;
    Budget& budget;
};

/// Whether the filter matches a VCALENDAR. One of the components that a filter targets has to meet
/// its tests, by itself. Throws ValueError on data that cannot be read, TooExpensive.
bool matches(const Component& calendar, const CompFilter& filter, const FilterContext& context);

/// What of a filter can be answered without reading the objects: by index and digest.
struct Plan {
    std::string component;                ///< upper case, must be of this kind; empty: any
    std::optional<TimeRange> time_range;  ///< and overlap this
    std::optional<TextMatch> uid;         ///< and have a UID that this finds
    bool exact = false;                   ///< nothing else is asked: matches() need not be called
    bool nothing = false;                 ///< no calendar object can match
};

/// The most that SQL and digests can do for `filter`: they may return too much, never too little.
/// `exact` promises the same answer as matches(), provided that the component has its own digest
/// (VEVENT, VTODO, VJOURNAL, VFREEBUSY).
Plan plan(const CompFilter& filter);

}  // namespace kalends::ical
