// free-busy-query: the busy times of one calendar, from digests alone. RFC 4791 7.10.
#include "base/clock.hpp"
#include "caldav/calendar_data.hpp"
#include "caldav/floating_zone.hpp"
#include "caldav/precondition.hpp"
#include "caldav/reports/reports.hpp"
#include "dav/error.hpp"
#include "ical/freebusy.hpp"
#include "store/objects.hpp"

namespace kalends::caldav {
namespace {

constexpr std::size_t page = 5000;

ical::FreeBusy busy_times(const dav::View& view, const dav::Resource& calendar, const ical::TimeRange& range) {
    ical::FreeBusy busy{range.from, range.to};
    const auto zone = floating_zone(view, calendar);
    store::Candidates candidates;
    // Of any component: VFREEBUSY counts too, and the digest of a task has no busy time.
    candidates.overlapping.emplace(range.from.time_since_epoch().count(), range.to.time_since_epoch().count());
    candidates.with_data = false;
    candidates.with_digest = true;
    within_budget(view, [&](ical::Budget& budget) {
        std::int64_t after = 0;
        do {
            after = store::find_candidates(view.database(), calendar.home->principal.id,
                                           calendar.collection->id, candidates, after, page,
                                           [&](const store::ObjectView& row) {
                                               busy.add_digest(row.digest, *zone, budget);
                                           });
        } while (after != 0);
    });
    return busy;
}

}  // namespace

http::Response free_busy_query(const dav::View& view, const http::Request& /*request*/,
                               const dav::Resource& calendar, const dav::Body& body) {
    const auto* const element = body->child({xml::caldav, "time-range"});
    if (element == nullptr)
        throw dav::DavError(http::Status::bad_request, "A free-busy-query must have a time-range.");
    try {
        const auto busy = busy_times(view, calendar, time_range_of(*element));
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
