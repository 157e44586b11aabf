// From the components of a calendar object to its recurrence set.

#include "base/text.hpp"
#include "ical/series_private.hpp"

#include <algorithm>
#include <array>

namespace kalends::ical {
namespace {

using namespace std::chrono;

[[noreturn]] void refuse(const Property& property, std::string_view what) {
    throw ValueError("line " + std::to_string(property.line) + ": " + property.name + " is not " +
                     std::string(what) + ": " + text::printable(property.value, 80));
}

/// A DATE or DATE-TIME with its zone.
struct Stamp {
    Form form = Form::utc;
    const Zone* zone = nullptr;
    LocalTime local{};

    /// Floating times in UTC: for lengths, where only differences count.
    [[nodiscard]] UtcTime utc() const {
        return (zone != nullptr ? *zone : *Zone::utc()).to_utc(local);
    }
};

class Builder {
public:
    Builder(const Component& calendar, const Zones& zones, Budget& budget)
        : calendar_(calendar), zones_(zones), budget_(budget) {}

    Series build() {
        static constexpr std::array<std::string_view, 4> kinds{"VEVENT", "VTODO", "VJOURNAL",
                                                               "VFREEBUSY"};
        for (const Component& component : calendar_.components) {
            if (series_.component.empty() &&
                std::find(kinds.begin(), kinds.end(), component.name) != kinds.end())
                series_.component = component.name;
            if (component.name != series_.component ||
                component.property("RECURRENCE-ID") != nullptr)
                continue;
            if (!series_.master) read_master(component);
            if (component.name == "VFREEBUSY") read_periods(component);
        }
        if (series_.component.empty()) return std::move(series_);
        for (const Component& component : calendar_.components)
            if (component.name == series_.component &&
                component.property("RECURRENCE-ID") != nullptr)
                read_override(component);
        sort();
        return std::move(series_);
    }

    Series build_override(const Component& component) {
        series_.component = component.name;
        read_override(component);
        return std::move(series_);
    }

private:
    // ---- values

    [[nodiscard]] Stamp stamp(const Property& property, std::string_view value) const {
        const auto parsed = parse_date_or_time(text::trim(value));
        if (!parsed) refuse(property, "a date or date-time");
        return stamp(property, *parsed);
    }

    [[nodiscard]] Stamp stamp(const Property& property, const DateOrTime& value) const {
        if (value.is_date) return {Form::date, nullptr, value.local};
        if (value.is_utc) return {Form::utc, nullptr, value.local};
        const std::string* tzid = property.parameter("TZID");
        const Zone* zone = tzid != nullptr ? zones_.find(*tzid) : nullptr;
        if (zone == Zone::utc().get()) return {Form::utc, nullptr, value.local};
        return {zone != nullptr ? Form::zoned : Form::floating, zone, value.local};
    }

    [[nodiscard]] std::optional<Stamp> stamp_of(const Component& component,
                                                std::string_view name) const {
        const Property* property = component.property(name);
        if (property == nullptr) return std::nullopt;
        return stamp(*property, property->value);
    }

    [[nodiscard]] static std::optional<Duration> duration_of(const Component& component) {
        const Property* property = component.property("DURATION");
        if (property == nullptr) return std::nullopt;
        const auto duration = parse_duration(text::trim(property->value));
        if (!duration) refuse(*property, "a duration");
        return duration;
    }

    /// From a start to an end, be it in another zone. An end before the start, which some clients
    /// send, is none.
    [[nodiscard]] static Length length_between(const Stamp& start, Stamp end) {
        if (start.form == Form::date && end.form == Form::date)
            return {false, {std::max(floor<days>(end.local - start.local), days{0}), 0s}};
        if (end.form == Form::floating || end.form == Form::date || start.form == Form::floating) {
            end.form = start.form;
            end.zone = start.zone;
        }
        return {true, {days{0}, std::max(end.utc() - start.utc(), seconds{0})}};
    }

    // ---- components

    [[nodiscard]] static Item anchored(const Component& component, Match match, const Stamp& start,
                                       Length length) {
        return {match, Busy::busy, start.form, start.zone, start.local, length, &component};
    }

    [[nodiscard]] static Length nominal(const Duration& duration) {
        return {false, duration.is_negative() ? Duration{} : duration};
    }

    [[nodiscard]] Item event(const Component& component) const {
        const auto start = stamp_of(component, "DTSTART");
        // Only a calendar with a METHOD may leave it out, RFC 5545 3.6.1; it is nowhere then.
        if (!start) return anchored(component, Match::never, {}, {});
        if (const auto end = stamp_of(component, "DTEND"))
            return anchored(component, Match::interval, *start, length_between(*start, *end));
        if (const auto duration = duration_of(component))
            return anchored(component, duration->flat() > 0s ? Match::interval : Match::point,
                            *start, nominal(*duration));
        return date_or_point(component, *start);
    }

