// A message from an organizer on top of what an attendee has. The organizer's components are taken
// as they come; what is the attendee's own (alarms, TRANSP, his answer where the meeting was not
// moved) is put back into each.

#include "base/text.hpp"
#include "ical/privacy.hpp"
#include "itip/attendance_private.hpp"
#include "itip/component_private.hpp"
#include "itip/difference_private.hpp"
#include "itip/meeting.hpp"
#include "itip/receive.hpp"
#include "itip/series.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace kalends::itip {
namespace {

using Key = std::optional<InstanceKey>;

constexpr std::string_view needs_action = "NEEDS-ACTION";
constexpr std::string_view declined = "DECLINED";

/// Newer is greater; DTSTAMP is in UTC, so that its text compares. RFC 5546 2.1.5.
std::pair<long long, std::string> revision_of(const ical::Part& component) {
    return {sequence_of(component), std::string(text::trim(component.value("DTSTAMP")))};
}

/// Whether a message's component is older than what one has. A meeting that was cancelled may come
/// back: organizers who have deleted it know nothing of its SEQUENCE any more.
bool is_older(const ical::Part& component, const ical::Part& mine) {
    const auto theirs = revision_of(component);
    const auto own = revision_of(mine);
    if (is_cancelled(mine) && theirs.second > own.second) return false;
    return theirs < own;
}

std::string my_partstat(const ical::Part& component, const Addresses& me) {
    const auto* line = attendee_line(component, me);
    return line != nullptr ? partstat_of(*line) : std::string{};
}

/// What a message says of the meeting, as an attendee has it.
ical::Part without_alarms(ical::Part component) {
    component.remove_parts("VALARM");
    return component;
}

void keep_own_properties(ical::Part& component, const ical::Part& mine) {
    std::set<std::string, std::less<>> own;
    for (const auto& line : mine.lines)
        if (is_personal_property(line.name())) own.insert(line.name());
    std::erase_if(component.lines, [&](const ical::Line& line) {
        return line.name() == "TRANSP" || own.contains(line.name());
    });
    for (const auto& line : mine.lines)
        if (is_personal_property(line.name())) component.lines.push_back(line);
    std::ranges::copy_if(mine.parts, std::back_inserter(component.parts),
                         [](const ical::Part& each) { return each.name == "VALARM"; });
}

/// SCHEDULE-* of the ORGANIZER line, which are between the attendee and his server.
void keep_delivery(ical::Part& component, const ical::Part& mine) {
    const auto* from = mine.line("ORGANIZER");
    auto* to = component.line("ORGANIZER");
    if (from == nullptr || to == nullptr) return;
    for (const auto* name : {"SCHEDULE-AGENT", "SCHEDULE-STATUS"})
        if (from->has_parameter(name)) to->set_parameter(name, from->parameter(name));
}

/// Whether an organizer asks anew. A copy of what one knows already (others' answers came) does
/// not, nor does one that crossed with the answer.
bool asks_again(const ical::Part& component, const ical::Part& mine, const Addresses& me) {
    const auto* line = attendee_line(component, me);
    const auto* own = attendee_line(mine, me);
    if (line == nullptr || partstat_of(*line) != needs_action) return false;
    const auto asked = text::to_number(line->parameter(asked_parameter));
    const auto known =
        own == nullptr ? std::nullopt : text::to_number(own->parameter(asked_parameter));
    if (asked && known) return *asked > *known;
    return sequence_of(component) > sequence_of(mine);
}

/// Whether nothing was answered in this copy: who has deleted his and got it again by a message
/// that was under way has answered all the same, and the organizer knows what.
bool is_unanswered(const ical::Line& own) {
    return partstat_of(own) == needs_action ||
           (own.has_parameter(asked_parameter) && !own.has_parameter(answered_parameter));
}

void keep_answer(ical::Part& component, const ical::Part& mine, const Addresses& me) {
    auto* line = attendee_line(component, me);
    const auto* own = attendee_line(mine, me);
    if (line == nullptr || own == nullptr || asks_again(component, mine, me)) return;
    if (own->has_parameter(answered_parameter))
        line->set_parameter(answered_parameter, own->parameter(answered_parameter));
    if (is_unanswered(*own) || partstat_of(*line) == partstat_of(*own)) return;
    line->set_parameter("PARTSTAT", partstat_of(*own));
    if (own->has_parameter("DELEGATED-TO"))
        line->set_parameter("DELEGATED-TO", own->parameter("DELEGATED-TO"));
    if (!own->has_parameter("RSVP")) line->remove_parameter("RSVP");
}

/// Time that one has not agreed to give is free.
void free_unanswered(ical::Part& component, const Addresses& me) {
    if (component.name == "VEVENT" && my_partstat(component, me) == needs_action)
        component.set("TRANSP", "TRANSPARENT");
}

/// The organizer's component with what is one's own of `mine` (nullptr: there was nothing).
ical::Part combine(ical::Part component, const ical::Part* mine, const Addresses& me) {
    component = without_alarms(std::move(component));
    if (mine == nullptr) {
        free_unanswered(component, me);
        return component;
    }
    const bool asked = asks_again(component, *mine, me);
    keep_own_properties(component, *mine);
    keep_delivery(component, *mine);
    keep_answer(component, *mine, me);
    if (asked) free_unanswered(component, me);
    return component;
}

/// Without what says only when and by which program it was written.
std::string substance_of(ical::Part part) {
    for (const auto* name : {"DTSTAMP", "LAST-MODIFIED", "CREATED"}) part.remove(name);
    std::ranges::sort(part.lines, {}, [](const ical::Line& line) {
        std::string bytes;
        line.write(bytes);
        return bytes;
    });
    return ical::to_text(part);
}

/// Whether of all that attendees see only what others answered is different.
bool is_only_answers(const Difference& difference, const ical::Part& before,
                     const ical::Part& after, const Addresses& me) {
    if (difference.properties != std::set<std::string>{"ATTENDEE"}) return false;
    const auto old = attendee_lines(before);
    const auto now = attendee_lines(after);
    if (old.size() != now.size()) return false;
    if (!std::ranges::all_of(now, [&](const auto& each) { return old.contains(each.first); }))
        return false;
    return my_partstat(before, me) == my_partstat(after, me) &&
           std::ranges::all_of(difference.parameters, [](const std::string& name) {
               return name == "ATTENDEE;PARTSTAT" || name == "ATTENDEE;RSVP" ||
                      name == "ATTENDEE;CN" || name == "ATTENDEE;EMAIL" ||
                      name.starts_with("ATTENDEE;DELEGATED") || name.starts_with("ATTENDEE;X-");
           });
}

class Receiver {
public:
    Receiver(Series message, Series mine, const Addresses& me, const Moment& moment)
        : message_(std::move(message)), mine_(std::move(mine)), before_(mine_), me_(me),
          moment_(moment) {
        const auto own = std::as_const(before_).components();
        if (!own.empty()) any_own_ = own.front();
    }

