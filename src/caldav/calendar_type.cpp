// What a calendar accepts: single calendar objects. RFC 4791 4.1, 5.3.2.
#include "caldav/calendar_type.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "caldav/precondition.hpp"
#include "caldav/report_context.hpp"
#include "caldav/scheduling.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/privacy.hpp"
#include "dav/schedule_tag.hpp"
#include "ical/privacy.hpp"
#include "ical/split.hpp"
#include "ical/validate.hpp"
#include "sched/default_calendar.hpp"
#include "sched/stored_form.hpp"
#include "xml/writer.hpp"

#include <array>

namespace kalends::caldav {
namespace {

using dav::DavError;
using http::Status;

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

store::PutObject stored(std::string body, const ical::Accepted& accepted) {
    try {
        return sched::stored_form(std::move(body), accepted.calendar, accepted.object);
    } catch (const ical::TooExpensive& error) {
        throw DavError(Status::forbidden, precondition::max_instances, error.what());
    } catch (const ical::ValueError& error) {
        throw DavError(Status::forbidden, precondition::valid_calendar_data, error.what());
    }
}

/// What X-CALENDARSERVER-ACCESS may say, and who may say it. calendarserver caldav-privateevents
/// 4.2.2.1, 4.2.6.
void check_access(const dav::View& view, const store::Home& home, const ical::Component& calendar) {
    const auto properties = calendar.properties_named(ical::access_property);
    if (properties.empty()) return;
    if (properties.size() > 1)
        throw DavError(Status::forbidden, precondition::valid_calendar_data,
                       "X-CALENDARSERVER-ACCESS may be there once.");
    const auto access = ical::access_named(properties.front()->value);
    if (!access)
        throw DavError(Status::forbidden, precondition::valid_access_restriction,
                       "X-CALENDARSERVER-ACCESS can't be " +
                           text::printable(properties.front()->value) + ".");
    if (*access != ical::AccessClass::is_public && !dav::sees_all(view, home))
        throw DavError(Status::forbidden, precondition::valid_access_restriction_change,
                       "Only the owner of a calendar can store what is not for all.");
}

/// Lets `object`, which does not say for whom it is, say what the one says that it replaces: many
/// clients don't know of this. Throws DavError 403 for who is not shown all of that.
void keep_access(const dav::View& view, const dav::Resource& target, store::PutObject& object) {
    const auto present = dav::find_object(view, target);
    const auto access = present ? ical::access_in(present->digest) : std::nullopt;
    if (!access) return;  // it is gone
    const auto row = dav::view_of(*present);
    dav::require(dav::with_row(view, target, row), access::write_content);
    auto changed =
        sched::stored_form(ical::with_access(object.data, ical::parse(object.data), *access));
    object.data = std::move(changed.data);
    object.etag = std::move(changed.etag);
    object.digest = std::move(changed.digest);
}

store::StoredProperty default_calendar_property(const std::string& href) {
    constexpr xml::NameView name{xml::caldav, sched::default_calendar_property};
    std::string element;
    xml::Writer writer{element};
    writer.open(name, {{"xmlns:C", xml::caldav}, {"xmlns:D", xml::dav}});
    writer.element({xml::dav, "href"}, href);
    writer.close(name);
    return {std::string(name.ns), std::string(name.local), element, href};
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

}  // namespace

store::PutObject CalendarType::accept(const dav::View& view, const dav::Resource& collection,
                                      std::string_view content_type, std::string body) const {
    const auto accepted = parse(content_type, body);
    const auto& object = accepted.object;
    check_access(view, *collection.home, accepted.calendar);
    if ((store::component_bit(object.component) & collection.collection->components) == 0)
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
    return stored(std::move(body), accepted);
}

store::WriteOutcome CalendarType::put(const dav::View& view, const http::Request& request,
                                      const dav::Resource& target, store::PutObject& object) const {
    auto outcome = put_as_it_is(view, request, target, object);
    if (outcome.wrote != store::Wrote::access_unsaid) return outcome;
    keep_access(view, target, object);
    outcome = put_as_it_is(view, request, target, object);
    outcome.as_sent = false;
    return outcome;
}

store::WriteOutcome CalendarType::put_as_it_is(const dav::View& view, const http::Request& request,
                                               const dav::Resource& target,
                                               store::PutObject& object) const {
    if (scheduler_ == nullptr)
        return sched::put_silently(view.database(), *target.home, std::move(object));
    const bool asks_for_state = dav::has_schedule_tag_condition(request);
    if (!asks_for_state && !sched::Scheduler::may_concern_others(object.data)) {
        auto outcome = store::put(view.database(), object);
        if (outcome.wrote != store::Wrote::scheduled) return outcome;
    }
    return scheduling(target,
                      [&] { return scheduler_->put(actor_of(view, request, target), object); });
}

store::WriteOutcome CalendarType::erase(const dav::View& view, const http::Request& request,
                                        const dav::Resource& target,
                                        const store::DeleteObject& object) const {
    if (scheduler_ == nullptr || !dav::has_schedule_tag_condition(request)) {
        auto plain = object;
        plain.scheduling = scheduler_ == nullptr;
        auto outcome = store::erase(view.database(), plain);
        if (outcome.wrote != store::Wrote::scheduled) return outcome;
    }
    return scheduling(target,
                      [&] { return scheduler_->erase(actor_of(view, request, target), object); });
}

store::Changed CalendarType::before_removal(const dav::View& view, const http::Request& request,
                                            const dav::Resource& collection) const {
    if (scheduler_ == nullptr) return store::Changed::done;
    const auto chosen = sched::chosen_calendar(*collection.home);
    if (chosen && chosen->id == collection.collection->id)  // RFC 6638 4.3: MUST
        throw DavError(Status::forbidden, precondition::default_calendar_needed,
                       "This is the default calendar; choose another first.");
    return scheduling(collection, [&] {
        return scheduler_->erase_all(actor_of(view, request, collection), *collection.collection);
    });
}

void CalendarType::after_move(const dav::View& view, const store::Home& before) const {
    const auto chosen = sched::chosen_calendar(before);
    if (scheduler_ == nullptr || !chosen) return;
    const auto home = view.database().home(before.principal.id);
    const auto calendar = home ? home->find(chosen->id) : nullptr;
    if (!calendar) return;
    const auto href = dav::own_href(*home, *calendar);
    if (href == dav::own_href(before, *chosen)) return;
    const auto inbox = home->scheduling(store::CollectionKind::inbox);
    (void)store::change_properties(view.database(), home->principal.id, inbox->id, inbox->acl_seq,
                                   {.set = {default_calendar_property(href)}, .remove = {}});
}

std::string CalendarType::content_type(const store::ObjectView& object) const {
    std::string type = "text/calendar; charset=utf-8";
    if (store::component_bit(object.component) == 0) return type;
    return type + "; component=" + text::lower_ascii(object.component);
}

dav::Shown CalendarType::shown_to_others(const store::ObjectView& object) const {
    switch (ical::access_in(object.digest).value_or(ical::AccessClass::is_public)) {
    case ical::AccessClass::is_public:
        return dav::Shown::whole;
    case ical::AccessClass::restricted:
    case ical::AccessClass::confidential:
        return dav::Shown::part;
    case ical::AccessClass::is_private:
        break;
    }
    return dav::Shown::nothing;
}

std::string CalendarType::part_for_others(std::string_view data) const {
    if (data.empty()) return {};  // it is gone
    const auto calendar = ical::parse(data);
    const auto access = ical::access_of(calendar).value_or(ical::AccessClass::is_public);
    return ical::reduced(data, calendar, access);
}

std::string_view CalendarType::variant(const http::Headers& headers) const {
    const auto wanted = time_zones_wanted(headers);
    return wanted == ical::TimeZones::as_stored ? std::string_view{} : of_this_tzdata(wanted);
}

std::optional<std::string> CalendarType::convert(std::string_view variant, std::string_view data,
                                                 std::string& /*type*/) const {
    return ical::with_time_zones(data, ical::parse(data),
                                 variant.starts_with(complete) ? ical::TimeZones::complete
                                                               : ical::TimeZones::by_reference);
}

std::shared_ptr<dav::Export> CalendarType::begin_export(std::string_view name) const {
    return std::make_shared<CalendarExport>(name);
}

std::shared_ptr<const dav::ReportContext>
CalendarType::report_context(const http::Headers& headers) const {
    const auto wanted = time_zones_wanted(headers);
    if (wanted == ical::TimeZones::as_stored) return nullptr;
    return std::make_shared<ReportContext>(nullptr, wanted);
}

void CalendarType::check_new(store::NewCollection& collection) const {
    if (collection.components == 0) collection.components = store::all_components;
}

const CalendarType& calendar_type() {
    static const CalendarType type(nullptr);
    return type;
}

}  // namespace kalends::caldav
