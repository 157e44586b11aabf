#include "sched/free_busy_request.hpp"

#include "base/text.hpp"
#include "ical/validate.hpp"
#include "sched/people.hpp"

#include <algorithm>
#include <array>
#include <set>

namespace kalends::sched {
namespace {

using ical::Component;
using ical::Property;
using Kind = RecipientStatus::Kind;

/// Steps (ical::Budget) for all calendars of one request, and for those of one recipient.
constexpr std::uint64_t all_steps = 20'000'000;
constexpr std::uint64_t steps_of_one = 2'000'000;

[[noreturn]] void refuse(const std::string& sentence) {
    throw itip::Refused(itip::Rule::valid_message, sentence);
}

std::string_view value_of(const Component& component, std::string_view name) {
    const Property* const property = component.property(name);
    return property != nullptr ? text::trim(property->value) : std::string_view();
}

std::string_view required(const Component& component, std::string_view name) {
    const auto value = value_of(component, name);
    if (value.empty()) refuse("A request for busy time needs " + std::string(name) + ".");
    return value;
}

/// The one VFREEBUSY, beside which there may be VTIMEZONEs: they do no harm.
const Component& only_free_busy(const Component& calendar) {
    const Component* found = nullptr;
    for (const Component& each : calendar.components) {
        if (each.name == "VTIMEZONE" || each.name.starts_with("X-")) continue;
        if (each.name != "VFREEBUSY")
            refuse("A request for busy time has VFREEBUSY, and no " + each.name + ".");
        if (found != nullptr) refuse("A request for busy time has one VFREEBUSY.");
        found = &each;
    }
    if (found == nullptr) refuse("A request for busy time has a VFREEBUSY.");
    return *found;
}

ical::UtcTime moment(const Component& component, std::string_view name) {
    const auto value = ical::parse_date_time(required(component, name));
    if (!value || !value->is_utc) refuse(std::string(name) + " must be a time in UTC.");
    return ical::UtcTime{value->local.time_since_epoch()};
}

Recipient recipient_of(const Property& property) {
    return {std::string(text::trim(property.value)), ical::to_line(property)};
}

std::vector<Recipient> recipients_of(const Component& component) {
    std::vector<Recipient> result;
    std::set<std::string> seen;
    for (const Property& property : component.properties)
        if (property.name == "ATTENDEE" && seen.insert(itip::canonical(property.value)).second)
            result.push_back(recipient_of(property));
    if (result.empty()) refuse("A request for busy time needs an ATTENDEE.");
    return result;
}

/// RFC 5546 3.3.2: what must not be there.
void check_absent(const Component& component) {
    for (const auto* name : {"DURATION", "FREEBUSY", "REQUEST-STATUS", "URL"})
        if (component.property(name) != nullptr)
            refuse("A request for busy time must not have " + std::string(name) + ".");
}

/// Looks people up, and their calendars.
class Answering {
public:
    Answering(const FreeBusyRequest& request, const Asking& asking)
        : request_(request), asking_(asking) {
        std::vector<std::string> addresses;
        addresses.reserve(request.recipients.size());
        for (const auto& recipient : request.recipients) addresses.push_back(recipient.address);
        people_.learn(addresses);
    }

    std::vector<RecipientStatus> run() {
        std::vector<RecipientStatus> result;
        result.reserve(request_.recipients.size());
        for (const auto& recipient : request_.recipients) result.push_back(ask(recipient));
        ask_outsiders(result);
        return result;
    }

private:
    RecipientStatus ask(const Recipient& recipient) {
        RecipientStatus status{.recipient = recipient.address, .kind = Kind::invalid_user};
        const auto* const person = people_.find(recipient.address);
        const auto home = person != nullptr ? person->home : nullptr;
        if (!home || home->principal.kind == store::PrincipalKind::group) return status;
        status.kind = Kind::no_authority;
        if (!may_query_free_busy(asking_.asker.principal, *home)) return status;
        ical::Budget budget(std::min(steps_, steps_of_one));
        try {
            const auto busy = busy_of(asking_.database, *home, request_.from, request_.to,
                                      options(*home), budget);
            auto events =
                request_.extended && asking_.events ? asking_.events(home, budget) : std::string();
            status.calendar_data =
                free_busy_reply(request_, recipient, busy, asking_.now, std::move(events));
            status.kind = Kind::success;
        } catch (const ical::TooExpensive&) {
            status.kind = Kind::unavailable;
        }
        steps_ -= budget.spent();
        return status;
    }