    Received request() {
        mine_.adopt_zones(message_);
        const auto* master = message_.master();
        note_plain_instances();
        if (master != nullptr && mine_.master() != nullptr && is_older(*master, *mine_.master()))
            return {};
        if (master != nullptr) {
            take_series();
        } else {
            for (const auto& key : message_.overrides()) take_instance(key);
        }
        return result();
    }

    Received cancel() {
        mine_.adopt_zones(message_);
        if (const auto* whole = message_.master()) {
            cancel_whole(*whole);
        } else {
            note_plain_instances();
            for (const auto& key : message_.overrides()) cancel_instance(key);
        }
        return result();
    }

    /// RFC 5546 3.2.4: more instances for a series that one has.
    Received add() {
        auto* master = mine_.master();
        if (master == nullptr || message_.kind() != mine_.kind()) return {};
        mine_.adopt_zones(message_);
        note_plain_instances();
        for (const auto& key : message_.overrides()) take_instance(key);
        if (const auto start = message_.start()) add_instance(*start);
        return result();
    }

private:
    /// Which instances that the message names the series one has makes.
    void note_plain_instances() {
        std::set<InstanceKey> asked;
        for (const auto& key : message_.overrides())
            if (mine_.override_of(key) == nullptr) asked.insert(key);
        plain_ = existing(before_, asked, budget_);
        excluded_ = before_.excluded();
    }

    /// What one had for that instance: a component of its own, or the master.
    [[nodiscard]] std::optional<ical::Part> had(const InstanceKey& key) const {
        if (const auto* part = before_.override_of(key)) return *part;
        if (before_.master() != nullptr && (plain_.contains(key) || excluded_.contains(key)))
            return before_.derive(key);
        return std::nullopt;
    }

