#include "caldav/report_context.hpp"

#include "base/text.hpp"

namespace kalends::caldav {

ical::TimeZones time_zones_wanted(const http::Headers& headers) {
    const auto value = text::trim(headers.find("CalDAV-Timezones").value_or(""));
    if (text::iequals(value, "T")) return ical::TimeZones::complete;
    if (text::iequals(value, "F")) return ical::TimeZones::by_reference;
    return ical::TimeZones::as_stored;
}

ical::TimeZones time_zones_wanted(const dav::View& view) {
    const auto* const context = dynamic_cast<const ReportContext*>(view.report.get());
    return context != nullptr ? context->time_zones : ical::TimeZones::as_stored;
}

}  // namespace kalends::caldav
