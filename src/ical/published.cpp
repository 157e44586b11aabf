#include "ical/published.hpp"

#include "ical/availability.hpp"
#include "ical/grouped_private.hpp"
#include "ical/series_private.hpp"

#include <algorithm>

namespace kalends::ical {
namespace {

constexpr Span all_time{beginning_of_time, end_of_time};

/// What a VFREEBUSY tells of. RFC 5545 3.6.4.
Span told_by(const Component& component, const Zones& zones, const Zone& floating) {
    Span told = all_time;
    if (const Property* start = component.property("DTSTART"))
        told.start = moment_of(*start, zones, floating);
    if (const Property* end = component.property("DTEND"))
        told.end = moment_of(*end, zones, floating);
    return told;
}

void add_busy(FreeBusy& busy, const Component& calendar, const Zones& zones, const Zone& floating,
              Budget& budget) {
    for (const std::string_view name : {"VEVENT", "VFREEBUSY"})
        for (const Component& object : grouped(calendar, name, budget))
            busy_periods(
                series_of(object, zones, budget), busy.from(), busy.to(), floating, budget,
                [&](UtcTime start, UtcTime end, Busy kind) { busy.add(start, end, kind); });
    add_availability(busy, calendar, floating, budget);
}

}  // namespace

Span add_published(FreeBusy& busy, std::string_view document, const Zone& floating,
                   Budget& budget) {
    const std::vector<Component> calendars = parse_all(document);
    bool bounded = false;
    Span told{end_of_time, beginning_of_time};
    for (const Component& calendar : calendars) {
        if (calendar.name != "VCALENDAR")
            throw ParseError("line " + std::to_string(calendar.line) +
                             ": BEGIN:VCALENDAR should be here");
        const Zones zones(calendar);
        for (const Component& component : calendar.components) {
            if (component.name != "VFREEBUSY") continue;
            const Span span = told_by(component, zones, floating);
            told = {std::min(told.start, span.start), std::max(told.end, span.end)};
            bounded = true;
        }
    }
    for (const Component& calendar : calendars)
        add_busy(busy, calendar, Zones(calendar), floating, budget);
    return bounded ? told : all_time;
}

}  // namespace kalends::ical