    void note(const Key& key, const ical::Part* before, const ical::Part& after) {
        if (before == nullptr) {
            auto change = change_of(key, {});
            change.added = true;
            changes_.push_back(std::move(change));
            worth_telling_ = true;
            return;
        }
        const auto changed = difference({before_, *before}, {message_, after}, Detail::all);
        if (sequence_of(after) > sequence_of(*before)) worth_telling_ = true;
        if (changed.empty()) return;
        if (!is_only_answers(changed, *before, after, me_)) worth_telling_ = true;
        changes_.push_back(change_of(key, changed));
    }

    void note_removed(const Key& key) {
        auto change = change_of(key, {});
        change.removed = true;
        changes_.push_back(std::move(change));
        worth_telling_ = true;
    }

    // ---- REQUEST

    /// As combine(). How replies go, and what came of them, is said of the whole meeting: RFC
    /// 6638 7.1, 7.3.
    [[nodiscard]] ical::Part taken(const ical::Part& theirs, const ical::Part* own) const {
        auto component = combine(theirs, own, me_);
        if (own == nullptr && any_own_ != nullptr) keep_delivery(component, *any_own_);
        return component;
    }

    /// One has declined it and taken it out of one's calendar (RFC 6638 3.2.2.1 lets one), and the
    /// organizer does not ask anew: that he does not know it yet brings it not back.
    [[nodiscard]] bool is_deleted(const InstanceKey& key, const ical::Part& theirs,
                                  const std::optional<ical::Part>& own) const {
        if (excluded_.contains(key)) return !own || !asks_again(theirs, *own, me_);
        return !own && my_partstat(theirs, me_) == declined;
    }

    void take_instance(const InstanceKey& key) {
        const auto& theirs = *message_.override_of(key);
        const auto own = had(key);
        if (is_deleted(key, theirs, own)) return;
        if (own && is_older(theirs, *own)) return;
        auto component = taken(theirs, own ? &*own : nullptr);
        if (excluded_.contains(key)) readmitted_.insert(key);
        note(key, own ? &*own : nullptr, component);
        mine_.put(std::move(component));
    }

    /// The message is the whole: what it does not have is gone, but for what one made oneself.
    void take_series() {
        const auto& theirs = *message_.master();
        const auto* own = before_.master();
        auto master = taken(theirs, own);
        asked_again_ = own != nullptr && asks_again(theirs, *own, me_);
        note_own_exclusions();
        note_master(master);
        const auto own_overrides = before_.overrides();
        mine_.remove_if([](const Key&, const ical::Part&) { return true; });
        mine_.put(std::move(master));
        for (const auto& key : message_.overrides()) take_override(key);
        keep_own_overrides(own_overrides);
    }

    /// That one has deleted instances oneself is no news.
    void note_master(const ical::Part& master) {
        if (before_.master() == nullptr || still_excluded_.empty())
            return note({}, before_.master(), master);
        Series own = before_;
        own.readmit(still_excluded_);
        note({}, own.master(), master);
    }

    void take_override(const InstanceKey& key) {
        const auto& theirs = *message_.override_of(key);
        if (still_excluded_.contains(key)) return;
        const auto own = had(key);
        auto component =
            own && is_older(theirs, *own) ? *own : taken(theirs, own ? &*own : nullptr);
        note(key, own ? &*own : nullptr, component);
        mine_.put(std::move(component));
    }

    /// Components that one has and the message has not.
    void keep_own_overrides(const std::vector<InstanceKey>& keys) {
        std::set<InstanceKey> candidates;
        for (const auto& key : keys)
            if (message_.override_of(key) == nullptr) candidates.insert(key);
        const auto there = existing(message_, candidates, budget_);
        const auto taken = message_.excluded();
        for (const auto& key : candidates) {
            const auto& own = *before_.override_of(key);
            if (is_cancelled(own)) {
                // A CANCEL came before the series that leaves it out: it stays as cancelled.
                if (!taken.contains(key)) continue;
                readmitted_.insert(key);
                mine_.put(own);
            } else if (there.contains(key)) {
                keep_own_override(key, own);
            } else {
                note_removed(key);
            }
        }
    }

