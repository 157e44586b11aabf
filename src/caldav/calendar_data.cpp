#include "caldav/calendar_data.hpp"

#include "base/text.hpp"
#include "caldav/floating_zone.hpp"
#include "caldav/precondition.hpp"
#include "caldav/report_context.hpp"
#include "dav/error.hpp"
#include "dav/privacy.hpp"

namespace kalends::caldav {
namespace {

using dav::DavError;
using http::Status;

constexpr xml::NameView calendar_data_name{xml::caldav, "calendar-data"};

std::string name_of(const xml::Element& element) {
    const auto* const name = element.attribute("name");
    if (name == nullptr) throw DavError(Status::bad_request, "A comp or prop element has no name.");
    return *name;
}

bool yes(const std::string* attribute) { return attribute != nullptr && *attribute == "yes"; }

/// RFC 4791 9.6.1.
ical::CompSelection selection_of(const xml::Element& comp) {
    ical::CompSelection selection{.name = name_of(comp)};
    selection.all_props = comp.child({xml::caldav, "allprop"}) != nullptr;
    selection.all_comps = comp.child({xml::caldav, "allcomp"}) != nullptr;
    for (const auto* prop : comp.children({xml::caldav, "prop"}))
        selection.props.push_back({name_of(*prop), yes(prop->attribute("novalue"))});
    for (const auto* child : comp.children({xml::caldav, "comp"}))
        selection.comps.push_back(selection_of(*child));
    return selection;
}

std::optional<ical::TimeRange> range_in(const xml::Element& parent, std::string_view name) {
    const auto* const element = parent.child({xml::caldav, name});
    if (element == nullptr) return std::nullopt;
    if (element->attribute("start") == nullptr || element->attribute("end") == nullptr)
        throw DavError(Status::bad_request, std::string(name) + " must have a start and an end.");
    return time_range_of(*element);
}

/// How a range that is none is refused.
struct Refusal {
    Status status;
    xml::NameView precondition;
};
constexpr Refusal in_filter{Status::forbidden, precondition::valid_filter};
constexpr Refusal in_busy_query{Status::bad_request, {}};

ical::UtcTime moment_in(const xml::Element& element, const char* attribute, ical::UtcTime otherwise,
                        const Refusal& refusal) {
    const auto* const text = element.attribute(attribute);
    if (text == nullptr) return otherwise;
    const auto value = ical::parse_date_time(*text);
    if (!value || !value->is_utc)
        throw DavError(refusal.status, refusal.precondition,
                       "The " + std::string(attribute) +
                           " of a range must be a date with UTC time, not " +
                           text::printable(*text) + ".");
    return ical::UtcTime{value->local.time_since_epoch()};
}

ical::TimeRange range_of(const xml::Element& element, const Refusal& refusal) {
    const ical::TimeRange range{moment_in(element, "start", ical::beginning_of_time, refusal),
                                moment_in(element, "end", ical::end_of_time, refusal)};
    if (element.attribute("start") == nullptr && element.attribute("end") == nullptr)
        throw DavError(Status::bad_request, refusal.precondition,
                       "A range has neither start nor end.");
    if (range.from >= range.to)
        throw DavError(refusal.status, refusal.precondition, "A range must end after it starts.");
    return range;
}

}  // namespace

ical::TimeRange time_range_of(const xml::Element& element) { return range_of(element, in_filter); }

ical::TimeRange busy_range_of(const xml::Element& element) {
    return range_of(element, in_busy_query);
}

ical::DataRequest data_request(const xml::Element& calendar_data) {
    const auto* const type = calendar_data.attribute("content-type");
    const auto* const version = calendar_data.attribute("version");
    if ((type != nullptr && !text::iequals(*type, "text/calendar")) ||
        (version != nullptr && *version != "2.0"))
        throw DavError(Status::forbidden, precondition::supported_calendar_data,
                       "Calendar data come as text/calendar, version 2.0.");
    ical::DataRequest request;
    if (const auto* const comp = calendar_data.child({xml::caldav, "comp"}))
        request.comp = selection_of(*comp);
    request.expand = range_in(calendar_data, "expand");
    request.limit_recurrence_set = range_in(calendar_data, "limit-recurrence-set");
    request.limit_freebusy_set = range_in(calendar_data, "limit-freebusy-set");
    if (request.expand && request.limit_recurrence_set)
        throw DavError(Status::bad_request,
                       "Either expand or limit-recurrence-set can be asked for.");
    return request;
}

void check_data_requests(const dav::Asked& asked) {
    for (const auto& property : asked.properties)
        if (property.name == calendar_data_name && property.element != nullptr)
            (void)data_request(*property.element);
}

bool get_calendar_data(const dav::View& view, const dav::Resource& resource,
                       const xml::Element* asked, xml::Writer& writer) {
    std::string_view data = resource.object->data;
    if (data.empty()) return false;
    const auto part = dav::part_shown(view, resource, *resource.object);
    if (part) data = *part;
    std::string utf8;
    if (!text::is_utf8(data)) data = utf8 = ical::refolded(data);  // XML holds nothing else
    ical::DataRequest request;
    if (asked != nullptr && !asked->nodes.empty()) request = data_request(*asked);
    request.time_zones = time_zones_wanted(view);
    if (request.is_everything()) {
        writer.text(data);
        return true;
    }
    const bool of_a_time =
        request.expand || request.limit_recurrence_set || request.limit_freebusy_set;
    const auto zone = of_a_time ? floating_zone(view, resource) : ical::Zone::utc();
    within_budget(view, [&](ical::Budget& budget) {
        try {
            writer.text(ical::retrieve(data, ical::parse(data), request, {*zone, budget},
                                       view.settings().max_instances));
        } catch (const ical::TooExpensive& error) {
            throw DavError(Status::forbidden, precondition::max_instances, error.what());
        }
    });
    return true;
}

}  // namespace kalends::caldav
