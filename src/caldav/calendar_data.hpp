#pragma once
// The element C:calendar-data in requests and answers. RFC 4791 9.6.

#include "dav/body.hpp"
#include "ical/filter.hpp"
#include "ical/retrieve.hpp"

#include <string_view>

namespace kalends::caldav {

/// Throws DavError: valid-filter for a broken range, supported-calendar-data for another format.
ical::DataRequest data_request(const xml::Element& calendar_data);

/// Checks each calendar-data that is asked for, before an answer begins.
void check_data_requests(const dav::Asked& asked);

/// The getter of the property table: the part of the object that is asked for.
bool get_calendar_data(const dav::View& view, const dav::Resource& resource,
                       const xml::Element* asked, xml::Writer& writer);

/// The start and end attributes of a time-range, expand, …; throws DavError valid-filter.
ical::TimeRange time_range_of(const xml::Element& element);

/// The time-range of a free-busy-query, which has no filter and no precondition (RFC 4791 7.10);
/// throws DavError 400.
ical::TimeRange busy_range_of(const xml::Element& element);

/// Runs `work` with what the request may still spend on recurrences.
/// Throws DavError 403 (RFC 4791 7.8 number-of-matches-within-limits) when that is used up.
template <class Work> auto within_budget(const dav::View& view, Work work) {
    ical::Budget budget{*view.steps};
    struct Settle {
        const dav::View& view;
        const ical::Budget& budget;
        ~Settle() { *view.steps = budget.left(); }
    } const settle{view, budget};
    return work(budget);
}

}  // namespace kalends::caldav