    /// One's own answer to, or alarm for, an instance that the organizer has as the master says.
    void keep_own_override(const InstanceKey& key, const ical::Part& own) {
        const auto plain = message_.derive(key);
        if (times_of({before_, own}) != times_of({message_, plain})) return;
        auto component = combine(plain, &own, me_);
        // What an alarm or TRANSP would be if there were no component.
        const auto of_master = mine_.derive(key);
        if (substance_of(component) != substance_of(of_master)) mine_.put(std::move(component));
    }

    /// Instances that one has deleted, unless they were asked for anew.
    void note_own_exclusions() {
        for (const auto& key : excluded_) {
            const auto* theirs = message_.override_of(key);
            const auto own = had(key);
            if (theirs != nullptr && own && is_deleted(key, *theirs, own))
                still_excluded_.insert(key);
        }
        if (asked_again_) return;
        for (const auto& key : existing(message_, excluded_, budget_))
            if (message_.override_of(key) == nullptr) still_excluded_.insert(key);
    }

    // ---- CANCEL

    void cancel_one(const Key& key, ical::Part& component, const ical::Part& by) {
        if (is_cancelled(component) && sequence_of(component) >= sequence_of(by)) return;
        const auto stamp = by.value("DTSTAMP");
        kalends::itip::cancel(component, sequence_of(by),
                              stamp.empty() ? ical::format_utc(moment_.now) : std::string(stamp));
        note_removed(key);
    }

    void cancel_whole(const ical::Part& by) {
        for (auto* component : mine_.components())
            if (sequence_of(*component) <= sequence_of(by))
                cancel_one(mine_.key_of(*component), *component, by);
        if (mine_.master() != nullptr && !changes_.empty()) {
            // One change tells it all.
            std::erase_if(changes_, [](const Change& each) { return !each.recurrence_id.empty(); });
        }
    }

    void cancel_instance(const InstanceKey& key) {
        const auto& by = *message_.override_of(key);
        if (excluded_.contains(key)) {
            // There is nothing left to cancel, but it was not known that nobody else meets either.
            note_removed(key);
            news_only_ = true;
            return;
        }
        auto own = had(key);
        if (!own || sequence_of(*own) > sequence_of(by)) return;
        const auto* range = "RANGE";
        const auto* id = by.line("RECURRENCE-ID");
        if (id->has_parameter(range))
            own->line("RECURRENCE-ID")->set_parameter(range, id->parameter(range));
        cancel_one(key, *own, by);
        mine_.put(std::move(*own));
    }

    // ---- ADD

    void add_instance(const InstanceKey& start) {
        auto& master = *mine_.master();
        auto component = *message_.master();
        if (sequence_of(component) < sequence_of(master) || mine_.override_of(start) != nullptr ||
            component.line("RRULE") != nullptr)
            return;
        if (before_.has_instance(start, budget_)) return;
        component.append("RECURRENCE-ID" + mine_.written(start));
        auto combined = combine(std::move(component), &master, me_);
        master.append("RDATE" + mine_.written(start));
        note(start, nullptr, combined);
        mine_.put(std::move(combined));
    }

    // ---- the result

    Received result() {
        mine_.readmit(readmitted_);
        mine_.exclude(still_excluded_);
        mine_.drop_unused_zones();
        if (!differs()) {
            if (!news_only_) return {};
            return {.changes = std::move(changes_), .worth_telling = true};
        }
        return {.outcome = Outcome::stored,
                .data = mine_.text(),
                .changes = std::move(changes_),
                .worth_telling = worth_telling_};
    }

    [[nodiscard]] bool differs() const {
        const auto now = mine_.components();
        if (now.size() != std::as_const(before_).components().size()) return true;
        return std::ranges::any_of(now, [&](const ical::Part* each) {
            const auto* old = before_.component_of(mine_.key_of(*each));
            return old == nullptr || substance_of(*old) != substance_of(*each);
        });
    }

