// Walks filter and components side by side, as RFC 4791 9.7 nests them: a component filter is
// satisfied by one component that meets all of its parts, a property filter by one property.
#include "ical/filter.hpp"

#include "base/text.hpp"
#include "ical/instances.hpp"

#include <algorithm>
#include <array>

namespace kalends::ical {

namespace {

/// The outcome of several tests, of which one suffices or all are needed.
class Verdict {
public:
    explicit Verdict(bool any_of) : any_of_{any_of} {}

    /// Asks `test` unless the outcome is known.
    template <class Test> void ask(const Test& test) {
        if (!decided()) result_ = test();
        asked_ = true;
    }
    /// Without tests there is nothing to fail.
    [[nodiscard]] bool result() const { return !asked_ || result_; }

private:
    [[nodiscard]] bool decided() const { return asked_ && result_ == any_of_; }
    bool any_of_;
    bool asked_ = false;
    bool result_ = false;
};

// ---- parameters ----

bool matches_param(const Property& property, const ParamFilter& filter) {
    const auto found =
        std::find_if(property.parameters.begin(), property.parameters.end(),
                     [&](const Parameter& each) { return text::iequals(each.name, filter.name); });
    if (found == property.parameters.end()) return filter.is_not_defined;
    if (filter.is_not_defined) return false;
    if (!filter.text) return true;
    const bool any =
        std::any_of(found->values.begin(), found->values.end(),
                    [&](const std::string& value) { return finds(*filter.text, value); });
    return any != filter.text->negate;
}

// ---- properties and components ----

/// One matching of a filter against one object.
class Matcher {
public:
    Matcher(const Component& calendar, const FilterContext& context)
        : calendar_{calendar}, context_{context}, zones_{calendar} {}

    [[nodiscard]] bool matches_component(const Component* parent, const Component& component,
                                         const CompFilter& filter) const {
        Verdict verdict{filter.any_of};
        if (filter.time_range)
            verdict.ask([&] { return in_range(parent, component, *filter.time_range); });
        for (const PropFilter& each : filter.props)
            verdict.ask([&] { return has_prop(component, each); });
        for (const CompFilter& each : filter.comps)
            verdict.ask([&] { return has_component(component, each); });
        return verdict.result();
    }

private:
    [[nodiscard]] bool has_component(const Component& parent, const CompFilter& filter) const {
        bool defined = false;
        for (const Component& child : parent.components) {
            context_.budget.spend();
            if (!text::iequals(child.name, filter.name)) continue;
            defined = true;
            if (!filter.is_not_defined && matches_component(&parent, child, filter)) return true;
        }
        return filter.is_not_defined && !defined;
    }

    /// RFC 4791 9.9. It is not defined for other components: they are in no range.
    [[nodiscard]] bool in_range(const Component* parent, const Component& component,
                                const TimeRange& range) const {
        constexpr std::array<std::string_view, 4> with_time = {"VEVENT", "VTODO", "VJOURNAL",
                                                               "VFREEBUSY"};
        if (component.name == "VALARM" && parent != nullptr) {
            return alarm_overlaps(calendar_, *parent, component, range.from, range.to,
                                  context_.floating, context_.budget);
        }
        if (std::find(with_time.begin(), with_time.end(), component.name) == with_time.end()) {
            return false;
        }
        return overlaps(calendar_, component, range.from, range.to, context_.floating,
                        context_.budget);
    }

    [[nodiscard]] bool has_prop(const Component& component, const PropFilter& filter) const {
        bool defined = false;
        for (const Property& property : component.properties) {
            context_.budget.spend();
            if (!text::iequals(property.name, filter.name)) continue;
            defined = true;
            if (!filter.is_not_defined && matches_prop(property, filter)) return true;
        }
        if (filter.is_not_defined) return !defined;
        return !defined && filter.time_range && (filter.params.empty() || filter.any_of) &&
               effective_end_in_range(component, filter);
    }

    [[nodiscard]] bool matches_prop(const Property& property, const PropFilter& filter) const {
        Verdict verdict{filter.any_of};
        if (filter.time_range)
            verdict.ask([&] { return is_within(moments_of(property), *filter.time_range); });
        if (filter.text)
            verdict.ask([&] {
                return finds(*filter.text, unescape_text(property.value)) != filter.text->negate;
            });
        for (const ParamFilter& each : filter.params)
            verdict.ask([&] { return matches_param(property, each); });
        return verdict.result();
    }

