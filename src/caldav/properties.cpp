#include "caldav/properties.hpp"

#include "base/text.hpp"
#include "caldav/calendar_data.hpp"
#include "caldav/calendar_type.hpp"
#include "caldav/precondition.hpp"
#include "dav/error.hpp"
#include "dav/properties/common.hpp"
#include "ical/validate.hpp"
#include "ical/zone.hpp"

#include <array>

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

bool get_calendar_home(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                       Writer& writer) {
    writer.element({xml::dav, "href"}, dav::href::home(store::CollectionKind::calendar_home,
                                                       resource.home->principal.login));
    return true;
}

bool get_user_addresses(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                        Writer& writer) {
    for (const auto& address : resource.home->principal.addresses)
        writer.element({xml::dav, "href"}, "mailto:" + address);
    writer.element({xml::dav, "href"}, resource.href);
    writer.element({xml::dav, "href"}, "urn:uuid:" + resource.home->principal.uuid);
    return true;
}

bool get_user_type(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                   Writer& writer) {
    switch (resource.home->principal.kind) {
    case store::PrincipalKind::user:
        writer.raw("INDIVIDUAL");
        break;
    case store::PrincipalKind::group:
    case store::PrincipalKind::proxy_read:
    case store::PrincipalKind::proxy_write:
        writer.raw("GROUP");
        break;
    case store::PrincipalKind::resource:
        writer.raw("RESOURCE");
        break;
    case store::PrincipalKind::location:
        writer.raw("ROOM");
        break;
    }
    return true;
}

bool get_components(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                    Writer& writer) {
    for (const auto& component : store::component_names) {
        if ((resource.collection->components & component.bit) == 0) continue;
        writer.raw("<C:comp name=\"");
        writer.raw(component.name);
        writer.raw("\"/>");
    }
    return true;
}

/// Empty: a calendar can be made with any set of components. Apple's clients look before they offer
/// to make a list of reminders.
bool get_component_sets(const View& /*view*/, const Resource& /*resource*/,
                        const Element* /*asked*/, Writer& /*writer*/) {
    return true;
}

bool get_supported_data(const View& /*view*/, const Resource& /*resource*/,
                        const Element* /*asked*/, Writer& writer) {
    writer.raw(R"(<C:calendar-data content-type="text/calendar" version="2.0"/>)");
    return true;
}

bool get_collations(const View& /*view*/, const Resource& /*resource*/, const Element* /*asked*/,
                    Writer& writer) {
    dav::write_collations(writer, xml::caldav);
    return true;
}

bool get_max_attendees(const View& view, const Resource& /*resource*/, const Element* /*asked*/,
                       Writer& writer) {
    writer.raw(std::to_string(view.settings().max_attendees));
    return true;
}

/// Octets of a calendar-timezone: it is read for each query that has to know the zone.
constexpr std::size_t max_timezone = 65536;

/// RFC 4791 5.2.2: a valid iCalendar object with one VTIMEZONE.
void check_timezone(const View& /*view*/, const Resource* /*target*/, const Element& value) {
    if (value.text().size() > max_timezone)
        throw DavError(Status::forbidden, precondition::valid_calendar_data,
                       "A calendar-timezone may have " + std::to_string(max_timezone) + " bytes.");
    try {
        (void)ical::zone_of(ical::accept_time_zone(value.text()));
    } catch (const std::runtime_error& error) {
        throw DavError(Status::forbidden, precondition::valid_calendar_data, error.what());
    }
}

/// RFC 7809 5.2: a name that the server's tzdata has, or that leads to one (Windows' names).
void check_timezone_id(const View& /*view*/, const Resource* /*target*/, const Element& value) {
    if (ical::TzData::system().resolve(text::trim(value.text())) == nullptr)
        throw DavError(Status::forbidden, precondition::valid_timezone,
                       "This time zone is not known here.");
}

constexpr xml::NameView calendar_timezone{xml::caldav, "calendar-timezone"};
constexpr xml::NameView calendar_timezone_id{xml::caldav, "calendar-timezone-id"};

/// Where the zone was set by its name. RFC 7809 3.1.5.
bool get_timezone(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                  Writer& writer) {
    const auto* const id = dav::stored_property(resource, calendar_timezone_id);
    if (id == nullptr) return false;
    const auto text = ical::calendar_timezone(id->text);
    writer.text(text);
    return !text.empty();  // empty: tzdata has lost it since
}

/// Where the zone was set as a VTIMEZONE: its TZID, which need not be a name of tzdata. RFC 7809
/// 3.1.5.
bool get_timezone_id(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                     Writer& writer) {
    const auto* const timezone = dav::stored_property(resource, calendar_timezone);
    if (timezone == nullptr) return false;
    try {
        writer.text(ical::tzid_of_calendar_timezone(timezone->text));
    } catch (const std::runtime_error&) {  // was read when it was set, by another version
        return false;
    }
    return true;
}

constexpr auto get_max_size = dav::get_max_resource_size;
constexpr auto principal = dav::principal;
constexpr auto home = dav::calendar_home;
constexpr auto calendar = dav::calendar;
constexpr auto object = dav::calendar_object;

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::caldav, "calendar-home-set"},                principal, Source::computed, false, get_calendar_home,  nullptr,           "RFC 4791 6.2.1"},
    LiveProperty{{xml::caldav, "calendar-user-address-set"},        principal, Source::computed, false, get_user_addresses, nullptr,           "RFC 6638 2.4.1"},
    LiveProperty{{xml::caldav, "calendar-user-type"},               principal, Source::computed, false, get_user_type,      nullptr,           "RFC 6638 2.4.2"},
    LiveProperty{{xml::caldav, "calendar-description"},             calendar,  Source::stored,   false, nullptr,            nullptr,           "RFC 4791 5.2.1"},
    LiveProperty{calendar_timezone,                                 calendar,  Source::stored,   false, get_timezone,       check_timezone,    "RFC 4791 5.2.2", calendar_timezone_id},
    LiveProperty{calendar_timezone_id,                              calendar,  Source::stored,   false, get_timezone_id,    check_timezone_id, "RFC 7809 5.2", calendar_timezone},
    LiveProperty{{xml::caldav, "supported-calendar-component-set"}, calendar,  Source::computed, false, get_components,     nullptr,           "RFC 4791 5.2.3"},
    LiveProperty{{xml::caldav, "supported-calendar-component-sets"}, home,     Source::computed, false, get_component_sets, nullptr,           "calendarserver"},
    LiveProperty{{xml::caldav, "supported-calendar-data"},          calendar,  Source::computed, false, get_supported_data, nullptr,           "RFC 4791 5.2.4"},
    LiveProperty{{xml::caldav, "max-resource-size"},                calendar,  Source::computed, false, get_max_size,       nullptr,           "RFC 4791 5.2.5"},
    LiveProperty{{xml::caldav, "max-attendees-per-instance"},       calendar,  Source::computed, false, get_max_attendees,  nullptr,           "RFC 4791 5.2.9"},
    LiveProperty{{xml::caldav, "supported-collation-set"},          calendar,  Source::computed, false, get_collations,     nullptr,           "RFC 4791 7.5.1"},
    LiveProperty{{xml::caldav, "calendar-data"},                    object,    Source::report,   false, get_calendar_data,  nullptr,           "RFC 4791 9.6"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> properties() { return table; }

}  // namespace kalends::caldav
