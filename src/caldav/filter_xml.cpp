#include "caldav/filter_xml.hpp"

#include "base/text.hpp"
#include "caldav/calendar_data.hpp"
#include "caldav/precondition.hpp"
#include "dav/error.hpp"

namespace kalends::caldav {
namespace {

using dav::DavError;
using http::Status;

constexpr xml::NameView comp_filter{xml::caldav, "comp-filter"};
constexpr xml::NameView prop_filter{xml::caldav, "prop-filter"};
constexpr xml::NameView param_filter{xml::caldav, "param-filter"};
constexpr xml::NameView is_not_defined{xml::caldav, "is-not-defined"};
constexpr xml::NameView text_match{xml::caldav, "text-match"};
constexpr xml::NameView time_range{xml::caldav, "time-range"};

[[noreturn]] void invalid(const std::string& sentence) {
    throw DavError(Status::forbidden, precondition::valid_filter, sentence);
}

std::string name_of(const xml::Element& element) {
    const auto* const name = element.attribute("name");
    if (name == nullptr || name->empty()) invalid("A " + element.name.local + " has no name.");
    return text::upper_ascii(*name);
}

/// is-not-defined stands alone. RFC 4791 9.7.1 to 9.7.3.
bool not_defined(const xml::Element& element) {
    if (element.child(is_not_defined) == nullptr) return false;
    if (element.children().size() != 1) invalid("is-not-defined must be alone in its filter.");
    return true;
}

std::optional<ical::TextMatch> text_in(const xml::Element& parent) {
    const auto* const element = parent.child(text_match);
    if (element == nullptr) return std::nullopt;
    ical::TextMatch match;
    match.text = element->text();
    const auto* const negate = element->attribute("negate-condition");
    match.negate = negate != nullptr && *negate == "yes";
    if (const auto* const name = element->attribute("collation");
        name != nullptr && *name != "default") {
        const auto collation = collation_named(*name);
        if (!collation)
            throw DavError(Status::forbidden, precondition::supported_collation,
                           "The collation is not known here: " + text::printable(*name));
        match.collation = *collation;
    }
    return match;
}

std::optional<ical::TimeRange> range_in(const xml::Element& parent) {
    const auto* const element = parent.child(time_range);
    return element != nullptr ? std::optional(time_range_of(*element)) : std::nullopt;
}

ical::ParamFilter param_filter_of(const xml::Element& element) {
    return {name_of(element), not_defined(element), text_in(element)};
}

ical::PropFilter prop_filter_of(const xml::Element& element) {
    ical::PropFilter filter{.name = name_of(element), .is_not_defined = not_defined(element)};
    filter.time_range = range_in(element);
    filter.text = text_in(element);
    if (filter.time_range && filter.text)
        invalid("A prop-filter has either a time-range or a text-match.");
    for (const auto* param : element.children(param_filter))
        filter.params.push_back(param_filter_of(*param));
    return filter;
}

/// Which components can have a time-range. RFC 4791 9.9.
bool has_time(std::string_view component) {
    for (const std::string_view known : {"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY", "VALARM"})
        if (component == known) return true;
    return false;
}

ical::CompFilter comp_filter_of(const xml::Element& element) {
    ical::CompFilter filter{.name = name_of(element), .is_not_defined = not_defined(element)};
    filter.time_range = range_in(element);
    if (filter.time_range && !has_time(filter.name))
        throw DavError(Status::forbidden, precondition::valid_filter,
                       "There are no time ranges for " + text::printable(filter.name) + ".");
    for (const auto* prop : element.children(prop_filter))
        filter.props.push_back(prop_filter_of(*prop));
    for (const auto* comp : element.children(comp_filter))
        filter.comps.push_back(comp_filter_of(*comp));
    return filter;
}

}  // namespace

ical::CompFilter filter_in(const xml::Element& calendar_query) {
    const auto* const filter = calendar_query.child({xml::caldav, "filter"});
    if (filter == nullptr) invalid("A calendar-query must have a filter.");
    const auto outer = filter->children(comp_filter);
    if (outer.size() != 1 || filter->children().size() != 1)
        invalid("A filter must hold one comp-filter, and nothing else.");
    auto result = comp_filter_of(*outer.front());
    if (result.name != "VCALENDAR") invalid("The outer comp-filter must be for VCALENDAR.");
    return result;
}

}  // namespace kalends::caldav
