// Partial retrieval as a row of steps from text to text: expand or limit the recurrence set, limit
// free/busy, choose components and properties, choose time zones. Each step is a list of edits, so
// that what it does not touch stays as it was. RFC 4791 9.6.
#include "ical/retrieve.hpp"

#include "base/text.hpp"
#include "ical/instances.hpp"
#include "ical/retrieve_private.hpp"

#include <algorithm>

namespace kalends::ical {

namespace {

// ---- limit-recurrence-set ----

/// How long an instance is that no override changes; floating times and dates as if in UTC.
std::chrono::seconds usual_length(const Component& component) {
    const Property* start = component.property("DTSTART");
    const auto begin = start == nullptr ? std::nullopt : parse_date_or_time(start->value);
    if (!begin) return {};
    if (const Property* length = component.property("DURATION")) {
        const auto duration = parse_duration(length->value);
        return duration ? duration->flat() : std::chrono::seconds{};
    }
    const Property* end = component.property(component.name == "VTODO" ? "DUE" : "DTEND");
    const auto until = end == nullptr ? std::nullopt : parse_date_or_time(end->value);
    if (until) return std::max(until->local - begin->local, std::chrono::seconds{});
    return begin->is_date ? std::chrono::days{1} : std::chrono::seconds{};
}

/// Removes overrides that neither are nor would have been in a range.
class RecurrenceLimit {
public:
    RecurrenceLimit(const Component& calendar, const TimeRange& range, const FilterContext& context)
        : calendar_{calendar}, range_{range}, context_{context}, zones_{calendar} {}

    void apply(Edit& edit) const {
        for (const Component& component : calendar_.components) {
            const Property* id = component.property("RECURRENCE-ID");
            if (id != nullptr && !impacts(component, *id)) edit.remove(component);
        }
    }

private:
    [[nodiscard]] bool impacts(const Component& component, const Property& id) const {
        context_.budget.spend();
        const UtcTime was = moment_of(id, zones_, context_.floating);
        const UtcTime was_until = was + usual_length(original_of(component));
        if (was < range_.to && (was_until > range_.from || was >= range_.from)) return true;
        // It changes the instances that follow, too: RFC 4791 9.6.6, last paragraph.
        if (id.parameter("RANGE") != nullptr && was < range_.to) return true;
        return overlaps(calendar_, component, range_.from, range_.to, context_.floating,
                        context_.budget);
    }

    /// The master, or failing that the override itself.
    [[nodiscard]] const Component& original_of(const Component& component) const {
        for (const Component& each : calendar_.components) {
            if (each.name == component.name && each.property("RECURRENCE-ID") == nullptr) {
                return each;
            }
        }
        return component;
    }

    const Component& calendar_;
    const TimeRange& range_;
    const FilterContext& context_;
    Zones zones_;
};

// ---- limit-freebusy-set ----

/// FREEBUSY periods are in UTC: RFC 5545 3.8.2.6.
bool is_in(const TimeRange& range, std::string_view value) {
    const auto period = parse_period(text::trim(value));
    if (!period) return true;  // not understood: not ours to drop
    const auto moment = [](const DateOrTime& time) {
        return UtcTime{time.local.time_since_epoch()};
    };
    const UtcTime start = moment(period->start);
    const UtcTime end = period->end ? moment(*period->end) : start + period->length.flat();
    return start < range.to && end > range.from;
}

void limit_property(Edit& edit, const Property& property, const TimeRange& range) {
    Property limited = property;
    limited.value.clear();
    const auto values = text::split(property.value, ',');
    std::size_t kept = 0;
    for (const std::string_view value : values) {
        if (!is_in(range, value)) continue;
        if (++kept > 1) limited.value += ',';
        limited.value += value;
    }
    if (kept == 0)
        edit.remove(property);
    else if (kept < values.size())
        edit.replace(property, to_line(limited));
}

void limit_freebusy(Edit& edit, const Component& calendar, const TimeRange& range) {
    for (const Component& component : calendar.components) {
        if (component.name != "VFREEBUSY") continue;
        for (const Property& property : component.properties) {
            if (property.name == "FREEBUSY") limit_property(edit, property, range);
        }
    }
}

// ---- comp and prop ----

template <class Selection>
const Selection* find_named(const std::vector<Selection>& selections, std::string_view name) {
    const auto found =
        std::find_if(selections.begin(), selections.end(),
                     [&](const Selection& each) { return text::iequals(each.name, name); });
    return found == selections.end() ? nullptr : &*found;
}

bool is_whole(const CompSelection& selection) {
    return !selection.all_props && !selection.all_comps && selection.props.empty() &&
           selection.comps.empty();
}

void select(Edit& edit, const Component& component, const CompSelection& selection) {
    if (is_whole(selection)) return;
    for (const Property& property : component.properties) {
        if (selection.all_props) break;
        const PropSelection* wanted = find_named(selection.props, property.name);
        if (wanted == nullptr) {
            edit.remove(property);
        } else if (wanted->novalue) {
            Property empty = property;
            empty.value.clear();
            edit.replace(property, to_line(empty));
        }
    }
    for (const Component& child : component.components) {
        if (selection.all_comps) break;
        const CompSelection* wanted = find_named(selection.comps, child.name);
        if (wanted == nullptr)
            edit.remove(child);
        else
            select(edit, child, *wanted);
    }
}

/// The text between the steps, parsed again only where a step has changed it and another one
/// follows.
class Steps {
public:
    Steps(std::string_view bytes, const Component& calendar)
        : bytes_{bytes}, calendar_{&calendar} {}

    /// One step: `change` writes its edits.
    template <class Change> void edit(Change change) {
        if (calendar_ == nullptr) {
            parsed_ = parse(text_, {10, 20'000'000, 40'000'000});  // our own: no need to judge it
            calendar_ = &parsed_;
        }
        Edit edits{bytes_};
        change(edits, *calendar_);
        if (!edits.empty()) replace(edits.result());
    }

    void replace(std::string text) {
        text_ = std::move(text);
        bytes_ = text_;
        calendar_ = nullptr;
    }

    [[nodiscard]] std::string text() && {
        return text_.empty() ? std::string{bytes_} : std::move(text_);
    }

private:
    std::string_view bytes_;
    const Component* calendar_;  // nullptr: text_ has not been parsed yet
    std::string text_;
    Component parsed_;
};

}  // namespace

std::string retrieve(std::string_view bytes, const Component& calendar, const DataRequest& request,
                     const FilterContext& context, std::size_t max_instances) {
    Steps steps{bytes, calendar};
    if (request.expand) {
        steps.replace(expand(bytes, calendar, *request.expand, context, max_instances));
    } else if (request.limit_recurrence_set) {
        steps.edit([&](Edit& edit, const Component& tree) {
            RecurrenceLimit{tree, *request.limit_recurrence_set, context}.apply(edit);
        });
    }
    if (request.limit_freebusy_set) {
        steps.edit([&](Edit& edit, const Component& tree) {
            limit_freebusy(edit, tree, *request.limit_freebusy_set);
        });
    }
    if (request.comp) {
        steps.edit([&](Edit& edit, const Component& tree) { select(edit, tree, *request.comp); });
    }
    if (request.time_zones != TimeZones::as_stored) {
        steps.edit([&](Edit& edit, const Component& tree) {
            choose_time_zones(edit, tree, request.time_zones, bytes, calendar);
        });
    }
    return std::move(steps).text();
}

}  // namespace kalends::ical