    static bool is_within(const std::vector<UtcTime>& moments, const TimeRange& range) {
        return std::any_of(moments.begin(), moments.end(), [&](UtcTime moment) {
            return range.from <= moment && moment < range.to;
        });
    }

    /// Of all values in the property; a period counts where it begins. What has no time is nowhere.
    [[nodiscard]] std::vector<UtcTime> moments_of(const Property& property) const {
        std::vector<UtcTime> moments;
        for (const std::string_view value : text::split(property.value, ',')) {
            if (const auto time = parse_date_or_time(value.substr(0, value.find('/')))) {
                moments.push_back(zone_of_property(property, *time).to_utc(time->local));
            }
        }
        return moments;
    }

    [[nodiscard]] const Zone& zone_of_property(const Property& property,
                                               const DateOrTime& time) const {
        if (time.is_utc) return *Zone::utc();
        const std::string* tzid = time.is_date ? nullptr : property.parameter("TZID");
        const Zone* zone = tzid == nullptr ? nullptr : zones_.find(*tzid);
        return zone == nullptr ? context_.floating : *zone;
    }

    /// RFC 4791 9.9: where DTEND or DUE is asked for, DTSTART + DURATION stands in for it.
    [[nodiscard]] bool effective_end_in_range(const Component& component,
                                              const PropFilter& filter) const {
        const bool has_end = (component.name == "VEVENT" && text::iequals(filter.name, "DTEND")) ||
                             (component.name == "VTODO" && text::iequals(filter.name, "DUE"));
        const Property* start = component.property("DTSTART");
        const Property* length = component.property("DURATION");
        if (!has_end || start == nullptr || length == nullptr) return false;
        const auto begin = parse_date_or_time(start->value);
        const auto duration = parse_duration(length->value);
        if (!begin || !duration) return false;
        const Zone& zone = zone_of_property(*start, *begin);
        return is_within({zone.add(begin->local, *duration)}, *filter.time_range);
    }

    const Component& calendar_;
    const FilterContext& context_;
    Zones zones_;
};

// ---- the plan ----

constexpr std::array<std::string_view, 4> indexed = {"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"};

bool asks_for_uid(const PropFilter& filter) {
    return text::iequals(filter.name, "UID") && filter.text && !filter.text->negate &&
           !filter.is_not_defined && !filter.time_range && filter.params.empty();
}

/// Whether one test suffices, and there are several.
bool has_choices(const CompFilter& filter) {
    return filter.any_of &&
           filter.props.size() + filter.comps.size() + (filter.time_range ? 1U : 0U) > 1;
}

/// What one filter on a component of the object adds.
void add_to_plan(Plan& plan, const CompFilter& filter) {
    const std::string name = text::upper_ascii(filter.name);
    if (filter.is_not_defined || std::find(indexed.begin(), indexed.end(), name) == indexed.end()) {
        plan.exact = false;
        return;
    }
    // An object has one kind of component: RFC 4791 4.1.
    if (!plan.component.empty() && plan.component != name) plan.nothing = true;
    if (!plan.component.empty()) plan.exact = false;
    plan.component = name;
    if (has_choices(filter)) {
        plan.exact = false;
        return;
    }
    if (filter.time_range && !plan.time_range) plan.time_range = filter.time_range;
    if (!filter.comps.empty()) plan.exact = false;
    for (const PropFilter& prop : filter.props) {
        if (!asks_for_uid(prop) || plan.uid)
            plan.exact = false;
        else
            plan.uid = prop.text;
    }
}

}  // namespace

bool matches(const Component& calendar, const CompFilter& filter, const FilterContext& context) {
    const bool defined = text::iequals(calendar.name, filter.name);
    if (filter.is_not_defined || !defined) return filter.is_not_defined && !defined;
    return Matcher{calendar, context}.matches_component(nullptr, calendar, filter);
}

Plan plan(const CompFilter& filter) {
    Plan plan;
    plan.exact = true;
    if (filter.is_not_defined || !text::iequals(filter.name, "VCALENDAR")) {
        plan.nothing = filter.is_not_defined == text::iequals(filter.name, "VCALENDAR");
        return plan;
    }
    if (has_choices(filter)) {
        plan.exact = false;
        return plan;
    }
    plan.nothing = filter.time_range.has_value();
    if (!filter.props.empty()) plan.exact = false;
    for (const CompFilter& each : filter.comps) add_to_plan(plan, each);
    return plan;
}

}  // namespace kalends::ical