    Series message_;
    Series mine_;
    Series before_;
    const ical::Part* any_own_ = nullptr;  // of `before_`
    const Addresses& me_;
    const Moment& moment_;
    ical::Budget budget_;
    std::set<InstanceKey> plain_;     // instances that one had without a component of their own
    std::set<InstanceKey> excluded_;  // by one's own EXDATEs
    std::set<InstanceKey> readmitted_, still_excluded_;
    bool asked_again_ = false;  // the master
    std::vector<Change> changes_;
    bool worth_telling_ = false;
    bool news_only_ = false;  // told, but nothing to store
};

/// Whether one has declined all that the message invites to: then one has deleted one's copy.
bool is_declined(const Series& message, const Addresses& me) {
    bool named = false;
    for (const auto* component : message.components()) {
        const auto partstat = my_partstat(*component, me);
        if (!partstat.empty() && partstat != declined) return false;
        named |= !partstat.empty();
    }
    return named;
}

/// An invitation to something that one does not have.
Received first_copy(Series message, const Addresses& me) {
    if (is_declined(message, me)) return {};
    // Of single instances those that one has declined and deleted do not come back.
    if (message.master() == nullptr)
        message.remove_if([&](const Key& key, const ical::Part& part) {
            return key && my_partstat(part, me) == declined;
        });
    message.calendar().remove("METHOD");
    message.calendar().remove(ical::access_property);  // means nothing in a message
    Received received{.outcome = Outcome::stored, .worth_telling = true};
    for (auto* component : message.components()) {
        *component = combine(std::move(*component), nullptr, me);
        auto change = change_of(message.key_of(*component), {});
        change.added = true;
        received.changes.push_back(std::move(change));
    }
    received.data = message.text();
    return received;
}

Method method_of(const Series& message) {
    const auto method = method_named(message.calendar().value("METHOD"));
    const bool from_organizer = method && *method != Method::reply && *method != Method::refresh &&
                                *method != Method::counter;
    if (!from_organizer || message.kind().empty())
        throw Refused(Rule::valid_message, "this is not a message from an organizer");
    return *method;
}

/// RFC 5546 3.2.2 has it in each component. One without it would have nobody to be answered to once
/// it stands alone.
void complete_organizer(Series& message) {
    const auto components = message.components();
    const auto from = std::ranges::find_if(
        components, [](const ical::Part* each) { return each->line("ORGANIZER") != nullptr; });
    if (from == components.end()) return;
    const auto line = *(*from)->line("ORGANIZER");
    for (auto* each : components)
        if (each->line("ORGANIZER") == nullptr) each->lines.push_back(line);
}

void check_same(const Meeting& message, const Meeting& mine) {
    if (message.uid != mine.uid)
        throw Refused(Rule::valid_message, "the message is about another UID");
    if (!mine.organizer.empty() && canonical(message.organizer) != canonical(mine.organizer))
        throw Refused(Rule::valid_message, "the message is not from the organizer");
}

}  // namespace

bool tell_of_answers_alone(const std::vector<Change>& changes) {
    static constexpr std::array<std::string_view, 4> harmless{"ATTENDEE", "DTSTAMP",
                                                              "LAST-MODIFIED", "SEQUENCE"};
    const auto is_harmless = [](const std::string& name) {
        return is_public_extension(name) || std::ranges::find(harmless, name) != harmless.end();
    };
    return std::ranges::all_of(changes, [&](const Change& change) {
        return !change.added && !change.removed &&
               std::ranges::all_of(change.properties, is_harmless);
    });
}

Received receive_from_organizer(std::string_view message, std::optional<std::string_view> mine,
                                const Addresses& me, const Moment& moment) {
    Series told(message);
    const auto method = method_of(told);
    const auto meeting = meeting_of(told.calendar());
    if (!meeting.same_organizer || (meeting.organizer.empty() && method != Method::publish))
        throw Refused(Rule::valid_message, "the message has no organizer, or several");
    complete_organizer(told);
    const auto known = mine ? meeting_of(ical::parse_document(*mine)) : Meeting{};
    if (mine) check_same(meeting, known);
    if (method == Method::declinecounter) return {.worth_telling = true};
    const bool invites = method == Method::request || method == Method::publish;
    // A copy that one's client brought by another way gives way to the server's.
    if (known.organizer_agent != Agent::server && invites) mine = std::nullopt;
    if (!mine) return invites ? first_copy(std::move(told), me) : Received{};
    Receiver receiver(std::move(told), Series(*mine), me, moment);
    if (method == Method::cancel) return receiver.cancel();
    return method == Method::add ? receiver.add() : receiver.request();
}

}  // namespace kalends::itip
