// The stored object is the organizer's truth; a client sends its own idea of it. So an attendee's
// change is read instance by instance as "what did he answer", and what is stored is built from
// what was stored before and these answers, never from what was sent.
#include "itip/attendee.hpp"

#include "base/text.hpp"
#include "ical/budget.hpp"
#include "ical/privacy.hpp"
#include "itip/attendance_private.hpp"
#include "itip/component_private.hpp"
#include "itip/difference_private.hpp"
#include "itip/meeting.hpp"
#include "itip/own_changes_private.hpp"
#include "itip/reply_private.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace kalends::itip {
namespace {

constexpr std::string_view needs_action = "NEEDS-ACTION";

// ---- answers in one component

/// Sets it on `me`'s line as the server does for its user. False where it was so before.
bool set_answer(ical::Part& component, const Addresses& me, std::string_view partstat,
                const Moment& moment) {
    auto* mine = attendee_line(component, me);
    if (mine == nullptr || partstat_of(*mine) == partstat) return false;
    mine->set_parameter("PARTSTAT", partstat);
    mine->set_parameter(answered_parameter, ical::format_utc(moment.now));
    if (partstat == needs_action)
        mine->set_parameter("RSVP", "TRUE");
    else
        mine->remove_parameter("RSVP");
    return true;
}

/// Time is free for whoever declines, or has not agreed yet.
void set_transparency(ical::Part& component, std::string_view partstat) {
    const bool is_free = partstat == "DECLINED" || partstat == needs_action;
    if (component.name == "VEVENT") component.set("TRANSP", is_free ? "TRANSPARENT" : "OPAQUE");
}

/// The component with DECLINED; nothing where that tells nobody anything new.
std::optional<ical::Part> declined(const ical::Part& component, const Addresses& me,
                                   const Moment& moment) {
    if (is_cancelled(component)) return std::nullopt;
    ical::Part answer = component;
    if (!set_answer(answer, me, "DECLINED", moment)) return std::nullopt;
    return answer;
}

/// `component` without the lines of other attendees, of which there may be thousands.
ical::Part alone(const ical::Part& component, const Addresses& me) {
    ical::Part lean = component;
    std::erase_if(lean.lines, [&](const ical::Line& line) {
        return line.name() == "ATTENDEE" && !me.contains(line.value());
    });
    return lean;
}

// ---- what a client sends

/// A client that got a single instance sends it as an object that does not recur: the
/// RECURRENCE-ID of the instance that starts then is put back.
void restore_recurrence_id(const Series& stored, Series& sent) {
    const auto* bare = sent.master();
    const auto start = sent.start();
    if (bare == nullptr || stored.master() != nullptr || sent.recurs() || !start) return;
    for (const auto& key : stored.overrides()) {
        const auto& known = *stored.override_of(key);
        const auto* line = known.line("DTSTART");
        if (line == nullptr || stored.key_of(*line, line->value()) != *start ||
            sent.override_of(key) != nullptr)
            continue;
        ical::Part instance = *bare;
        instance.lines.push_back(*known.line("RECURRENCE-ID"));
        sent.remove_if([](const std::optional<InstanceKey>& each, const ical::Part&) {
            return !each.has_value();
        });
        return sent.put(std::move(instance));
    }
}

// ---- one change of a whole object

/// Brings together what is stored and what was sent. RFC 6638 3.2.2.1.
class Merge {
public:
    Merge(const Series& stored, const Series& sent, const Addresses& me, const Moment& moment)
        : stored_(stored), sent_(sent), me_(me), moment_(moment), result_(stored),
          reply_(me, moment) {}

    /// Throws Refused.
    Attended apply(bool force_reply) {
        merge_access();
        merge_master();
        const auto gone = removed_instances();
        decline(gone);
        decline_excluded_again();
        merge_overrides(gone);
        merge_unseen(gone);
        if (force_reply)
            for (const auto* each : result_.components())
                reply_.tell(result_.key_of(*each), *each, each);
        reply_.complete(result_);
        auto reply = reply_.message(stored_);
        const bool nothing_left = result_.components().empty();
        return {nothing_left ? std::string{} : result_.text(), std::move(reply)};
    }

private:
    /// To whom one shows one's copy is nobody else's business.
    void merge_access() {
        const auto* access = sent_.calendar().line(ical::access_property);
        if (access != nullptr) result_.calendar().set(ical::access_property, access->value());
    }

    void merge_master() {
        const auto* before = stored_.master();
        const auto* after = sent_.master();
        if (before == nullptr && after != nullptr) refuse_change("RRULE");
        // Some clients send only the instances that were looked at.
        if (before != nullptr && after != nullptr) merge(*before, *after);
    }

