// What a calendar accepts: single calendar objects. RFC 4791 4.1, 5.3.2.
#include "caldav/calendar_type.hpp"

#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "caldav/precondition.hpp"
#include "caldav/report_context.hpp"
#include "dav/error.hpp"
#include "ical/digest.hpp"
#include "ical/split.hpp"
#include "ical/validate.hpp"

#include <array>

namespace kalends::caldav {
namespace {

using dav::DavError;
using http::Status;

struct ComponentRow {
    std::string_view name;
    store::Component bit;
    std::string_view content_type;
};
constexpr std::array components{
    ComponentRow{"VEVENT", store::vevent, "text/calendar; charset=utf-8; component=vevent"},
    ComponentRow{"VTODO", store::vtodo, "text/calendar; charset=utf-8; component=vtodo"},
    ComponentRow{"VJOURNAL", store::vjournal, "text/calendar; charset=utf-8; component=vjournal"},
    ComponentRow{"VFREEBUSY", store::vfreebusy,
                 "text/calendar; charset=utf-8; component=vfreebusy"},
};

// Variants of an object, behind its ETag: with another tzdata they are other bytes.
constexpr std::string_view by_reference = "tz0";
constexpr std::string_view complete = "tz1";

std::string_view of_this_tzdata(ical::TimeZones wanted) {
    static const std::string version = "-" + ical::TzData::system().version();
    static const std::string with_none = std::string(by_reference) + version;
    static const std::string with_all = std::string(complete) + version;
    return wanted == ical::TimeZones::complete ? with_all : with_none;
}

bool is_calendar_type(std::string_view content_type) {
    const auto type = text::trim(content_type.substr(0, content_type.find(';')));
    // Nothing and octet-stream come from simple clients (curl, old phones): the content tells what
    // it is.
    return type.empty() || text::iequals(type, "text/calendar") ||
           text::iequals(type, "application/octet-stream") ||
           text::iequals(type, "application/x-www-form-urlencoded");
}

ical::Accepted parse(std::string_view content_type, std::string_view body) {
    if (!is_calendar_type(content_type))
        throw DavError(Status::forbidden, precondition::supported_calendar_data,
                       "Calendars hold text/calendar, not " + text::printable(content_type) + ".");
    try {
        return ical::accept(body);
    } catch (const ical::ObjectError& error) {
        throw DavError(Status::forbidden, {xml::caldav, ical::precondition_name(error.fault())},
                       error.what());
    } catch (const ical::ParseError& error) {
        throw DavError(Status::forbidden, precondition::valid_calendar_data, error.what());
    }
}

ical::TimeDigest digest_of(const ical::Component& calendar) {
    try {
        ical::Budget budget;
        return ical::digest(calendar, budget);
    } catch (const ical::TooExpensive& error) {
        throw DavError(Status::forbidden, precondition::max_instances, error.what());
    } catch (const ical::ValueError& error) {
        throw DavError(Status::forbidden, precondition::valid_calendar_data, error.what());
    }
}

/// The bounds for the time index; nothing for what is a candidate of every range.
std::optional<store::TimeBounds> bounds_of(const ical::TimeDigest& digest) {
    const auto seconds = [](ical::UtcTime moment) { return moment.time_since_epoch().count(); };
    if (digest.first_start <= ical::beginning_of_time && digest.last_end >= ical::end_of_time)
        return std::nullopt;
    const auto widening =
        digest.floating ? std::chrono::seconds(ical::digest_widening).count() : std::int64_t{0};
    return store::TimeBounds{seconds(digest.first_start) - widening,
                             seconds(digest.last_end) + widening, digest.recurs};
}

/// All events and tasks in one VCALENDAR, each time zone once.
class CalendarExport final : public dav::Export {
public:
    explicit CalendarExport(std::string_view name) : joiner_(name) {}

