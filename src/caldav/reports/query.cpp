// calendar-query. RFC 4791 7.8. SQL gives candidates by the time index, the time digest decides,
// and only what the digest can't tell is parsed.
#include "caldav/calendar_data.hpp"
#include "caldav/filter_xml.hpp"
#include "caldav/floating_zone.hpp"
#include "caldav/precondition.hpp"
#include "caldav/reports/reports.hpp"
#include "dav/error.hpp"
#include "dav/privacy.hpp"
#include "dav/reports/matches.hpp"
#include "ical/digest.hpp"

namespace kalends::caldav {
namespace {

using dav::DavError;
using http::Status;

/// The question, which the calendars of a home share.
struct Wanted {
    ical::CompFilter filter;
    ical::Plan plan;
};

struct Matcher {
    dav::View view;
    dav::Resource calendar;
    std::shared_ptr<const Wanted> wanted;
    ical::ZonePtr zone;

    bool operator()(const store::ObjectView& row) const {
        return within_budget(view, [&](ical::Budget& budget) {
            try {
                return decide(row, budget);
            } catch (const ical::TooExpensive& error) {
                throw DavError(Status::forbidden, precondition::max_instances, error.what());
            }
        });
    }

private:
    [[nodiscard]] bool decide(const store::ObjectView& row, ical::Budget& budget) const {
        const auto& [filter, plan] = *wanted;
        if (plan.nothing) return false;
        if (plan.time_range && !in_range(row, budget)) return false;
        if (plan.uid && !uid_matches(row)) return false;
        if (plan.exact) return plan.component.empty() || row.component == plan.component;
        return matches(row, budget);
    }

    /// Only what the user is shown can match. calendarserver caldav-privateevents 4.2.2.4.
    [[nodiscard]] bool matches(const store::ObjectView& row, ical::Budget& budget) const {
        const auto part = dav::part_shown(view, calendar, row);
        const auto shown = ical::parse(part ? std::string_view{*part} : row.data);
        return ical::matches(shown, wanted->filter, {*zone, budget});
    }

    [[nodiscard]] bool uid_matches(const store::ObjectView& row) const {
        return finds(*wanted->plan.uid, row.uid);
    }

    [[nodiscard]] bool in_range(const store::ObjectView& row, ical::Budget& budget) const {
        if (row.digest.empty()) return matches(row, budget);
        const auto& range = *wanted->plan.time_range;
        return ical::overlaps(row.digest, range.from, range.to, *zone, wanted->plan.component,
                              budget);
    }
};

bool asks_for_data(const dav::Asked& asked) {
    for (const auto& property : asked.properties)
        if (property.name == xml::NameView{xml::caldav, "calendar-data"}) return true;
    return false;
}

store::Candidates candidates_of(const ical::Plan& plan) {
    const auto seconds = [](ical::UtcTime moment) { return moment.time_since_epoch().count(); };
    store::Candidates candidates;
    candidates.component = plan.component;
    if (plan.uid && plan.uid->collation != Collation::unicode_casemap)
        candidates.uid_contains = plan.uid->text;
    if (plan.time_range)
        candidates.overlapping.emplace(seconds(plan.time_range->from),
                                       seconds(plan.time_range->to));
    candidates.with_digest = plan.time_range.has_value();
    candidates.with_data = !plan.exact;
    return candidates;
}

}  // namespace

http::Response calendar_query(const dav::View& view, const http::Request& request,
                              const dav::Resource& calendar, const dav::Body& body) {
    auto asked = dav::asked_below(*body);
    asked.body = body;
    check_data_requests(asked);
    auto filter = filter_in(*body);
    auto plan = ical::plan(filter);
    const auto wanted = std::make_shared<const Wanted>(Wanted{std::move(filter), std::move(plan)});
    const auto zoned = with_requested_zone(view, *body);

    dav::Query query;
    query.candidates = candidates_of(wanted->plan);
    query.answer_has_data = asks_for_data(asked);
    query.match_in = [zoned, wanted](const dav::Resource& place) -> dav::Match {
        return Matcher{zoned, place, wanted, floating_zone(zoned, place)};
    };
    return dav::query(zoned, request, calendar, asked, std::move(query));
}

}  // namespace kalends::caldav
