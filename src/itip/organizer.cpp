#include "itip/organizer.hpp"

#include "base/text.hpp"
#include "itip/attendee_comments_private.hpp"
#include "itip/component_private.hpp"
#include "itip/compose_private.hpp"
#include "itip/meeting.hpp"
#include "itip/organize_private.hpp"
#include "itip/series.hpp"

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace kalends::itip {
namespace {

bool is_scheduled(const Meeting& meeting) { return !meeting.organizer.empty(); }

/// The address that the object has, and all that the user is known by.
Addresses organizer_addresses(const Addresses& me, const Meeting& meeting) {
    Addresses all = me;
    if (is_scheduled(meeting)) all.add(meeting.organizer);
    return all;
}

/// RFC 6638 3.2.4.2, 3.2.4.3.
void check_organizer(const Meeting& before, const Meeting& after, const Addresses& me) {
    if (!after.same_organizer)
        throw Refused(Rule::same_organizer, "the components have different organizers");
    if (!is_scheduled(before)) return;
    if (!is_scheduled(after)) {
        if (after.attendees.empty()) return;
        throw Refused(Rule::allowed_organizer_change,
                      "the organizer was taken away, but attendees are left");
    }
    const bool same = canonical(before.organizer) == canonical(after.organizer) ||
                      (me.contains(before.organizer) && me.contains(after.organizer));
    if (!same)
        throw Refused(Rule::allowed_organizer_change, "the organizer is " + before.organizer +
                                                          " and cannot become " + after.organizer);
}

/// An organizer has the whole: instances without their series are an attendee's. RFC 6638 3.2.6.
void check_master(const Series* before, const Series& after) {
    if (after.master() != nullptr) return;
    if (before != nullptr && before->master() == nullptr) return;
    throw Refused(Rule::allowed_organizer_change,
                  "an organizer's object needs the component without RECURRENCE-ID");
}

/// Some clients for tasks lose ORGANIZER and ATTENDEE when one marks a task as done.
void restore_participants(const Series& before, Series& after) {
    for (auto* component : after.components()) {
        const auto key = after.key_of(*component);
        const auto* old = before.component_of(key);
        if (old == nullptr) old = before.master();
        if (old == nullptr) continue;
        for (const auto& line : old->lines)
            if (line.name() == "ORGANIZER" || line.name() == "ATTENDEE")
                component->lines.push_back(line);
    }
}

/// Clients leave ORGANIZER out of some components; it is the same in all. RFC 6638 3.2.4.2.
void spread_organizer(Series& series) {
    const ical::Line* found = nullptr;
    for (const auto* component : std::as_const(series).components())
        if (found == nullptr) found = component->line("ORGANIZER");
    if (found == nullptr) return;
    const ical::Line organizer = *found;
    for (auto* component : series.components())
        if (component->line("ORGANIZER") == nullptr) component->lines.push_back(organizer);
}

/// Who is invited twice is invited once: of his two answers one would stay as it is.
void drop_repeated_attendees(Series& series) {
    for (auto* component : series.components()) {
        std::unordered_set<std::string> seen;
        std::erase_if(component->lines, [&](const ical::Line& line) {
            if (line.name() != "ATTENDEE") return false;
            auto address = canonical(line.value());
            return !address.empty() && !seen.insert(std::move(address)).second;
        });
    }
}

Organized organize_new(Series after, const Addresses& me, const Moment& moment) {
    check_master(nullptr, after);
    spread_organizer(after);
    drop_repeated_attendees(after);
    revise_new(after, me);
    auto messages = invitations(after, me, moment);
    return {.data = after.text(), .messages = std::move(messages)};
}

Organized organize_changed(Series before, Series after, const Addresses& me, const Moment& moment,
                           Copy copy) {
    check_master(&before, after);
    spread_organizer(after);
    drop_repeated_attendees(after);
    restore_comments(before, after);
    ical::Budget budget;
    const auto revision = revise(std::move(before), std::move(after), me, copy, budget);
    auto messages = messages_for(revision, me, moment);
    return {.data = revision.after.text(), .messages = std::move(messages)};
}

}  // namespace

Organized organize(std::optional<std::string_view> before, std::string_view after,
                   const Addresses& me, const Moment& moment, Copy copy) {
    Series now(after);
    auto meeting = meeting_of(now.calendar());
    if (!before) {
        check_organizer({}, meeting, me);
        if (!is_scheduled(meeting)) return {.data = std::string(after), .messages = {}};
        return organize_new(std::move(now), organizer_addresses(me, meeting), moment);
    }
    Series old(*before);
    const auto earlier = meeting_of(old.calendar());
    if (now.kind() == "VTODO" && !is_scheduled(meeting) && meeting.attendees.empty()) {
        restore_participants(old, now);
        meeting = meeting_of(now.calendar());
    }
    check_organizer(earlier, meeting, me);
    if (!is_scheduled(meeting)) {
        auto messages = cancellations(old, organizer_addresses(me, earlier), moment);
        return {.data = std::string(after), .messages = std::move(messages)};
    }
    return organize_changed(std::move(old), std::move(now), organizer_addresses(me, meeting),
                            moment, copy);
}

std::vector<Message> cancel_all(std::string_view object, const Addresses& me,
                                const Moment& moment) {
    const Series series(object);
    const auto meeting = meeting_of(series.calendar());
    if (!is_scheduled(meeting)) return {};
    return cancellations(series, organizer_addresses(me, meeting), moment);
}

std::vector<Message> news(std::optional<std::string_view> known, std::string_view now,
                          const Addresses& me, const Moment& moment) {
    Series after(now);
    const auto meeting = meeting_of(after.calendar());
    if (!is_scheduled(meeting))
        return known ? cancel_all(*known, me, moment) : std::vector<Message>{};
    const auto organizer = organizer_addresses(me, meeting);
    if (!known) return invitations(after, organizer, moment);
    Series before(*known);
    if (!is_scheduled(meeting_of(before.calendar()))) return invitations(after, organizer, moment);
    ical::Budget budget;
    return messages_for(compare(std::move(before), std::move(after), budget), organizer, moment);
}

std::optional<Message> request_for(std::string_view object, std::string_view attendee,
                                   const Moment& moment) {
    return request_to(Series(object), attendee, moment);
}

bool is_failure(std::string_view status) {
    return status.starts_with("3.") || status.starts_with("5.");
}

Statuses statuses_in(std::string_view object) {
    Statuses statuses;
    for (const auto& component : ical::parse(object).components)
        for (const auto& line : component.properties) {
            const auto* said = line.parameter("SCHEDULE-STATUS");
            if (line.name != "ATTENDEE" || said == nullptr) continue;
            auto& status = statuses[canonical(line.value)];
            if (!is_failure(status)) status = *said;
        }
    return statuses;
}

std::string with_statuses(std::string_view object, Role sender, const Statuses& statuses) {
    const std::string_view place = sender == Role::organizer ? "ATTENDEE" : "ORGANIZER";
    Series series(object);
    for (auto* component : series.components()) {
        for (auto& line : component->lines) {
            if (line.name() != "ATTENDEE" && line.name() != "ORGANIZER") continue;
            line.remove_parameter("SCHEDULE-FORCE-SEND");
            if (line.name() != place || agent_of(line.property()) != Agent::server) continue;
            const auto found = statuses.find(canonical(line.value()));
            if (found != statuses.end()) line.set_parameter("SCHEDULE-STATUS", found->second);
        }
    }
    return series.text();
}

}  // namespace kalends::itip