    std::string add(std::string_view data) override {
        try {
            joiner_.add(data);
        } catch (const ical::ParseError& error) {  // the others are none the worse for it
            log(Level::error, "export.skipped", {{"why", error.what()}});
        }
        return joiner_.take();
    }
    std::string finish() override { return joiner_.finish(); }

private:
    ical::Joiner joiner_;
};

class CalendarType final : public dav::CollectionType {
public:
    [[nodiscard]] store::CollectionKind kind() const override {
        return store::CollectionKind::calendar;
    }
    [[nodiscard]] xml::NameView resourcetype() const override { return {xml::caldav, "calendar"}; }
    [[nodiscard]] xml::NameView no_uid_conflict() const override {
        return precondition::no_uid_conflict;
    }
    [[nodiscard]] xml::NameView max_resource_size() const override {
        return precondition::max_resource_size;
    }
    [[nodiscard]] xml::NameView location_ok() const override {
        return precondition::calendar_collection_location_ok;
    }

    store::PutObject accept(const dav::View& view, const dav::Resource& collection,
                            std::string_view content_type, std::string body) const override {
        const auto accepted = parse(content_type, body);
        const auto& object = accepted.object;
        if ((component_bit(object.component) & collection.collection->components) == 0)
            throw DavError(Status::forbidden, precondition::supported_calendar_component,
                           "This calendar does not hold " + object.component + ".");
        if (object.attendees > view.settings().max_attendees)
            throw DavError(Status::forbidden, precondition::max_attendees,
                           "An instance may have " + std::to_string(view.settings().max_attendees) +
                               " attendees at most.");
        if (object.overrides > view.settings().max_instances)
            throw DavError(Status::forbidden, precondition::max_instances,
                           "An event may have " + std::to_string(view.settings().max_instances) +
                               " changed instances at most.");
        auto digest = digest_of(accepted.calendar);
        store::PutObject stored;
        stored.uid = object.uid;
        stored.component = object.component;
        stored.etag = hash::fingerprint(body);
        stored.time = bounds_of(digest);
        stored.digest = std::move(digest.text);
        stored.data = std::move(body);
        return stored;
    }

    [[nodiscard]] std::string content_type(const store::ObjectView& object) const override {
        for (const auto& row : components)
            if (row.name == object.component) return std::string(row.content_type);
        return "text/calendar; charset=utf-8";
    }

    /// Time zones by reference. RFC 7809 3.1.3.
    [[nodiscard]] std::string_view vary() const override { return "CalDAV-Timezones"; }

    [[nodiscard]] std::string_view variant(const http::Headers& headers) const override {
        const auto wanted = time_zones_wanted(headers);
        return wanted == ical::TimeZones::as_stored ? std::string_view{} : of_this_tzdata(wanted);
    }

    std::optional<std::string> convert(std::string_view variant, std::string_view data,
                                       std::string& /*type*/) const override {
        return ical::with_time_zones(data, ical::parse(data),
                                     variant.starts_with(complete) ? ical::TimeZones::complete
                                                                   : ical::TimeZones::by_reference);
    }

    [[nodiscard]] std::string_view extension(std::string_view /*content_type*/) const override {
        return ".ics";
    }
    [[nodiscard]] std::string_view export_type() const override {
        return "text/calendar; charset=utf-8";
    }
    [[nodiscard]] std::shared_ptr<dav::Export> begin_export(std::string_view name) const override {
        return std::make_shared<CalendarExport>(name);
    }

    [[nodiscard]] std::shared_ptr<const dav::ReportContext>
    report_context(const http::Headers& headers) const override {
        const auto wanted = time_zones_wanted(headers);
        if (wanted == ical::TimeZones::as_stored) return nullptr;
        return std::make_shared<ReportContext>(nullptr, wanted);
    }

    void check_new(store::NewCollection& collection) const override {
        if (collection.components == 0) collection.components = store::all_components;
    }
};

}  // namespace

const dav::CollectionType& calendar_type() {
    static const CalendarType type;
    return type;
}

std::string_view component_name(store::Component component) {
    for (const auto& row : components)
        if (row.bit == component) return row.name;
    return {};
}

unsigned component_bit(std::string_view name) {
    for (const auto& row : components)
        if (row.name == name) return row.bit;
    return 0;
}

}  // namespace kalends::caldav