    /// All of them at the same time.
    void ask_outsiders(std::vector<RecipientStatus>& statuses) {
        if (!asking_.outside) return;
        std::vector<Outsider> outsiders;
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < statuses.size(); ++i) {
            const auto* const person = people_.find(statuses[i].recipient);
            if (person == nullptr || !person->can_have_mail) continue;
            outsiders.push_back({.address = itip::mail_of(itip::canonical(statuses[i].recipient)),
                                 .free_busy_url = {},
                                 .zone = zone_of(asking_.asker.principal, asking_.default_zone)});
            places.push_back(i);
        }
        if (outsiders.empty()) return;
        read_outsiders(asking_.database, asking_.asker, asking_.outside, outsiders, request_.from,
                       request_.to);
        for (std::size_t i = 0; i < outsiders.size(); ++i)
            tell(outsiders[i], request_.recipients[places[i]], statuses[places[i]]);
    }

    void tell(const Outsider& outsider, const Recipient& recipient, RecipientStatus& status) const {
        if (outsider.free_busy_url.empty()) return;
        const auto from = std::max(outsider.known.start, request_.from);
        const auto to = std::min(outsider.known.end, request_.to);
        status.kind = Kind::unavailable;
        if (!outsider.why.empty() || from >= to) return;
        ical::FreeBusy busy(request_.from, request_.to);
        for (const auto& period : outsider.busy) busy.add(period.start, period.end, period.kind);
        busy.add(request_.from, from, ical::Busy::unavailable);
        busy.add(to, request_.to, ical::Busy::unavailable);
        status.calendar_data = free_busy_reply(request_, recipient, busy, asking_.now);
        status.kind = Kind::success;
    }

    [[nodiscard]] BusyOptions options(const store::Home& home) const {
        return {.mask = {.uid = request_.masked_uid,
                         .organizer = own_addresses_,
                         .own = home.principal.id == asking_.asker.principal.id},
                .default_zone = asking_.default_zone,
                .availability = availability_of(home)};
    }

    const FreeBusyRequest& request_;
    const Asking& asking_;
    itip::Addresses own_addresses_ = addresses_of(asking_.asker.principal);
    Site site_;
    People people_{asking_.database, site_};
    std::uint64_t steps_ = all_steps;
};

struct StatusRow {
    Kind kind;
    std::string_view text;
};
constexpr std::array statuses{
    StatusRow{Kind::success, "2.0;Success"},
    StatusRow{Kind::invalid_user, "3.7;Invalid calendar user"},
    StatusRow{Kind::no_authority, "3.8;No authority"},
    StatusRow{Kind::unavailable, "5.1;Service unavailable"},
};

}  // namespace

FreeBusyRequest free_busy_request(std::string_view body) {
    const Component calendar = ical::parse_valid(body);
    if (!text::iequals(value_of(calendar, "METHOD"), "REQUEST"))
        refuse("An outbox takes METHOD:REQUEST.");
    const Component& component = only_free_busy(calendar);
    check_absent(component);
    FreeBusyRequest request;
    request.uid = ical::unescape_text(required(component, "UID"));
    request.from = moment(component, "DTSTART");
    request.to = moment(component, "DTEND");
    if (request.from >= request.to) refuse("DTEND must be after DTSTART.");
    (void)required(component, "ORGANIZER");
    request.organizer = recipient_of(*component.property("ORGANIZER"));
    request.recipients = recipients_of(component);
    request.masked_uid = ical::unescape_text(value_of(component, "X-CALENDARSERVER-MASK-UID"));
    request.extended =
        text::iequals(value_of(component, "X-CALENDARSERVER-EXTENDED-FREEBUSY"), "T");
    return request;
}

std::string_view request_status(RecipientStatus::Kind kind) {
    return std::find_if(statuses.begin(), statuses.end(),
                        [&](const StatusRow& row) { return row.kind == kind; })
        ->text;
}

std::string free_busy_reply(const FreeBusyRequest& request, const Recipient& recipient,
                            const ical::FreeBusy& busy, ical::UtcTime now, std::string components) {
    ical::FreeBusyHeader header;
    header.components = std::move(components);
    header.method = "REPLY";
    header.uid = request.uid;
    header.lines = {request.organizer.line, recipient.line};
    header.stamp = now;
    return ical::render(busy, header);
}

std::vector<RecipientStatus> answers_to(const FreeBusyRequest& request, const Asking& asking) {
    return Answering(request, asking).run();
}

}  // namespace kalends::sched
