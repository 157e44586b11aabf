// The properties of scheduling. RFC 6638 2, 9; RFC 7953 7.2.4.
#include "base/text.hpp"
#include "caldav/precondition.hpp"
#include "caldav/properties.hpp"
#include "caldav/scheduling.hpp"
#include "dav/error.hpp"
#include "dav/property_changes.hpp"
#include "dav/schedule_tag.hpp"
#include "ical/availability.hpp"
#include "sched/busy.hpp"
#include "sched/default_calendar.hpp"
#include "sched/schedule_changes.hpp"

#include <array>
#include <set>

namespace kalends::caldav {
namespace {

using dav::DavError;
using dav::LiveProperty;
using dav::Resource;
using dav::Source;
using dav::View;
using http::Status;
using xml::Element;
using xml::Writer;

constexpr xml::NameView href{xml::dav, "href"};
constexpr xml::NameView transparent{xml::caldav, "transparent"};
constexpr xml::NameView opaque{xml::caldav, "opaque"};

template <store::CollectionKind kind>
bool get_scheduling_url(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                        Writer& writer) {
    const auto collection = resource.home->scheduling(kind);
    if (!collection) return false;
    writer.element(href, dav::own_href(*resource.home, *collection));
    return true;
}

bool get_default_calendar(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                          Writer& writer) {
    const auto calendar = sched::default_calendar(*resource.home, store::vevent);
    if (!calendar) return false;
    writer.element(href, dav::own_href(*resource.home, *calendar));
    return true;
}

/// Nothing where the href names no calendar of that home, or one that is somebody else's.
std::optional<Resource> own_calendar(const View& view, const Resource& inbox,
                                     const Element& named) {
    try {
        auto calendar = dav::resolve(view, dav::path_of_href(text::trim(named.text())));
        if (calendar.is(dav::calendar) && !calendar.binding &&
            calendar.home->principal.id == inbox.home->principal.id)
            return calendar;
    } catch (const DavError&) {  // there is none
    }
    return std::nullopt;
}

/// RFC 6638 9.2: a calendar of the same home. That it is there is looked at again when it is used.
void check_default_calendar(const View& view, const Resource* target, const Element& value) {
    const auto* wanted = value.child(href);
    if (wanted != nullptr && target != nullptr && own_calendar(view, *target, *wanted)) return;
    throw DavError(Status::forbidden, precondition::valid_default_calendar,
                   "The default calendar must be one of your own.");
}

/// RFC 6638 9.1.
bool get_transparency(const View& /*view*/, const Resource& /*resource*/, const Element* /*asked*/,
                      Writer& writer) {
    writer.empty(opaque);
    return true;
}

/// A calendar of tasks says nothing about when its owner is busy.
bool can_make_busy(const store::Collection& collection) {
    return collection.kind == store::CollectionKind::calendar &&
           (collection.components & (store::vevent | store::vfreebusy)) != 0;
}

/// The calendars that make their owner busy, for clients older than RFC 6638. calendarserver
/// caldav-schedule 5.3.1.
bool get_free_busy_set(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                       Writer& writer) {
    for (const auto& each : resource.home->collections)
        if (can_make_busy(*each) && sched::is_opaque(*each))
            writer.element(href, dav::own_href(*resource.home, *each));
    return true;
}

constexpr xml::NameView transparency{xml::caldav, "schedule-calendar-transp"};

store::PropertyChanges made_transparent() {
    return {.set = {{std::string(transparency.ns),
                     std::string(transparency.local),
                     R"(<schedule-calendar-transp xmlns="urn:ietf:params:xml:ns:caldav">)"
                     "<transparent/></schedule-calendar-transp>",
                     {}}},
            .remove = {}};
}

store::PropertyChanges made_opaque() {
    return {.set = {}, .remove = {{std::string(transparency.ns), std::string(transparency.local)}}};
}

/// The same in the words of RFC 6638 9.1: each calendar says whether it makes busy.
std::vector<dav::Spread> spread_free_busy_set(const View& view, const Resource& inbox,
                                              const Element& value) {
    std::set<store::CollectionId> wanted;
    for (const auto* named : value.children(href)) {
        const auto calendar = own_calendar(view, inbox, *named);
        if (!calendar)
            throw DavError(Status::forbidden, "The calendars of a calendar-free-busy-set must be "
                                              "there, and your own.");
        wanted.insert(calendar->collection->id);
    }
    std::vector<dav::Spread> changes;
    for (const auto& each : inbox.home->collections) {
        const bool counts = wanted.contains(each->id);
        if (!can_make_busy(*each) || counts == sched::is_opaque(*each)) continue;
        changes.push_back({dav::resolve(view, dav::own_href(*inbox.home, *each)),
                           counts ? made_opaque() : made_transparent()});
    }
    return changes;
}

void check_transparency(const View& /*view*/, const Resource* /*target*/, const Element& value) {
    if ((value.child(transparent) != nullptr) == (value.child(opaque) != nullptr))
        throw DavError(Status::forbidden, "A calendar is either opaque or transparent.");
}

bool get_schedule_tag(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                      Writer& writer) {
    if (resource.object == nullptr || resource.object->schedule_tag.empty() ||
        resource.shown != dav::Shown::whole)
        return false;
    writer.text(dav::quoted_schedule_tag(resource.object->schedule_tag));
    return true;
}

/// What a message in an inbox can be about.
bool get_inbox_components(const View& /*view*/, const Resource& /*resource*/,
                          const Element* /*asked*/, Writer& writer) {
    for (const auto* name : {"VEVENT", "VTODO", "VJOURNAL", "VFREEBUSY"}) {
        writer.raw("<C:comp name=\"");
        writer.raw(name);
        writer.raw("\"/>");
    }
    return true;
}

/// RFC 7953 7.2.4. It is read for each question when its owner is free.
void check_availability(const View& /*view*/, const Resource* /*target*/, const Element& value) {
    constexpr std::size_t max_bytes = 65536;
    const auto text = value.text();
    if (text.size() > max_bytes)
        throw DavError(Status::forbidden, precondition::valid_calendar_data,
                       "A calendar-availability may have " + std::to_string(max_bytes) + " bytes.");
    try {
        (void)ical::accept_availability(text);
    } catch (const ical::ObjectError& error) {
        throw DavError(Status::forbidden, precondition::valid_calendar_data, error.what());
    }
}

constexpr xml::NameView availability{xml::caldav, "calendar-availability"};
/// By which Apple's clients know it.
constexpr xml::NameView apple_availability{xml::calendarserver, "calendar-availability"};

/// What was set under the other name.
template <const xml::NameView& other>
bool get_availability(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                      Writer& writer) {
    const auto* const stored = dav::stored_property(resource, other);
    if (stored == nullptr) return false;
    writer.text(stored->text);
    return true;
}

constexpr auto inbox_url = get_scheduling_url<store::CollectionKind::inbox>;
constexpr auto outbox_url = get_scheduling_url<store::CollectionKind::outbox>;

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::caldav, "schedule-inbox-URL"},               dav::principal,       Source::computed, false, inbox_url,            nullptr,                "RFC 6638 2.2.1"},
    LiveProperty{{xml::caldav, "schedule-outbox-URL"},              dav::principal,       Source::computed, false, outbox_url,           nullptr,                "RFC 6638 2.1.1"},
    LiveProperty{{xml::caldav, "schedule-default-calendar-URL"},    dav::inbox,           Source::stored,   false, get_default_calendar, check_default_calendar, "RFC 6638 9.2"},
    LiveProperty{availability,                                      dav::inbox,           Source::stored,   false, get_availability<apple_availability>, check_availability, "RFC 7953 7.2.4", apple_availability},
    LiveProperty{apple_availability,                                dav::inbox,           Source::stored,   false, get_availability<availability>, check_availability, "calendarserver", availability},
    LiveProperty{{xml::caldav, "calendar-free-busy-set"},           dav::inbox,           Source::spread,   false, get_free_busy_set,    nullptr,                "calendarserver", {}, access::none, spread_free_busy_set},
    LiveProperty{transparency,                                      dav::calendar,        Source::stored,   false, get_transparency,     check_transparency,     "RFC 6638 9.1"},
    LiveProperty{{xml::caldav, "schedule-tag"},                     dav::calendar_object, Source::computed, false, get_schedule_tag,     nullptr,                "RFC 6638 9.3"},
    LiveProperty{sched::schedule_changes_property,                  dav::calendar_object, Source::recorded, false, nullptr,              nullptr,                "calendarserver caldav-schedulingchanges 4.1.1"},
    LiveProperty{{xml::caldav, "supported-calendar-component-set"}, dav::inbox,           Source::computed, false, get_inbox_components, nullptr,                "RFC 4791 5.2.3"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> scheduling_properties() { return table; }

}  // namespace kalends::caldav
