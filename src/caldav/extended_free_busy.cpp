#include "caldav/extended_free_busy.hpp"

#include "base/text.hpp"
#include "caldav/floating_zone.hpp"
#include "dav/privacy.hpp"
#include "ical/document.hpp"
#include "ical/retrieve.hpp"
#include "sched/busy.hpp"
#include "sched/people.hpp"

#include <vector>

namespace kalends::caldav {
namespace {

constexpr std::string_view when_and_who[] = {"UID",    "DTSTAMP",  "DTSTART",
                                             "DTEND",  "DURATION", "RECURRENCE-ID",
                                             "STATUS", "TRANSP",   "ORGANIZER"};
constexpr std::string_view what_and_where[] = {"SUMMARY", "LOCATION"};

ical::DataRequest selection(const ical::TimeRange& range, bool whole) {
    ical::CompSelection event{.name = "VEVENT"};
    for (const auto name : when_and_who) event.props.push_back({std::string(name)});
    if (whole)
        for (const auto name : what_and_where) event.props.push_back({std::string(name)});
    ical::DataRequest request;
    request.comp = ical::CompSelection{.name = "VCALENDAR", .comps = {std::move(event)}};
    request.expand = range;
    return request;
}

bool says(const ical::Component& event, std::string_view name, std::string_view value) {
    const auto* const property = event.property(name);
    return property != nullptr && text::iequals(text::trim(property->value), value);
}

using Events = std::vector<ical::Part>;

/// The events of a calendar that was written by retrieve().
void append_busy(Events& to, const std::string& calendar) {
    for (const auto& event : ical::parse(calendar).components)
        if (event.name == "VEVENT" && !says(event, "TRANSP", "TRANSPARENT") &&
            !says(event, "STATUS", "CANCELLED"))
            to.push_back(ical::part_of(event, calendar));
}

/// Who it is by name, and nothing of what only concerns scheduling.
void name_organizers(const dav::View& view, Events& events) {
    std::vector<std::string> addresses;
    for (const auto& event : events)
        if (const auto* line = event.line("ORGANIZER")) addresses.push_back(line->value());
    const sched::Site site;
    sched::People people(view.database(), site);
    people.learn(addresses);
    for (auto& event : events) {
        auto* const line = event.line("ORGANIZER");
        if (line == nullptr) continue;
        for (const auto* parameter : {"SCHEDULE-AGENT", "SCHEDULE-STATUS", "SCHEDULE-FORCE-SEND"})
            line->remove_parameter(parameter);
        const auto* const person = people.find(line->value());
        if (!line->has_parameter("CN") && person != nullptr && person->home)
            line->set_parameter("CN", person->home->principal.shown_name());
    }
}

bool is_bookable(const store::Home& home) {
    return home.principal.kind == store::PrincipalKind::location ||
           home.principal.kind == store::PrincipalKind::resource;
}

/// Collects from one calendar.
class Collector {
public:
    Collector(const dav::View& view, const dav::Resource& calendar, const ical::TimeRange& range,
              ical::Budget& budget, Events& events)
        : view_(view), calendar_(calendar), range_(range), budget_(budget), events_(events) {}

    void add(const store::ObjectView& row) {
        const bool readable = dav::object_resource(view_, calendar_, row).may(access::read);
        if (!readable && !is_bookable(*calendar_.home)) return;
        const auto part = dav::part_shown(view_, calendar_, row);
        const std::string_view bytes = part ? std::string_view{*part} : row.data;
        if (bytes.empty()) return;
        const auto data = ical::retrieve(bytes, ical::parse(bytes), selection(range_, readable),
                                         {*zone_, budget_}, view_.settings().max_instances);
        append_busy(events_, data);
    }

private:
    const dav::View& view_;
    const dav::Resource& calendar_;
    const ical::TimeRange& range_;
    ical::Budget& budget_;
    Events& events_;
    ical::ZonePtr zone_ = floating_zone(view_, calendar_);
};

}  // namespace

std::string busy_events(const dav::View& view, const store::HomePtr& home,
                        const ical::TimeRange& range, const std::string& masked_uid,
                        ical::Budget& budget) {
    constexpr std::size_t page = 500;
    const auto seconds = [](ical::UtcTime moment) { return moment.time_since_epoch().count(); };
    store::Candidates candidates;
    candidates.component = "VEVENT";
    candidates.with_digest = true;  // says who may see it
    candidates.overlapping.emplace(seconds(range.from), seconds(range.to));
    Events events;
    const auto root = dav::home_resource(view, home, store::CollectionKind::calendar_home);
    for (const auto& each : home->collections) {
        if (each->kind != store::CollectionKind::calendar || !sched::is_opaque(*each)) continue;
        const auto calendar = dav::member_resource(view, root, each);
        Collector collector(view, calendar, range, budget, events);
        const auto add = [&](const store::ObjectView& row) {
            if (masked_uid.empty() || row.uid != masked_uid) collector.add(row);
        };
        std::int64_t after = 0;
        do {
            after = store::find_candidates(view.database(), home->principal.id, each->id,
                                           candidates, after, page, add);
        } while (after != 0);
    }
    name_organizers(view, events);
    std::string text;
    for (const auto& event : events) text += ical::to_text(event);
    return text;
}

}  // namespace kalends::caldav
