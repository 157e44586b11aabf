#include "itip/guest.hpp"

#include "ical/lines.hpp"
#include "itip/address.hpp"
#include "itip/attendance_private.hpp"
#include "itip/attendee.hpp"
#include "itip/attendee_comments_private.hpp"
#include "itip/component_private.hpp"
#include "itip/compose_private.hpp"
#include "itip/reply_private.hpp"

#include <utility>
#include <vector>

namespace kalends::itip {
namespace {

Addresses only(std::string_view attendee) {
    Addresses me;
    me.add(attendee);
    return me;
}

/// What the attendee would have in a calendar.
std::string stored(std::string_view request) {
    auto calendar = ical::parse_document(request);
    calendar.remove("METHOD");
    return ical::to_text(calendar);
}

/// Clients of organizers show one or the other: COMMENT of the message, or what is kept in the
/// meeting of it (Apple's draft on private comments).
void set_comment(ical::Part& component, const std::string& comment) {
    component.remove("COMMENT");
    if (comment.empty()) return;
    component.set("COMMENT", ical::escape_text(comment));
    component.set(private_comment, ical::escape_text(comment));
}

/// The same moments on the clock of the meeting; as they are, where its DTSTART has none.
Proposal on_its_clock(Proposal proposal, std::string_view request, const ical::Line& start) {
    const auto written = ical::parse_date_or_time(start.value());
    if (proposal.zone == nullptr || !written || written->is_date) return proposal;
    const auto calendar = ical::parse(request);
    const ical::Zones zones(calendar);
    const auto* zone =
        written->is_utc ? ical::Zone::utc().get() : zones.find(start.parameter("TZID"));
    if (zone == nullptr) return proposal;
    for (auto* at : {&proposal.start, &proposal.end})
        *at = zone->to_local(proposal.zone->to_utc(*at));
    return proposal;
}

void check_order(const Proposal& proposal) {
    if (proposal.end <= proposal.start)
        throw Refused(Rule::valid_message, "The end must be after the start.");
}

/// The value in the form of what is there: a date, or a time of the same zone.
void move(ical::Line& line, ical::LocalTime to) {
    auto written = ical::parse_date_or_time(line.value());
    if (!written) throw ical::ValueError(line.name() + " is not a date or date-time");
    if (written->is_date && to != std::chrono::floor<std::chrono::days>(to))
        throw Refused(Rule::valid_message, "This meeting is of days.");
    written->local = to;
    line.set_value(ical::format(*written));
}

}  // namespace

std::optional<Message> reply_of(std::string_view request, std::string_view attendee,
                                const GuestAnswer& said, const Moment& moment) {
    const auto me = only(attendee);
    const auto answered = answer(stored(request), me, {{said.instance, said.partstat}}, moment);
    if (!answered.reply && said.comment.empty()) return std::nullopt;
    Series series{answered.data};
    Reply reply(me, moment);
    for (auto* component : series.components()) {
        const auto key = series.key_of(*component);
        if ((said.instance && key != said.instance) || is_cancelled(*component)) continue;
        set_comment(*component, said.comment);
        reply.tell(key, *component, nullptr);
    }
    return reply.message(series);
}

std::string answer_of(const Series& request, std::string_view attendee) {
    const auto me = only(attendee);
    const auto* master = request.master();
    const auto* line = master == nullptr ? nullptr : attendee_line(*master, me);
    for (const auto* each : request.components())
        if (line == nullptr) line = attendee_line(*each, me);
    return line == nullptr ? std::string() : partstat_of(*line);
}

std::string comment_of(std::string_view object, std::string_view attendee) {
    Series series{object};
    for (auto* component : series.components())
        if (const auto line = find_comment(*component, attendee); line != component->lines.end())
            return ical::unescape_text(line->value());
    return {};
}

bool may_propose(const Series& request) {
    return request.kind() == "VEVENT" && request.components().size() == 1 &&
           request.master() != nullptr && !request.recurs() &&
           request.master()->line("DTSTART") != nullptr;
}

Message counter_of(std::string_view request, const Proposal& proposal, const Moment& moment) {
    check_order(proposal);
    Series series{stored(request)};
    auto proposed = *series.master();
    auto end = *proposed.line("DTSTART");
    const auto times = on_its_clock(proposal, request, end);
    check_order(times);  // the clock of the proposal may skip its start
    move(*proposed.line("DTSTART"), times.start);
    proposed.remove("DURATION");
    proposed.remove("DTEND");
    move(end, times.end);
    auto line = end.property();
    line.name = "DTEND";
    proposed.append(ical::to_line(line));
    set_comment(proposed, proposal.comment);
    std::string organizer(proposed.value("ORGANIZER"));
    return {.method = Method::counter,
            .recipient = std::move(organizer),
            .data =
                compose(Method::counter, series, {as_sent(std::move(proposed), moment)}, moment)};
}

}  // namespace kalends::itip
