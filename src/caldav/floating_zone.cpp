#include "caldav/floating_zone.hpp"

#include "base/text.hpp"
#include "caldav/precondition.hpp"
#include "caldav/report_context.hpp"
#include "dav/error.hpp"
#include "ical/object.hpp"
#include "ical/validate.hpp"

namespace kalends::caldav {
namespace {

/// A zone of tzdata, which lives as long as the process.
ical::ZonePtr borrowed(const ical::Zone* zone) {
    return {zone, [](const ical::Zone* /*not ours*/) {}};
}

ical::ZonePtr named(std::string_view name) {
    const ical::Zone* zone = ical::TzData::system().resolve(text::trim(name));
    return zone != nullptr ? borrowed(zone) : nullptr;
}

}  // namespace

ical::ZonePtr floating_zone(const dav::View& view, const dav::Resource& calendar) {
    if (const auto* context = dynamic_cast<const ReportContext*>(view.report.get());
        context != nullptr && context->floating)
        return context->floating;
    if (calendar.collection) {
        const auto& collection = *calendar.collection;
        if (const auto* id = collection.property(xml::caldav, "calendar-timezone-id"))
            if (auto zone = named(id->text)) return zone;
        if (const auto* timezone = collection.property(xml::caldav, "calendar-timezone")) {
            try {
                return ical::zone_of_calendar_timezone(timezone->text);
            } catch (const std::runtime_error&) {  // it was checked when it was set; tzdata may
                                                   // have changed
                return ical::Zone::utc();
            }
        }
    }
    if (calendar.home)
        if (auto zone = named(calendar.home->principal.time_zone)) return zone;
    auto zone = named(view.settings().default_time_zone);
    return zone ? zone : ical::Zone::utc();
}

namespace {

ical::ZonePtr requested_zone(const xml::Element& body) {
    if (const auto* id = body.child({xml::caldav, "timezone-id"})) {
        if (auto zone = named(id->text())) return zone;
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
