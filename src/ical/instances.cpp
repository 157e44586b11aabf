// Instances of one calendar object, and the time-range tests of a CALDAV filter. RFC 4791 9.9.

#include "ical/instances.hpp"

#include "base/text.hpp"
#include "ical/series_private.hpp"

#include <algorithm>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr std::int64_t max_repetitions = 10'000;

bool touches(const Series& series, const Occurrence& found, UtcTime from, UtcTime to) {
    if (series.component == "VFREEBUSY" && found.item->match == Match::never) return false;
    return matches(found.item->match, found.start, found.end, from, to);
}

bool in_order(const Instance& a, const Instance& b) {
    if (a.start != b.start) return a.start < b.start;
    return a.recurrence_id < b.recurrence_id;
}

bool same_instance(const Instance& a, const Instance& b) {
    return a.component == b.component && a.recurrence_id == b.recurrence_id && a.start == b.start;
}

/// When a VALARM goes off, as it is written.
struct Trigger {
    std::optional<UtcTime> moment;
    bool from_end = false;
    Duration offset;
    std::int64_t repetitions = 0;
    seconds pause{};

    /// Whether one of its goings off after the first at `at` is in [from, to). RFC 4791 9.9.
    [[nodiscard]] bool rings(UtcTime at, UtcTime from, UtcTime to) const {
        for (std::int64_t i = 0; i <= repetitions; ++i, at += pause)
            if (matches(Match::point, at, at, from, to)) return true;
        return false;
    }
    [[nodiscard]] seconds repeated_for() const { return repetitions * pause; }
};

[[noreturn]] void refuse(const Property& property) {
    throw ValueError("line " + std::to_string(property.line) + ": " + property.name +
                     " of an alarm is broken: " + text::printable(property.value, 80));
}

std::optional<Trigger> trigger_of(const Component& alarm, const Zones& zones,
                                  const Zone& floating) {
    const Property* property = alarm.property("TRIGGER");
    if (property == nullptr) return std::nullopt;
    Trigger trigger;
    if (const auto offset = parse_duration(text::trim(property->value))) {
        trigger.offset = *offset;
        const std::string* related = property->parameter("RELATED");
        trigger.from_end = related != nullptr && text::iequals(*related, "END");
    } else {
        trigger.moment = moment_of(*property, zones, floating);
    }
    const Property* repeat = alarm.property("REPEAT");
    const Property* pause = alarm.property("DURATION");
    if (repeat == nullptr || pause == nullptr) return trigger;
    const auto count = text::to_number(text::trim(repeat->value));
    const auto length = parse_duration(text::trim(pause->value));
    if (!count) refuse(*repeat);
    if (!length || length->is_negative()) refuse(*pause);
    trigger.repetitions = std::min<std::int64_t>(*count, max_repetitions);
    trigger.pause = length->flat();
    return trigger;
}

}  // namespace

std::vector<Instance> instances(const Component& calendar, UtcTime from, UtcTime to,
                                const Zone& floating, Budget& budget, std::size_t max_instances) {
    const Zones zones(calendar);
    const Series series = series_of(calendar, zones, budget);
    const bool recurs = series.recurs() || !series.overrides.empty();
    std::vector<Instance> result;
    walk(series, from, to, floating, budget, [&](const Occurrence& found) {
        if (!touches(series, found, from, to)) return false;
        if (result.size() >= max_instances)
            throw TooExpensive("more than " + std::to_string(max_instances) +
                               " instances in the time range");
        const Item& item = *found.item;
        const Item& told_in = series.master ? *series.master : item;
        Instance instance;
        instance.component = item.source;
        instance.has_time = item.match != Match::always;
        instance.start = instance.has_time ? std::min(found.start, found.end) : found.start;
        instance.end =
            item.match == Match::created ? found.start : std::max(found.start, found.end);
        instance.is_date = item.form == Form::date;
        instance.recurs = recurs;
        instance.is_override = found.is_override;
        instance.recurrence_id = found.recurrence_id;
        instance.recurrence_id_utc = told_in.resolve(floating).to_utc(found.recurrence_id);
        result.push_back(instance);
        return false;
    });
    std::sort(result.begin(), result.end(), in_order);
    result.erase(std::unique(result.begin(), result.end(), same_instance), result.end());
    return result;
}

bool overlaps(const Component& calendar, const Component& component, UtcTime from, UtcTime to,
              const Zone& floating, Budget& budget) {
    const Zones zones(calendar);
    const Series series = series_for(calendar, component, zones, budget);
    if (component.name == "VFREEBUSY" && series.master && series.master->match == Match::never)
        return std::any_of(series.periods.begin(), series.periods.end(),
                           [&](const BusyPeriod& period) {
                               return matches(Match::interval, period.start, period.end, from, to);
                           });
    return walk(series, from, to, floating, budget, [&](const Occurrence& found) {
        return found.item->source == &component && touches(series, found, from, to);
    });
}

bool alarm_overlaps(const Component& calendar, const Component& component, const Component& alarm,
                    UtcTime from, UtcTime to, const Zone& floating, Budget& budget) {
    const Zones zones(calendar);
    const auto trigger = trigger_of(alarm, zones, floating);
    if (!trigger) return false;
    budget.spend(static_cast<std::uint64_t>(trigger->repetitions));
    if (trigger->moment) return trigger->rings(*trigger->moment, from, to);

    // The instances whose alarm may be in the range: those that touch the range moved back by what
    // the alarm is after them, a day more for clocks that change in between.
    const Series series = series_for(calendar, component, zones, budget);
    const UtcTime first = std::max(
        from - trigger->offset.flat() - trigger->repeated_for() - days{1}, beginning_of_time);
    const UtcTime last = std::min(to - trigger->offset.flat() + days{1}, end_of_time);
    return walk(series, first, last, floating, budget, [&](const Occurrence& found) {
        if (found.item->source != &component || found.item->match == Match::always) return false;
        budget.spend(static_cast<std::uint64_t>(trigger->repetitions));
        const Zone& zone = found.item->resolve(floating);
        const UtcTime anchor =
            trigger->from_end && found.item->match != Match::created ? found.end : found.start;
        return trigger->rings(zone.add(zone.to_local(anchor), trigger->offset), from, to);
    });
}

}  // namespace kalends::ical
