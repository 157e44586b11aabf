// RFC 7953 from the highest priority to the lowest: what a level covers is decided by it, so that
// lower ones need not be looked at there, nor expanded where nothing is left to decide.

#include "ical/availability.hpp"

#include "base/text.hpp"
#include "ical/grouped_private.hpp"
#include "ical/series_private.hpp"
#include "ical/spans.hpp"
#include "ical/validate.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr int undefined_priority = 10;  ///< of 0 or nothing: below 9, RFC 7953 4

/// RFC 7953 4: of two in one place the first of these is told.
constexpr std::array kinds{Busy::busy, Busy::unavailable, Busy::tentative};

/// One VAVAILABILITY, as far as it is in the range.
struct Offer {
    const Component* component = nullptr;
    int priority = undefined_priority;  ///< 1 is the highest
    Busy kind = Busy::unavailable;
    Span covered;
};

bool has_length(const Component& component) {
    return component.property("DTEND") != nullptr || component.property("DURATION") != nullptr;
}

int priority_of(const Component& component) {
    const Property* property = component.property("PRIORITY");
    if (property == nullptr) return undefined_priority;
    const auto number = text::to_number(text::trim(property->value));
    const bool is_defined = number && *number > 0 && *number < undefined_priority;
    return is_defined ? static_cast<int>(*number) : undefined_priority;
}

/// RFC 7953 3.2. What we don't know is as BUSY, as for FBTYPE: RFC 5545 3.2.9.
Busy kind_of(const Component& component) {
    const Property* property = component.property("BUSYTYPE");
    if (property == nullptr) return Busy::unavailable;
    const std::string_view value = text::trim(property->value);
    if (text::iequals(value, "BUSY-UNAVAILABLE")) return Busy::unavailable;
    return text::iequals(value, "BUSY-TENTATIVE") ? Busy::tentative : Busy::busy;
}

class Reader {
public:
    Reader(const Component& calendar, Span range, const Zone& floating, Budget& budget)
        : calendar_(calendar), range_(range), floating_(floating), budget_(budget),
          zones_(calendar) {}

    /// The highest priority first.
    [[nodiscard]] std::vector<Offer> offers() const {
        std::vector<Offer> result;
        for (const Component& component : calendar_.components) {
            if (component.name != "VAVAILABILITY") continue;
            const Span covered = clipped(bounds_of(component), range_);
            if (covered.start < covered.end)
                result.push_back({&component, priority_of(component), kind_of(component), covered});
        }
        std::stable_sort(result.begin(), result.end(),
                         [](const Offer& a, const Offer& b) { return a.priority < b.priority; });
        return result;
    }

    /// Where its AVAILABLE components are, in no order.
    [[nodiscard]] std::vector<Span> available(const Offer& offer) const {
        std::vector<Span> result;
        for (Component& series : grouped(*offer.component, "AVAILABLE", budget_))
            add_series(result, series, offer.covered);
        return result;
    }

private:
    static Span clipped(Span span, Span within) {
        return {std::max(span.start, within.start), std::min(span.end, within.end)};
    }

    [[nodiscard]] Span bounds_of(const Component& component) const {
        Span bounds{beginning_of_time, end_of_time};
        const Property* start = component.property("DTSTART");
        if (start != nullptr) bounds.start = moment_of(*start, zones_, floating_);
        if (const Property* end = component.property("DTEND"))
            bounds.end = moment_of(*end, zones_, floating_);
        else if (const Property* length = component.property("DURATION"); length && start)
            bounds.end = after(*start, bounds.start, *length);
        return bounds;
    }

    [[nodiscard]] UtcTime after(const Property& start, UtcTime moment,
                                const Property& length) const {
        const auto duration = parse_duration(text::trim(length.value));
        if (!duration)
            throw ValueError("line " + std::to_string(length.line) + ": DURATION is not one");
        const std::string* tzid = start.parameter("TZID");
        const Zone* named = tzid != nullptr ? zones_.find(*tzid) : nullptr;
        const bool is_utc = text::trim(start.value).ends_with('Z');
        const Zone& zone = is_utc ? *Zone::utc() : named != nullptr ? *named : floating_;
        return zone.add(zone.to_local(moment), *duration);
    }

    /// They recur as events do, RFC 7953 3.1. One that has no end reaches to that of `covered`, and
    /// whatever recurs of it is in that already.
    void add_series(std::vector<Span>& to, Component& series, Span covered) const {
        std::erase_if(series.components, [&](const Component& each) {
            const Property* start = each.property("DTSTART");
            if (has_length(each) || start == nullptr) return false;
            to.push_back(clipped({moment_of(*start, zones_, floating_), end_of_time}, covered));
            return true;
        });
        for (Component& each : series.components) each.name = "VEVENT";
        walk(series_of(series, zones_, budget_), covered.start, covered.end, floating_, budget_,
             [&](const Occurrence& found) {
                 to.push_back(clipped({found.start, found.end}, covered));
                 return false;
             });
    }

    const Component& calendar_;
    Span range_;
    const Zone& floating_;
    Budget& budget_;
    Zones zones_;
};

Spans united(const Spans& a, const Spans& b) {
    std::vector<Span> both = a;
    both.insert(both.end(), b.begin(), b.end());
    return united(std::move(both));
}

