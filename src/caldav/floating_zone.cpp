#include "caldav/floating_zone.hpp"

#include "base/text.hpp"
#include "caldav/precondition.hpp"
#include "caldav/report_context.hpp"
#include "dav/error.hpp"
#include "ical/object.hpp"
#include "ical/validate.hpp"
#include "sched/busy.hpp"

namespace kalends::caldav {
ical::ZonePtr floating_zone(const dav::View& view, const dav::Resource& calendar) {
    if (const auto* context = dynamic_cast<const ReportContext*>(view.report.get());
        context != nullptr && context->floating)
        return context->floating;
    const auto& otherwise = view.settings().default_time_zone;
    if (!calendar.home) return sched::zone_of(store::Principal{}, otherwise);
    const auto& owner = calendar.home->principal;
    return calendar.collection ? sched::zone_of(*calendar.collection, owner, otherwise)
                               : sched::zone_of(owner, otherwise);
}

namespace {

ical::ZonePtr requested_zone(const xml::Element& body) {
    if (const auto* id = body.child({xml::caldav, "timezone-id"})) {
        if (auto zone = ical::system_zone(id->text())) return zone;
        throw dav::DavError(http::Status::forbidden, precondition::valid_timezone,
                            "The time zone is not known here: " + text::printable(id->text()));
    }
    const auto* const timezone = body.child({xml::caldav, "timezone"});
    if (timezone == nullptr) return nullptr;
    try {
        return ical::zone_of(ical::accept_time_zone(timezone->text()));
    } catch (const std::runtime_error& error) {
        throw dav::DavError(http::Status::forbidden, precondition::valid_calendar_data,
                            error.what());
    }
}

}  // namespace

dav::View with_requested_zone(const dav::View& view, const xml::Element& body) {
    auto zone = requested_zone(body);
    if (!zone) return view;
    dav::View result = view;
    result.report = std::make_shared<ReportContext>(std::move(zone), time_zones_wanted(view));
    return result;
}

}  // namespace kalends::caldav
