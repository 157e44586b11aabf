// What an organizer's object becomes when his client stores it: clients send the PARTSTATs they saw
// last, and few raise SEQUENCE when they should.

#include "base/text.hpp"
#include "itip/attendance_private.hpp"
#include "itip/component_private.hpp"
#include "itip/meeting.hpp"
#include "itip/organize_private.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace kalends::itip {
namespace {

constexpr std::string_view needs_action = "NEEDS-ACTION";

/// By which an object that was deleted and comes back is newer than what attendees keep of it.
constexpr long long resurrection = 1000;

/// Answers of attendees that the server asks.
bool is_asked(const ical::Line& line, const Addresses& me) {
    return line.name() == "ATTENDEE" && agent_of(line.property()) == Agent::server &&
           !me.contains(line.value());
}

void set_partstat(ical::Line& line, std::string_view partstat) {
    if (partstat_of(line) != partstat) line.set_parameter("PARTSTAT", partstat);
    if (partstat == needs_action) line.set_parameter("RSVP", "TRUE");
}

/// With which SEQUENCE is known when all is done: date_questions().
void ask(ical::Line& line) {
    set_partstat(line, needs_action);
    line.set_parameter(asked_parameter, "");
}

void date_questions(Series& series) {
    for (auto* component : series.components())
        for (auto& line : component->lines)
            if (line.has_parameter(asked_parameter) && line.parameter(asked_parameter).empty())
                line.set_parameter(asked_parameter, std::to_string(sequence_of(*component)));
}

/// When somebody was asked and has answered is the server's to know: clients lose it.
void keep_memory(ical::Line& line, const ical::Line& stored) {
    for (const auto name : {asked_parameter, answered_parameter})
        if (stored.has_parameter(name)) line.set_parameter(name, stored.parameter(name));
}

/// A client that still shows what was before the answer: the server had told it another status of
/// delivery than the one it sends back.
bool is_stale(const ical::Line& line, const ical::Line& stored) {
    return line.has_parameter("SCHEDULE-STATUS") && stored.has_parameter("SCHEDULE-STATUS") &&
           line.parameter("SCHEDULE-STATUS") != stored.parameter("SCHEDULE-STATUS");
}

/// What became of a message the server tells. Where none was sent there is none; which of those
/// that there were a client goes on to show is its own business.
void check_status(ical::Line& line, const ical::Line* stored) {
    if (stored == nullptr || !stored->has_parameter("SCHEDULE-STATUS"))
        line.remove_parameter("SCHEDULE-STATUS");
}

void keep_parameter(std::string_view name, ical::Line& line, const ical::Line& stored) {
    if (stored.has_parameter(name)) line.set_parameter(name, stored.parameter(name));
}

/// What an attendee has answered; the server knows it better than the organizer's client.
void keep_answer(ical::Line& line, const ical::Line& stored, Copy copy) {
    const auto answer = partstat_of(stored);
    const bool differs = partstat_of(line) != answer;
    if (differs || copy == Copy::may_be_stale) keep_parameter("SCHEDULE-STATUS", line, stored);
    if (copy == Copy::may_be_stale && answer == needs_action) keep_parameter("RSVP", line, stored);
    if (differs) {
        line.set_parameter("PARTSTAT", answer);
        if (!stored.has_parameter("RSVP")) line.remove_parameter("RSVP");
    }
    if (answer == "DELEGATED" && stored.has_parameter("DELEGATED-TO"))
        line.set_parameter("DELEGATED-TO", stored.parameter("DELEGATED-TO"));
}

/// Keeps the answers of `old` in `component`. Gives the lines by which the organizer wishes to ask
/// again: RFC 6638 3.2.8 lets him.
std::vector<ical::Line*> keep_answers(ical::Part& component, const ical::Part& old,
                                      const Addresses& me, Copy copy) {
    const auto lines = attendee_lines(old);
    std::vector<ical::Line*> wishes;
    for (auto& line : component.lines) {
        if (line.name() != "ATTENDEE") continue;
        const auto found = lines.find(canonical(line.value()));
        const auto* stored = found == lines.end() ? nullptr : found->second;
        const bool asked = is_asked(line, me);
        if (asked && stored == nullptr) ask(line);
        if (stored != nullptr) keep_memory(line, *stored);
        if (asked && stored != nullptr) {
            const bool asks = partstat_of(line) == needs_action &&
                              partstat_of(*stored) != needs_action &&
                              (copy == Copy::is_current || !is_stale(line, *stored));
            keep_answer(line, *stored, copy);
            if (asks) wishes.push_back(&line);
        }
        check_status(line, stored);
    }
    return wishes;
}

/// Asks all anew: RFC 6638 3.2.8.
void ask_all(ical::Part& component, const ical::Part* old, const Addresses& me) {
    const auto lines = old != nullptr ? attendee_lines(*old) : AttendeeLines{};
    for (auto& line : component.lines) {
        if (line.name() != "ATTENDEE") continue;
        const auto found = lines.find(canonical(line.value()));
        const auto* stored = found == lines.end() ? nullptr : found->second;
        if (stored != nullptr) keep_memory(line, *stored);
        if (is_asked(line, me)) ask(line);
        check_status(line, stored);
    }
}

/// Who completes a task that he organizes has done his part. RFC 6638 3.2.2.1 has it for attendees.
void complete_own(ical::Part& component, const ical::Part* old, const Addresses& me) {
    if (component.name != "VTODO" || component.line("COMPLETED") == nullptr) return;
    if (old != nullptr && old->value("COMPLETED") == component.value("COMPLETED")) return;
    if (auto* line = attendee_line(component, me)) line->set_parameter("PARTSTAT", "COMPLETED");
}

class Reviser {
public:
    Reviser(Series before, Series after, const Addresses& me, Copy copy, ical::Budget& budget)
        : revision_{.before = std::move(before), .after = std::move(after)}, me_(me), copy_(copy),
          budget_(budget) {}

