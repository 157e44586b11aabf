#include "caldav/filter_xml.hpp"

#include "base/text.hpp"
#include "caldav/calendar_data.hpp"
#include "caldav/precondition.hpp"
#include "dav/filter_xml.hpp"

#include <algorithm>
#include <array>

namespace kalends::caldav {
namespace {

constexpr xml::NameView comp_filter{xml::caldav, "comp-filter"};
constexpr xml::NameView prop_filter{xml::caldav, "prop-filter"};
constexpr xml::NameView param_filter{xml::caldav, "param-filter"};
constexpr xml::NameView time_range{xml::caldav, "time-range"};

constexpr dav::FilterDialect dialect{.ns = xml::caldav,
                                     .invalid = precondition::valid_filter,
                                     .supported_collation = precondition::supported_collation,
                                     .collation = Collation::ascii_casemap,
                                     .any_of = false};

std::string name_of(const xml::Element& element) {
    return text::upper_ascii(dialect.name_of(element));
}

std::optional<ical::TimeRange> range_in(const xml::Element& parent) {
    const auto* const element = parent.child(time_range);
    return element != nullptr ? std::optional(time_range_of(*element)) : std::nullopt;
}

ical::ParamFilter param_filter_of(const xml::Element& element) {
    return {name_of(element), dialect.not_defined(element), dialect.text_in(element)};
}

/// Which properties can be a date, a time or a period. RFC 5545 8.3.2, RFC 7808 7.1, RFC 9074 6.1.
bool is_dated(std::string_view property) {
    for (const std::string_view known :
         {"DTSTART", "DTEND", "DUE", "COMPLETED", "CREATED", "DTSTAMP", "LAST-MODIFIED",
          "RECURRENCE-ID", "EXDATE", "RDATE", "FREEBUSY", "TRIGGER", "TZUNTIL", "ACKNOWLEDGED"})
        if (property == known) return true;
    return property.starts_with("X-");
}

ical::PropFilter prop_filter_of(const xml::Element& element) {
    ical::PropFilter filter{.name = name_of(element),
                            .is_not_defined = dialect.not_defined(element)};
    filter.any_of = dialect.any_of_in(element);
    filter.time_range = range_in(element);
    if (filter.time_range && !is_dated(filter.name))
        dialect.refuse("There are no time ranges for " + text::printable(filter.name) + ".");
    filter.text = dialect.text_in(element);
    if (filter.time_range && filter.text)
        dialect.refuse("A prop-filter has either a time-range or a text-match.");
    for (const auto* param : element.children(param_filter))
        filter.params.push_back(param_filter_of(*param));
    return filter;
}

/// The components of RFC 5545 3.6 and RFC 7953 3.1, and what each can be in.
struct Nesting {
    std::string_view inner;
    std::string_view outer;
};
constexpr std::array nestings{
    Nesting{"VCALENDAR", ""},
    Nesting{"VEVENT", "VCALENDAR"},
    Nesting{"VTODO", "VCALENDAR"},
    Nesting{"VJOURNAL", "VCALENDAR"},
    Nesting{"VFREEBUSY", "VCALENDAR"},
    Nesting{"VTIMEZONE", "VCALENDAR"},
    Nesting{"STANDARD", "VTIMEZONE"},
    Nesting{"DAYLIGHT", "VTIMEZONE"},
    Nesting{"VALARM", "VEVENT"},
    Nesting{"VALARM", "VTODO"},
    Nesting{"AVAILABLE", "VAVAILABILITY"},
    Nesting{"VAVAILABILITY", "VCALENDAR"},
};

/// Nobody knows what can be in, and around, a component of another name.
bool can_hold(std::string_view outer, std::string_view inner) {
    const auto is_known = [](std::string_view name) {
        return std::ranges::find(nestings, name, &Nesting::inner) != nestings.end();
    };
    return !is_known(outer) || !is_known(inner) ||
           std::ranges::any_of(nestings, [&](const Nesting& row) {
               return row.inner == inner && row.outer == outer;
           });
}

/// Which components can have a time-range. RFC 4791 9.9.
bool has_time(std::string_view component) {
    for (const std::string_view known : {"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VALARM"})
        if (component == known) return true;
    return false;
}

ical::CompFilter comp_filter_of(const xml::Element& element) {
    ical::CompFilter filter{.name = name_of(element),
                            .is_not_defined = dialect.not_defined(element)};
    filter.any_of = dialect.any_of_in(element);
    filter.time_range = range_in(element);
    if (filter.time_range && !has_time(filter.name))
        dialect.refuse("There are no time ranges for " + text::printable(filter.name) + ".");
    for (const auto* prop : element.children(prop_filter))
        filter.props.push_back(prop_filter_of(*prop));
    for (const auto* comp : element.children(comp_filter)) {
        filter.comps.push_back(comp_filter_of(*comp));
        if (!can_hold(filter.name, filter.comps.back().name))
            dialect.refuse("There is never a " + filter.comps.back().name + " in a " + filter.name +
                           ".");
    }
    return filter;
}

}  // namespace

ical::CompFilter filter_in(const xml::Element& calendar_query) {
    const auto* const filter = calendar_query.child({xml::caldav, "filter"});
    if (filter == nullptr) dialect.refuse("A calendar-query must have a filter.");
    const auto outer = filter->children(comp_filter);
    if (outer.size() != 1 || filter->children().size() != 1)
        dialect.refuse("A filter must hold one comp-filter, and nothing else.");
    auto result = comp_filter_of(*outer.front());
    if (result.name != "VCALENDAR") dialect.refuse("The outer comp-filter must be for VCALENDAR.");
    return result;
}

}  // namespace kalends::caldav
