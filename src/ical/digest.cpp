// Time digests: made at write time, evaluated by queries.

#include "ical/digest.hpp"

#include "base/text.hpp"
#include "ical/digest_text_private.hpp"
#include "ical/privacy.hpp"

#include <algorithm>

namespace kalends::ical {
namespace {

using namespace std::chrono;

/// The bounds of a series, and its rules told by their ends instead of COUNT: a query then skips to
/// its range instead of counting from DTSTART.
class Bounds {
public:
    Bounds(Series& series, Budget& budget) : series_(series), budget_(budget) {}

    void find() {
        if (series_.master) add_master();
        for (const Override& override : series_.overrides)
            add(override.item, override.item.length, override.item.start);
        for (const BusyPeriod& period : series_.periods) widen(period.start, period.end);
    }

    UtcTime first = end_of_time;
    UtcTime last = beginning_of_time;
    bool floating = false;

private:
    void add_master() {
        const Item& master = *series_.master;
        add(master, master.length, master.start);
        for (const ExtraDate& date : series_.dates) add_recurrence(date.start, date.length);
        for (Rule& rule : series_.rules) {
            count_to_until(rule);
            if (rule.until)
                add_recurrence(last_of(rule), std::nullopt);
            else
                last = end_of_time;
        }
        std::erase_if(series_.rules, [&](const Rule& rule) {
            return rule.until && !rule.until->is_utc && last_of(rule) < master.start;
        });
    }

    void count_to_until(Rule& rule) {
        if (rule.count == 0) return;
        const Item& master = *series_.master;
        const bool is_date = master.form == Form::date;
        Expansion expansion(rule, {master.start, is_date, false}, budget_);
        LocalTime end = master.start - 1s;
        while (const auto next = expansion.next()) end = *next;
        rule.count = 0;
        rule.until = DateOrTime{end, false, false};
    }

    [[nodiscard]] LocalTime last_of(const Rule& rule) const {
        const DateOrTime& until = *rule.until;
        if (!until.is_utc) return until.is_date ? until.local + 86'399s : until.local;
        return series_.master->resolve(*Zone::utc())
            .to_local(UtcTime{until.local.time_since_epoch()});
    }

    /// An instance of the master as it is, and as each THISANDFUTURE would move it.
    void add_recurrence(LocalTime id, const std::optional<Length>& length) {
        const Item& master = *series_.master;
        add(master, length.value_or(master.length), id);
        for (const Override& override : series_.overrides)
            if (override.this_and_future && override.recurrence_id <= id)
                add(override.item, override.item.length,
                    id + (override.item.start - override.recurrence_id));
    }

    void add(const Item& item, const Length& length, LocalTime start) {
        if (item.match == Match::never) return;
        floating = floating || item.form == Form::floating || item.form == Form::date;
        const Zone& zone = item.resolve(*Zone::utc());
        const UtcTime begin = item.match == Match::always ? beginning_of_time : zone.to_utc(start);
        const UtcTime end = end_of(item, length, start, begin, zone);
        widen(std::min(begin, end), std::max(begin, end));
    }

    void widen(UtcTime begin, UtcTime end) {
        first = std::min(first, begin);
        last = std::clamp(end, last, end_of_time);
    }

    Series& series_;
    Budget& budget_;
};

/// How a zone is told: by its name if tzdata has one that behaves as the object's own VTIMEZONE
/// does while it matters, so that news of tzdata reach the object; else by what the VTIMEZONE says.
class ZoneNames {
public:
    ZoneNames(const Component& calendar, const Zones& zones, UtcTime first, UtcTime last)
        : calendar_(calendar), zones_(zones), first_(first - days{2}), last_(last + days{2}) {}

    std::string operator()(const Zone& zone) const {
        for (const Component& component : calendar_.components) {
            if (component.name != "VTIMEZONE") continue;
            const Property* tzid = component.property("TZID");
            const std::string name = tzid != nullptr ? unescape_text(text::trim(tzid->value)) : "";
            if (zones_.find(name) != &zone) continue;
            const Zone* known = zones_.tzdata().resolve(name);
            if (known != nullptr && (known == &zone || known->agrees_with(zone, first_, last_)))
                return '@' + known->name();
            return '!' + zone_text(component);
        }
        return '@' + zone.name();
    }

private:
    const Component& calendar_;
    const Zones& zones_;
    UtcTime first_;
    UtcTime last_;
};

}  // namespace

TimeDigest digest(const Component& calendar, Budget& budget, const TzData& tzdata) {
    const Zones zones(calendar, tzdata);
    Series series = series_of(calendar, zones, budget);
    const bool recurs = series.recurs() || !series.overrides.empty();
    Bounds bounds(series, budget);
    bounds.find();
    const ZoneNames names(calendar, zones, bounds.first, bounds.last);
    std::string text = text_of(series, names);
    text += access_mark(calendar);
    return {series.component, bounds.first, bounds.last, bounds.floating, recurs, std::move(text)};
}

bool overlaps(std::string_view digest, UtcTime from, UtcTime to, const Zone& floating,
              std::string_view component, Budget& budget, const TzData& tzdata) {
    const ParsedDigest parsed = parse_digest(digest, tzdata);
    const Series& series = parsed.series;
    if (!component.empty() && component != series.component) return false;
    // A VFREEBUSY without DTSTART and DTEND is where its periods are: RFC 4791 9.9.
    if (series.master && series.master->match == Match::never)
        return std::any_of(series.periods.begin(), series.periods.end(),
                           [&](const BusyPeriod& period) {
                               return matches(Match::interval, period.start, period.end, from, to);
                           });
    return walk(series, from, to, floating, budget, [&](const Occurrence& found) {
        return matches(found.item->match, found.start, found.end, from, to);
    });
}

void busy_periods(const Series& series, UtcTime from, UtcTime to, const Zone& floating,
                  Budget& budget, const BusySink& sink) {
    for (const BusyPeriod& period : series.periods)
        if (period.kind != Busy::free && period.start < to && period.end > from)
            sink(period.start, period.end, period.kind);
    if (series.component != "VEVENT") return;
    walk(series, from, to, floating, budget, [&](const Occurrence& found) {
        if (found.item->busy != Busy::free && found.start < to && found.end > from &&
            found.start < found.end)
            sink(found.start, found.end, found.item->busy);
        return false;
    });
}

void busy_periods(std::string_view digest, UtcTime from, UtcTime to, const Zone& floating,
                  Budget& budget, const BusySink& sink, const TzData& tzdata) {
    const ParsedDigest parsed = parse_digest(digest, tzdata);
    busy_periods(parsed.series, from, to, floating, budget, sink);
}

}  // namespace kalends::ical