    void merge(const ical::Part& before, const ical::Part& after) {
        const bool in_part = stored_.master() != nullptr && sent_.master() == nullptr;
        auto merged = with_own_changes({stored_, before}, {sent_, after},
                                       in_part ? Sent::in_part : Sent::whole, me_, moment_);
        if (answers_differ(before, merged, me_))
            reply_.tell(stored_.key_of(before), merged, &before);
        result_.put(std::move(merged));
    }

    /// Those that new EXDATEs take away; of an object without master those that are not sent.
    std::set<InstanceKey> removed_instances() {
        std::set<InstanceKey> gone;
        if (stored_.master() == nullptr) {
            for (const auto& key : stored_.overrides())
                if (sent_.override_of(key) == nullptr) gone.insert(key);
            return gone;
        }
        const auto before = stored_.excluded();
        std::set<InstanceKey> unknown;
        for (const auto& key : sent_.excluded()) {
            if (before.contains(key)) continue;
            (stored_.override_of(key) != nullptr ? gone : unknown).insert(key);
        }
        gone.merge(existing(stored_, unknown, budget_));
        return gone;
    }

    void decline(const std::set<InstanceKey>& gone) {
        if (gone.empty()) return;
        const auto lean = without_others();
        for (const auto& key : gone) {
            const auto* own = stored_.override_of(key);
            const auto before = own != nullptr ? alone(*own, me_) : lean.derive(key);
            if (const auto answer = declined(before, me_, moment_))
                reply_.tell(key, *answer, &before);
        }
        result_.remove_if([&](const std::optional<InstanceKey>& key, const ical::Part&) {
            return key && gone.contains(*key);
        });
        result_.exclude(gone);
    }

    /// Who declines a series and takes it up again leaves out what he had removed before: of these
    /// instances the organizer knows only that all were declined.
    void decline_excluded_again() {
        const auto* before = stored_.master();
        const auto* after = result_.master();
        if (before == nullptr || !was_declined(*before) || was_declined(*after)) return;
        const auto lean = without_others();
        for (const auto& key : stored_.excluded()) {
            auto instance = lean.derive(key);
            if (is_cancelled(instance)) continue;
            reply_.tell(key, instance, &instance);
        }
    }

    [[nodiscard]] bool was_declined(const ical::Part& component) const {
        const auto* mine = attendee_line(component, me_);
        return mine != nullptr && partstat_of(*mine) == "DECLINED";
    }

    /// The stored object for the attendee alone: of many instances the others' lines are too much.
    [[nodiscard]] Series without_others() const {
        Series lean = stored_;
        if (lean.master() != nullptr) *lean.master() = alone(*lean.master(), me_);
        return lean;
    }

    void merge_overrides(const std::set<InstanceKey>& gone) {
        std::set<InstanceKey> added;
        for (const auto& key : sent_.overrides()) {
            if (gone.contains(key)) continue;
            const auto* before = stored_.override_of(key);
            if (before != nullptr)
                merge(*before, *sent_.override_of(key));
            else if (!is_cancelled(*sent_.override_of(key)))
                added.insert(key);
        }
        const auto known = existing(stored_, added, budget_);
        Growth growth;
        for (const auto& key : added) {
            if (!known.contains(key)) refuse_change("RECURRENCE-ID");
            const auto before = stored_.derive(key);
            growth.add(before);
            merge(before, *sent_.override_of(key));
        }
    }

    /// Instances that have a component of their own since others answered them, and which the
    /// client has not seen yet: what it says of the series it says of them. All others that it left
    /// out stay as they are.
    void merge_unseen(const std::set<InstanceKey>& gone) {
        if (stored_.master() == nullptr || sent_.master() == nullptr) return;
        for (const auto& key : stored_.overrides()) {
            if (sent_.override_of(key) != nullptr || gone.contains(key)) continue;
            const auto& before = *stored_.override_of(key);
            if (is_others_answer(before, stored_.derive(key))) merge(before, sent_.derive(key));
        }
    }

    /// Whether nothing but what others answered makes an instance differ from the series.
    [[nodiscard]] bool is_others_answer(const ical::Part& instance,
                                        const ical::Part& derived) const {
        const auto changed = difference({stored_, derived}, {stored_, instance}, Detail::all);
        const auto* mine = attendee_line(instance, me_);
        const auto* as_series = attendee_line(derived, me_);
        return changed.properties == std::set<std::string>{"ATTENDEE"} && mine != nullptr &&
               as_series != nullptr && partstat_of(*mine) == partstat_of(*as_series);
    }