    /// All of a day, or a moment: VEVENT without an end, VJOURNAL.
    [[nodiscard]] static Item date_or_point(const Component& component, const Stamp& start) {
        if (start.form == Form::date)
            return anchored(component, Match::interval, start, {false, {days{1}, 0s}});
        return anchored(component, Match::point, start, {});
    }

    [[nodiscard]] Item todo(const Component& component) const {
        const auto start = stamp_of(component, "DTSTART");
        const auto due = stamp_of(component, "DUE");
        if (start && due)
            return anchored(component, Match::todo_due, *start, length_between(*start, *due));
        if (start) {
            const auto duration = duration_of(component);
            return duration ? anchored(component, Match::todo_duration, *start, nominal(*duration))
                            : anchored(component, Match::point, *start, {});
        }
        if (due) return anchored(component, Match::due, *due, {});
        const auto created = stamp_of(component, "CREATED");
        const auto completed = stamp_of(component, "COMPLETED");
        if (created && completed)
            return anchored(component, Match::created_completed, *created,
                            {true, {days{0}, completed->utc() - created->utc()}});
        if (completed) return anchored(component, Match::completed, *completed, {});
        if (created) return anchored(component, Match::created, *created, {});
        return anchored(component, Match::always, {}, {});
    }

    [[nodiscard]] Item journal(const Component& component) const {
        const auto start = stamp_of(component, "DTSTART");
        return start ? date_or_point(component, *start) : anchored(component, Match::never, {}, {});
    }

    [[nodiscard]] Item free_busy(const Component& component) const {
        const auto start = stamp_of(component, "DTSTART");
        const auto end = stamp_of(component, "DTEND");
        if (!start || !end) return anchored(component, Match::never, {}, {});
        return anchored(component, Match::free_busy, *start, length_between(*start, *end));
    }

    [[nodiscard]] Item item(const Component& component) const {
        if (component.name == "VTODO") return todo(component);
        if (component.name == "VJOURNAL") return journal(component);
        if (component.name == "VFREEBUSY") return free_busy(component);
        Item result = event(component);
        result.busy = busy(component);
        return result;
    }

    /// RFC 4791 7.10: what is TRANSPARENT or CANCELLED takes no time. Outlook and Exchange say
    /// more.
    [[nodiscard]] static Busy busy(const Component& component) {
        const auto is = [&](std::string_view name, std::string_view value) {
            const Property* property = component.property(name);
            return property != nullptr && text::iequals(text::trim(property->value), value);
        };
        if (is("TRANSP", "TRANSPARENT") || is("STATUS", "CANCELLED")) return Busy::free;
        if (is("STATUS", "TENTATIVE")) return Busy::tentative;
        if (is("X-MICROSOFT-CDO-BUSYSTATUS", "TENTATIVE")) return Busy::tentative;
        if (is("X-MICROSOFT-CDO-BUSYSTATUS", "OOF")) return Busy::unavailable;
        if (is("X-MICROSOFT-CDO-BUSYSTATUS", "FREE")) return Busy::free;
        return Busy::busy;
    }

    // ---- recurrence

    void read_master(const Component& component) {
        series_.master = item(component);
        if (!recurrence_applies()) return;
        for (const Property& property : component.properties) {
            if (property.name == "RRULE") read_rule(property, series_.rules);
            if (property.name == "EXRULE") read_rule(property, series_.exception_rules);
            if (property.name == "RDATE") read_dates(property);
            if (property.name == "EXDATE") read_exceptions(property);
        }
    }

    [[nodiscard]] bool recurrence_applies() const {
        switch (series_.master->match) {
        case Match::interval:
        case Match::point:
        case Match::todo_duration:
        case Match::todo_due:
        case Match::due:
            return true;
        default:
            return false;
        }
    }

    void read_rule(const Property& property, std::vector<Rule>& into) {
        Rule rule;
        try {
            rule = parse_rule(property.value);
        } catch (const UnsupportedCalendar&) {
            throw;
        } catch (const ValueError& error) {
            throw ValueError("line " + std::to_string(property.line) + ": " + error.what());
        }
        const Item& master = *series_.master;
        // DTSTART is the first instance and counts as one, whether the rule says so or not: RFC
        // 5545 3.3.10.
        if (rule.count != 0) {
            Expansion expansion(rule, {master.start, master.form == Form::date, false}, budget_);
            if (expansion.next() != master.start && --rule.count == 0) return;
        }
        // UNTIL in UTC beside a floating or all-day DTSTART, which RFC 5545 forbids, is meant by
        // its digits.
        if (rule.until && rule.until->is_utc && master.form != Form::zoned)
            rule.until->is_utc = false;
        if (rule.until && master.form == Form::date) {
            rule.until->local = floor<days>(rule.until->local);
            rule.until->is_date = true;
        }
        into.push_back(rule);
    }

