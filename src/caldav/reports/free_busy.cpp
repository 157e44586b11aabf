// free-busy-query: the busy times of one calendar, or of all in a home, from digests alone. RFC
// 4791 7.10.
#include "base/clock.hpp"
#include "caldav/busy_times.hpp"
#include "caldav/calendar_data.hpp"
#include "caldav/floating_zone.hpp"
#include "caldav/precondition.hpp"
#include "caldav/reports/reports.hpp"
#include "dav/error.hpp"
#include "dav/reports/matches.hpp"
#include "ical/freebusy.hpp"
#include "sched/busy.hpp"

namespace kalends::caldav {

void add_busy_times(const dav::View& view, const dav::Resource& calendar, ical::FreeBusy& busy) {
    const auto zone = floating_zone(view, calendar);
    within_budget(view, [&](ical::Budget& budget) {
        sched::add_calendar(
            busy, view.database(), *calendar.collection, *zone, budget,
            [&](const store::ObjectView& row) {
                return dav::object_resource(view, calendar, row).may(access::read_free_busy);
            });
    });
}

http::Response free_busy_query(const dav::View& view, const http::Request& request,
                               const dav::Resource& target, const dav::Body& body) {
    const auto* const element = body->child({xml::caldav, "time-range"});
    if (element == nullptr)
        throw dav::DavError(http::Status::bad_request, "A free-busy-query must have a time-range.");
    try {
        const auto range = busy_range_of(*element);
        ical::FreeBusy busy{range.from, range.to};
        // What others share is in one's home, and does not make one busy.
        for (const auto& calendar :
             dav::collections_in(view, request, target, dav::calendar, access::read_free_busy))
            if (!calendar.is_shared_here() || target.is(dav::calendar))
                add_busy_times(view, calendar, busy);
        ical::FreeBusyHeader header;
        header.stamp = std::chrono::floor<std::chrono::seconds>(clock::now());
        http::Response response;
        response.headers.add("Content-Type", "text/calendar; charset=utf-8");
        response.body = ical::render(busy, header);
        return response;
    } catch (const ical::TooExpensive& error) {
        throw dav::DavError(http::Status::forbidden, precondition::max_instances, error.what());
    }
}

}  // namespace kalends::caldav