    const Series& stored_;
    const Series& sent_;
    const Addresses& me_;
    const Moment& moment_;
    Series result_;
    Reply reply_;
    ical::Budget budget_;
};

// ---- an invitation that came by another way

/// Nobody can answer for an object that does not name its owner: RFC 6638 7.1, 7.3.
std::string without_scheduling(Series object) {
    for (auto* component : object.components())
        if (auto* organizer = component->line("ORGANIZER")) {
            organizer->set_parameter("SCHEDULE-AGENT", "NONE");
            organizer->set_parameter("SCHEDULE-STATUS", "5.3");
        }
    return object.text();
}

/// RFC 6638 3.2.2.2.
Attended begin(Series object, const Meeting& meeting, const Addresses& me, const Moment& moment) {
    if (meeting.organizer_agent != Agent::server) return {object.text(), std::nullopt};
    if (role_in(meeting, me) == Role::none) return {without_scheduling(std::move(object)), {}};
    Reply reply(me, moment);
    for (const auto* component : object.components()) {
        const auto* mine = attendee_line(*component, me);
        if (mine == nullptr) continue;
        if (meeting.organizer_force_send || partstat_of(*mine) != "NEEDS-ACTION")
            reply.tell(object.key_of(*component), *component, nullptr);
    }
    reply.complete(object);
    return {object.text(), reply.message(object)};
}

// ---- rooms

/// Answers for the whole first: what is said of one instance then differs from that.
class Answering {
public:
    Answering(std::string_view object, const Addresses& me, const Moment& moment)
        : series_(object), me_(me), moment_(moment), reply_(me, moment) {}

    Attended give(const std::vector<Answer>& answers) {
        std::map<InstanceKey, std::string> single;
        const Answer* whole = nullptr;
        for (const auto& each : answers) {
            if (each.instance)
                single[*each.instance] = each.partstat;
            else
                whole = &each;
        }
        if (whole != nullptr) answer_all_but(single, whole->partstat);
        for (const auto& key : existing(series_, without_component(single), budget_)) {
            auto instance = series_.derive(key);
            if (!set_answer(instance, me_, single[key], moment_)) continue;
            is_news_ = true;
            growth_.add(instance);
            set_transparency(instance, single[key]);
            series_.put(std::move(instance));
        }
        for (const auto& [key, partstat] : single)
            if (auto* component = series_.override_of(key)) answer_one(*component, partstat);
        if (is_news_)
            for (const auto* each : series_.components())
                reply_.tell(series_.key_of(*each), *each, each);
        return {series_.text(), reply_.message(series_)};
    }

private:
    void answer_all_but(const std::map<InstanceKey, std::string>& single,
                        std::string_view partstat) {
        for (auto* component : series_.components()) {
            const auto key = series_.key_of(*component);
            if (!key || !single.contains(*key)) answer_one(*component, partstat);
        }
    }

    void answer_one(ical::Part& component, std::string_view partstat) {
        if (is_cancelled(component)) return;
        if (auto* mine = attendee_line(component, me_); mine != nullptr && partstat != needs_action)
            mine->remove_parameter("RSVP");  // also where it was answered before
        if (!set_answer(component, me_, partstat, moment_)) return;
        is_news_ = true;
        set_transparency(component, partstat);
    }

    [[nodiscard]] std::set<InstanceKey>
    without_component(const std::map<InstanceKey, std::string>& single) const {
        std::set<InstanceKey> keys;
        for (const auto& each : single)
            if (series_.override_of(each.first) == nullptr) keys.insert(each.first);
        return keys;
    }

    Series series_;
    const Addresses& me_;
    const Moment& moment_;
    Reply reply_;
    bool is_news_ = false;
    Growth growth_;
    ical::Budget budget_;
};

}  // namespace

Attended attend(std::optional<std::string_view> before, std::string_view after, const Addresses& me,
                const Moment& moment) {
    Series sent{after};
    const auto wanted = meeting_of(sent.calendar());
    if (!before) return begin(std::move(sent), wanted, me, moment);
    const Series stored{*before};
    const auto had = meeting_of(stored.calendar());
    if (role_in(had, me) != Role::attendee) return begin(std::move(sent), wanted, me, moment);

    if (wanted.uid != had.uid) refuse_change("UID");
    const bool was_ours = had.organizer_agent == Agent::server;
    const bool is_ours = wanted.organizer_agent == Agent::server;
    if (!wanted.organizer.empty() && was_ours != is_ours) refuse_change("SCHEDULE-AGENT");
    if (!was_ours) return {std::string(after), std::nullopt};
    restore_recurrence_id(stored, sent);
    return Merge{stored, sent, me, moment}.apply(wanted.organizer_force_send);
}

std::optional<Message> decline_all(std::string_view object, const Addresses& me,
                                   const Moment& moment) {
    const Series series{object};
    if (meeting_of(series.calendar()).organizer_agent != Agent::server) return std::nullopt;
    Reply reply(me, moment);
    for (const auto* component : series.components())
        if (const auto answer = declined(*component, me, moment))
            reply.tell(series.key_of(*component), *answer, component);
    return reply.message(series);
}

Attended answer(std::string_view object, const Addresses& me, const std::vector<Answer>& answers,
                const Moment& moment) {
    return Answering{object, me, moment}.give(answers);
}

}  // namespace kalends::itip
