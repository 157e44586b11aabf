// RFC 4791 9.6.5: each instance becomes a component of its own, written from the lines of the
// component that describes it (the master or an override): the times are written anew, in UTC, the
// recurrence properties are left out, and all other lines are copied.
#include "base/content_line.hpp"
#include "base/text.hpp"
#include "ical/instances.hpp"
#include "ical/retrieve_private.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace kalends::ical {

namespace {

constexpr std::array<std::string_view, 5> left_out = {"RRULE", "RDATE", "EXRULE", "EXDATE",
                                                      "RECURRENCE-ID"};
constexpr std::array<std::string_view, 4> recurring_kinds = {"VEVENT", "VTODO", "VJOURNAL",
                                                             "VFREEBUSY"};
constexpr std::size_t bytes_per_step = 8;  ///< of the budget, for what is copied

bool is_one_of(std::string_view name, const auto& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// How a property says when.
enum class Form { date, floating, utc };

class Expander {
public:
    Expander(std::string_view bytes, const Component& calendar, const FilterContext& context)
        : bytes_{bytes}, calendar_{calendar}, context_{context}, zones_{calendar} {}

    std::string run(const TimeRange& range, std::size_t max_instances) {
        const auto all = instances(calendar_, range.from, range.to, context_.floating,
                                   context_.budget, max_instances);
        copy(calendar_.begin, calendar_.body);
        for (const Property& each : calendar_.properties) copy(each.begin, each.end);
        for (const Instance& each : all) write_instance(each);
        for (const Component& each : calendar_.components) {
            const bool described =
                each.name == "VTIMEZONE" || is_one_of(each.name, recurring_kinds);
            if (!described) copy(each.begin, each.end);
        }
        copy(calendar_.tail, calendar_.end);
        return std::move(out_);
    }

private:
    void copy(std::size_t begin, std::size_t end) { out_ += bytes_.substr(begin, end - begin); }

    void write_instance(const Instance& instance) {
        const Component& component = *instance.component;
        context_.budget.spend((component.end - component.begin) / bytes_per_step + 1);
        copy(component.begin, component.body);
        for (const Property& property : component.properties) write_property(property, instance);
        if (instance.recurs && !is_initial(instance)) write_recurrence_id(instance);
        for (const Component& child : component.components) copy(child.begin, child.end);
        copy(component.tail, component.end);
    }

    /// The one at the start of the series, which goes without RECURRENCE-ID as RFC 4791 9.6.5 lets
    /// it: clients take it for the event itself.
    [[nodiscard]] bool is_initial(const Instance& instance) const {
        const Property* start = instance.component->property("DTSTART");
        return !instance.is_override && start != nullptr &&
               moment_of(*start, zones_, context_.floating) == instance.recurrence_id_utc;
    }

    void write_property(const Property& property, const Instance& instance) {
        if (is_one_of(property.name, left_out)) return;
        const bool is_start = property.name == "DTSTART";
        const bool is_end = property.name == "DTEND" || property.name == "DUE";
        if ((is_start || is_end) && instance.has_time) {
            write_time(property, form_of(property), is_start ? instance.start : instance.end);
        } else if (property.parameter("TZID") != nullptr && parse_date_or_time(property.value)) {
            write_time(property, form_of(property), moment_of(property, zones_, context_.floating));
        } else {
            copy(property.begin, property.end);
        }
    }

    [[nodiscard]] Form form_of(const Property& property) const {
        const auto time = parse_date_or_time(property.value);
        if (time && time->is_date) return Form::date;
        const std::string* tzid = property.parameter("TZID");
        const bool zoned =
            (time && time->is_utc) || (tzid != nullptr && zones_.find(*tzid) != nullptr);
        return zoned ? Form::utc : Form::floating;
    }

    /// A line with the same name and its other parameters.
    void write_time(const Property& like, Form form, UtcTime moment) {
        Property property = like;
        std::erase_if(property.parameters, [](const Parameter& each) {
            return each.name == "TZID" || each.name == "VALUE";
        });
        if (form == Form::date)
            property.parameters.insert(property.parameters.begin(), {"VALUE", {"DATE"}});
        property.value = written(form, moment, context_.floating.to_local(moment));
        append_folded(out_, to_line(property));
    }

    static std::string written(Form form, UtcTime moment, LocalTime floating) {
        if (form == Form::utc) return format_utc(moment);
        return format(DateOrTime{floating, form == Form::date, false});
    }

    /// Named after the times of the master: an all-day series keeps dates, even where an override
    /// has times.
    void write_recurrence_id(const Instance& instance) {
        const Form form = original_form(*instance.component);
        Property property;
        property.name = "RECURRENCE-ID";
        if (form == Form::date) property.parameters = {{"VALUE", {"DATE"}}};
        property.value = written(form, instance.recurrence_id_utc, instance.recurrence_id);
        append_folded(out_, to_line(property));
    }

    [[nodiscard]] Form original_form(const Component& component) {
        const auto known = forms_.find(component.name);
        if (known != forms_.end()) return known->second;
        const Property* named = component.property("RECURRENCE-ID");
        for (const Component& each : calendar_.components) {
            const bool is_master =
                each.name == component.name && each.property("RECURRENCE-ID") == nullptr;
            if (!is_master) continue;
            const Property* start = each.property("DTSTART");
            named = start != nullptr ? start : each.property("DUE");
            break;
        }
        const Form form = named == nullptr ? Form::utc : form_of(*named);
        return forms_.emplace(component.name, form).first->second;
    }

    std::string_view bytes_;
    const Component& calendar_;
    const FilterContext& context_;
    Zones zones_;
    std::map<std::string, Form, std::less<>> forms_;  // of the master, by kind of component
    std::string out_;
};

}  // namespace

std::string expand(std::string_view bytes, const Component& calendar, const TimeRange& range,
                   const FilterContext& context, std::size_t max_instances) {
    return Expander{bytes, calendar, context}.run(range, max_instances);
}

}  // namespace kalends::ical