    void read_dates(const Property& property) {
        for (const std::string_view value : text::split(property.value, ',')) {
            budget_.spend();
            if (text::trim(value).empty()) continue;
            const auto period = parse_period(text::trim(value));
            if (!period) {
                series_.dates.push_back({start_of_master(stamp(property, value)), std::nullopt});
                continue;
            }
            const Stamp start = stamp(property, period->start);
            const Length length = period->end ? length_between(start, stamp(property, *period->end))
                                              : nominal(period->length);
            series_.dates.push_back({start_of_master(start), length});
        }
    }

    void read_exceptions(const Property& property) {
        for (const std::string_view value : text::split(property.value, ',')) {
            budget_.spend();
            if (text::trim(value).empty()) continue;
            const Stamp when = stamp(property, value);
            const bool whole_day = when.form == Form::date && series_.master->form != Form::date;
            (whole_day ? series_.excluded_days : series_.excluded).push_back(start_of_master(when));
        }
    }

    static constexpr std::uint64_t steps_per_component = 20;

    void read_override(const Component& component) {
        budget_.spend(steps_per_component);
        const Property& property = *component.property("RECURRENCE-ID");
        const Stamp id = stamp(property, property.value);
        const std::string* range = property.parameter("RANGE");
        Override override{start_of_master(id),
                          range != nullptr && text::iequals(*range, "THISANDFUTURE"),
                          item(component)};
        // The shift of the instances to come is told in the master's zone.
        if (override.this_and_future && series_.master &&
            override.item.zone != series_.master->zone && override.item.form != Form::date &&
            series_.master->form != Form::date) {
            override.item.start =
                start_of_master({override.item.form, override.item.zone, override.item.start});
            override.item.form = series_.master->form;
            override.item.zone = series_.master->zone;
        }
        series_.overrides.push_back(override);
    }

    /// `when` as a start of the master would be written, so that the two can be compared.
    [[nodiscard]] LocalTime start_of_master(const Stamp& when) const {
        if (!series_.master) return when.local;
        const Item& master = *series_.master;
        if (master.form == Form::date) return floor<days>(when.local);
        if (when.form == Form::date || when.form == Form::floating || master.form == Form::floating)
            return when.local;
        if (when.zone == master.zone) return when.local;
        return master.zone != nullptr ? master.zone->to_local(when.utc())
                                      : LocalTime{when.utc().time_since_epoch()};
    }

    void read_periods(const Component& component) {
        for (const Property& property : component.properties) {
            if (property.name != "FREEBUSY") continue;
            const Busy kind = period_kind(property);
            for (const std::string_view value : text::split(property.value, ',')) {
                budget_.spend();
                const auto period = parse_period(text::trim(value));
                if (!period) refuse(property, "a period");
                const UtcTime start{period->start.local.time_since_epoch()};
                const UtcTime end = period->end ? UtcTime{period->end->local.time_since_epoch()}
                                                : start + period->length.flat();
                series_.periods.push_back({start, end, kind});
            }
        }
    }

    [[nodiscard]] static Busy period_kind(const Property& property) {
        const std::string* type = property.parameter("FBTYPE");
        if (type == nullptr) return Busy::busy;
        if (text::iequals(*type, "FREE")) return Busy::free;
        if (text::iequals(*type, "BUSY-TENTATIVE")) return Busy::tentative;
        if (text::iequals(*type, "BUSY-UNAVAILABLE")) return Busy::unavailable;
        return Busy::busy;  // unknown ones too: RFC 5545 3.2.9
    }

    void sort() {
        std::sort(series_.excluded.begin(), series_.excluded.end());
        std::sort(series_.excluded_days.begin(), series_.excluded_days.end());
        std::stable_sort(
            series_.overrides.begin(), series_.overrides.end(),
            [](const Override& a, const Override& b) { return a.recurrence_id < b.recurrence_id; });
    }

    const Component& calendar_;
    const Zones& zones_;
    Budget& budget_;
    Series series_;
};

}  // namespace

Series series_of(const Component& calendar, const Zones& zones, Budget& budget) {
    return Builder(calendar, zones, budget).build();
}

Series series_for(const Component& calendar, const Component& component, const Zones& zones,
                  Budget& budget) {
    const Property* id = component.property("RECURRENCE-ID");
    if (id == nullptr || id->parameter("RANGE") != nullptr)
        return series_of(calendar, zones, budget);
    return Builder(calendar, zones, budget).build_override(component);
}

}  // namespace kalends::ical