/// Adds what the offers of one priority leave busy outside of `decided`; gives what is decided now.
Spans add_level(FreeBusy& busy, std::span<const Offer> level, const Reader& reader,
                const Spans& decided) {
    std::vector<Span> available;
    for (const Offer& offer : level) {
        const auto spans = reader.available(offer);
        available.insert(available.end(), spans.begin(), spans.end());
    }
    Spans now = decided;
    Spans free = united(united(std::move(available)), decided);
    for (const Busy kind : kinds) {
        std::vector<Span> spans;
        for (const Offer& offer : level)
            if (offer.kind == kind) spans.push_back(offer.covered);
        const Spans covered = united(std::move(spans));
        for (const Span& span : without(covered, free)) busy.add(span.start, span.end, kind);
        free = united(free, covered);
        now = united(now, covered);
    }
    return now;
}

// ---- what may be stored

[[noreturn]] void refuse(std::size_t line, const std::string& what) {
    throw ObjectError(Fault::valid_calendar_data, "line " + std::to_string(line) + ": " + what);
}

/// Times are DATE-TIMEs, and there is one way to say the end. RFC 7953 3.1.
void check_times(const Component& component, const Zones& zones) {
    const Property* start = component.property("DTSTART");
    const Property* end = component.property("DTEND");
    const Property* length = component.property("DURATION");
    for (const Property* each : {start, end})
        if (each != nullptr && parse_date(text::trim(each->value)))
            refuse(each->line, each->name + " must have a time of day");
    if (length == nullptr) {
        if (start != nullptr && end != nullptr &&
            moment_of(*end, zones, *Zone::utc()) < moment_of(*start, zones, *Zone::utc()))
            refuse(end->line, "DTEND is before DTSTART");
        return;
    }
    if (end != nullptr) refuse(end->line, component.name + " has both DTEND and DURATION");
    if (start == nullptr) refuse(length->line, "DURATION must not be without DTSTART");
    if (parse_duration(text::trim(length->value))->is_negative())
        refuse(length->line, "DURATION is negative");
}

void check_values(const Component& availability) {
    const Property* uid = availability.property("UID");
    if (uid == nullptr || text::trim(uid->value).empty())
        refuse(availability.line, "VAVAILABILITY has no UID");
    const Property* kind = availability.property("BUSYTYPE");
    if (kind != nullptr && text::iequals(text::trim(kind->value), "FREE"))
        refuse(kind->line, "BUSYTYPE cannot be FREE");
    const Property* priority = availability.property("PRIORITY");
    if (priority == nullptr) return;
    const auto number = text::to_number(text::trim(priority->value));
    if (!number || *number >= undefined_priority)
        refuse(priority->line, "PRIORITY is a number from 0 to 9");
}

/// A year of each series for what few steps buy: so that whoever asks for free/busy can pay it.
void check_cost(const Component& availability, const Zones& zones) {
    constexpr std::uint64_t steps = 200'000;
    Budget budget(steps);
    for (Component& series : grouped(availability, "AVAILABLE", budget)) {
        const Property* start = series.components.front().property("DTSTART");
        const UtcTime from = moment_of(*start, zones, *Zone::utc());
        for (Component& each : series.components) each.name = "VEVENT";
        walk(series_of(series, zones, budget), from, from + days{366}, *Zone::utc(), budget,
             [](const Occurrence& /*found*/) { return false; });
    }
}

void check_availability(const Component& availability, const Component& calendar) {
    const Zones zones(calendar);
    check_values(availability);
    check_times(availability, zones);
    std::size_t count = 0;
    for (const Component& each : availability.components) {
        if (each.name.starts_with("X-")) continue;
        if (each.name != "AVAILABLE") refuse(each.line, each.name + " is in VAVAILABILITY");
        if (++count > max_available)
            refuse(each.line, "more than " + std::to_string(max_available) + " AVAILABLE");
        check_times(each, zones);
    }
    check_cost(availability, zones);
}

/// The VAVAILABILITY, which must be the only component beside VTIMEZONEs. RFC 7953 7.2.4.
const Component& only_availability(const Component& calendar) {
    const Component* found = nullptr;
    for (const Component& each : calendar.components) {
        if (each.name == "VTIMEZONE" || each.name.starts_with("X-")) continue;
        if (each.name != "VAVAILABILITY") refuse(each.line, each.name + " is beside VAVAILABILITY");
        if (found != nullptr) refuse(each.line, "a second VAVAILABILITY");
        found = &each;
    }
    if (found == nullptr) refuse(calendar.line, "there is no VAVAILABILITY");
    return *found;
}

}  // namespace

Component accept_availability(std::string_view bytes) {
    Component calendar = parse_valid(bytes);
    try {
        check_availability(only_availability(calendar), calendar);
    } catch (const ValueError& error) {
        throw ObjectError(Fault::valid_calendar_data, error.what());
    } catch (const TooExpensive& error) {
        throw ObjectError(Fault::valid_calendar_data, error.what());
    }
    return calendar;
}

void add_availability(FreeBusy& busy, const Component& calendar, const Zone& floating,
                      Budget& budget) {
    const Span range{busy.from(), busy.to()};
    const Reader reader(calendar, range, floating, budget);
    const std::vector<Offer> offers = reader.offers();
    Spans decided;
    for (auto level = offers.begin(); level != offers.end();) {
        if (without({range}, decided).empty()) return;
        const auto end = std::find_if(level, offers.end(), [&](const Offer& offer) {
            return offer.priority != level->priority;
        });
        decided = add_level(busy, {level, end}, reader, decided);
        level = end;
    }
}

}  // namespace kalends::ical