    Revision run() {
        note_instances(revision_, budget_);
        if (after().master() != nullptr) merge({}, *after().master());
        for (const auto& key : after().overrides()) merge(key, *after().override_of(key));
        restore_vanished();
        ask_for_answers();
        raise_sequences();
        date_questions(after());
        return std::move(revision_);
    }

private:
    [[nodiscard]] const Series& before() const { return revision_.before; }
    Series& after() { return revision_.after; }

    /// RFC 6638 3.2.8, for each component by itself.
    [[nodiscard]] bool is_rescheduled(const Key& key, const ical::Part& old,
                                      const ical::Part& now) const {
        const Series& after = revision_.after;
        if (times_of({before(), old}) != times_of({after, now})) return true;
        return !key && adds_instances(before(), after, budget_);
    }

    void merge(const Key& key, ical::Part& component) {
        const auto old = described(revision_, key);
        if (!old) {
            ask_all(component, nullptr, me_);
            revision_.changed[key] = {};
            return;
        }
        raise_sequence(component, sequence_of(*old));
        complete_own(component, &*old, me_);
        const auto compare = [&] {
            return difference({before(), *old}, {revision_.after, component}, Detail::significant);
        };
        Difference changed;
        if (is_rescheduled(key, *old, component)) {
            ask_all(component, &*old, me_);
            changed = compare();
        } else {
            const auto wishes = keep_answers(component, *old, me_, copy_);
            changed = compare();
            // A client that changes an alarm sends NEEDS-ACTION as it saw it last, and means
            // nothing by that.
            if (!changed.empty() && !wishes.empty()) {
                for (auto* line : wishes) ask(*line);
                changed = compare();
            }
        }
        if (!changed.empty()) revision_.changed[key] = std::move(changed);
    }

    /// Instances whose component is gone. Where the answers to one differ from those to the master
    /// (they may have come since the client looked), it gets a component again.
    void restore_vanished() {
        if (after().master() == nullptr) return;
        const auto vanished = vanished_overrides(revision_);
        for (const auto& key : existing(after(), vanished, budget_)) {
            auto component = after().derive(key);
            const auto* old = before().override_of(key);
            if (is_rescheduled(key, *old, component))
                ask_all(component, old, me_);
            else
                keep_answers(component, *old, me_, copy_);
            auto changed = difference({before(), *old}, {after(), component}, Detail::significant);
            if (answers_differ(component, *after().master())) {
                after().put(std::move(component));
                if (!changed.empty()) revision_.changed[key] = std::move(changed);
            } else {
                revision_.reverted.insert(key);
            }
        }
        gone_ = vanished.size();
    }

    static bool answers_differ(const ical::Part& component, const ical::Part& master) {
        const auto lines = attendee_lines(master);
        return std::ranges::any_of(component.lines, [&](const ical::Line& line) {
            if (line.name() != "ATTENDEE") return false;
            const auto found = lines.find(canonical(line.value()));
            return found != lines.end() && partstat_of(*found->second) != partstat_of(line);
        });
    }

    [[nodiscard]] bool is_significant() const { return !revision_.changed.empty() || gone_ > 0; }

    /// Who has not answered yet is asked to, wherever he is told something. RFC 5545 3.2.17.
    void ask_for_answers() {
        if (!is_significant()) return;
        for (auto* component : after().components())
            for (auto& line : component->lines)
                if (is_asked(line, me_) && partstat_of(line) == needs_action)
                    line.set_parameter("RSVP", "TRUE");
    }

    /// A change that attendees see needs a higher SEQUENCE than all before, if the client did not
    /// raise it; all components go up together. RFC 5546 2.1.4.
    void raise_sequences() {
        const auto old = highest_sequence(before());
        auto now = highest_sequence(after());
        if (is_significant() && now <= old) {
            now = old + 1;
            for (auto* each : after().components()) set_sequence(*each, now);
        }
        for (const auto& [key, changed] : revision_.changed)
            if (const auto* part = before().component_of(key);
                part != nullptr && sequence_of(*part) >= sequence_of(*after().component_of(key)))
                set_sequence(*after().component_of(key), now);
        revision_.old_sequence = old;
        revision_.new_sequence = now;
    }

    Revision revision_;
    const Addresses& me_;
    Copy copy_;
    ical::Budget& budget_;
    std::size_t gone_ = 0;
};

}  // namespace

Revision revise(Series before, Series after, const Addresses& me, Copy copy, ical::Budget& budget) {
    return Reviser(std::move(before), std::move(after), me, copy, budget).run();
}

void revise_new(Series& after, const Addresses& me) {
    const bool comes_back = highest_sequence(after) > 0;
    for (auto* component : after.components()) {
        ask_all(*component, nullptr, me);
        complete_own(*component, nullptr, me);
        if (comes_back) set_sequence(*component, sequence_of(*component) + resurrection);
    }
    date_questions(after);
}

}  // namespace kalends::itip
