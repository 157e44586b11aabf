#include "caldav/outbox.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "caldav/extended_free_busy.hpp"
#include "caldav/precondition.hpp"
#include "dav/error.hpp"
#include "ical/object.hpp"
#include "ical/privacy.hpp"
#include "sched/free_busy_request.hpp"
#include "sched/people.hpp"
#include "xml/writer.hpp"

namespace kalends::caldav {
namespace {

using dav::DavError;
using http::Status;
using Kind = sched::RecipientStatus::Kind;

constexpr xml::NameView schedule_response{xml::caldav, "schedule-response"};
constexpr xml::NameView response{xml::caldav, "response"};
constexpr xml::NameView recipient{xml::caldav, "recipient"};
constexpr xml::NameView request_status{xml::caldav, "request-status"};
constexpr xml::NameView calendar_data{xml::caldav, "calendar-data"};

void require_calendar(const http::Request& request) {
    const auto type = request.headers.find("Content-Type").value_or("");
    const auto media = text::trim(std::string_view(type).substr(0, type.find(';')));
    if (!text::iequals(media, "text/calendar"))
        throw DavError(Status::forbidden, precondition::supported_calendar_data,
                       "A request for busy time is text/calendar.");
}

bool says_for_whom(const std::string& body) {
    try {
        return ical::access_of(ical::parse(body)).has_value();
    } catch (const ical::ParseError&) {  // request_in() says more
        return false;
    }
}

/// calendarserver caldav-privateevents 4.2.5, 4.2.7.
void require_for_all(const std::string& body) {
    if (says_for_whom(body))
        throw DavError(Status::forbidden, precondition::no_access_restrictions,
                       "X-CALENDARSERVER-ACCESS means nothing in a message.");
}

sched::FreeBusyRequest request_in(const std::string& body) {
    try {
        return sched::free_busy_request(body);
    } catch (const ical::ObjectError& error) {
        throw DavError(Status::forbidden, precondition::valid_calendar_data, error.what());
    } catch (const itip::Refused& error) {
        throw DavError(Status::bad_request, precondition::valid_scheduling_message, error.what());
    }
}

/// RFC 6638 5.2.2.
void require_own_organizer(const dav::View& view, const dav::Resource& outbox,
                           const sched::FreeBusyRequest& wanted) {
    const sched::Site site;
    sched::People people(view.database(), site);
    people.learn({wanted.organizer.address});
    const auto* person = people.find(wanted.organizer.address);
    if (person != nullptr && person->home &&
        person->home->principal.id == outbox.home->principal.id)
        return;
    throw DavError(Status::forbidden, precondition::valid_organizer,
                   "The ORGANIZER must be the owner of this outbox.");
}

void write(xml::Writer& writer, const sched::RecipientStatus& status) {
    writer.open(response);
    writer.open(recipient);
    writer.element({xml::dav, "href"}, status.recipient);
    writer.close(recipient);
    writer.element(request_status, sched::request_status(status.kind));
    if (!status.calendar_data.empty()) writer.element(calendar_data, status.calendar_data);
    // The elements of calendarserver's drafts, for clients that look for them.
    if (status.kind == Kind::invalid_user)
        dav::append_error(writer.target(), {xml::caldav, "recipient-exists"});
    if (status.kind == Kind::no_authority)
        dav::append_error(writer.target(), {xml::caldav, "recipient-permissions"});
    writer.close(response);
}

}  // namespace

http::Response query_busy_time(const dav::View& view, const http::Request& request,
                               const dav::Resource& outbox,
                               const std::optional<fetch::Settings>& outside) {
    dav::require(outbox, access::schedule_send_freebusy);
    require_calendar(request);
    require_for_all(request.body);
    const auto wanted = request_in(request.body);
    require_own_organizer(view, outbox, wanted);
    // Who asks for somebody else sees of events what he himself may.
    const auto events = [&](const store::HomePtr& home, ical::Budget& budget) {
        return busy_events(view, home, {wanted.from, wanted.to}, wanted.masked_uid, budget);
    };
    const auto answers =
        sched::answers_to(wanted, {.database = view.database(),
                                   .asker = *outbox.home,
                                   .default_zone = view.settings().default_time_zone,
                                   .now = std::chrono::floor<std::chrono::seconds>(clock::now()),
                                   .events = events,
                                   .outside = outside});
    http::Response result;
    result.headers.add("Content-Type", "application/xml; charset=utf-8");
    result.headers.add("Cache-Control", "no-store");
    xml::Writer writer{result.body};
    writer.begin_document(schedule_response);
    for (const auto& answer : answers) write(writer, answer);
    writer.close(schedule_response);
    return result;
}

}  // namespace kalends::caldav
