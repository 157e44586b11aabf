// Who is told what. Attendees who were in the same instances before and are in the same instances
// now are told the same, in the same text: of 5,000 attendees there are few such groups.

#include "base/text.hpp"
#include "itip/component_private.hpp"
#include "itip/compose_private.hpp"
#include "itip/meeting.hpp"
#include "itip/organize_private.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>
#include <unordered_map>
#include <utility>

namespace kalends::itip {
namespace {

using Keys = std::set<Key>;

/// One whom the server invites, and to what.
struct Invited {
    std::string address;
    Keys keys;
    bool force_send = false;
    bool was_reached = true;  ///< as far as the sender has been told
};

/// In the order of their appearance.
struct Roll {
    std::vector<Invited> all;
    std::unordered_map<std::string, std::size_t> by_address;

    [[nodiscard]] const Invited* find(const std::string& address) const {
        const auto found = by_address.find(address);
        return found == by_address.end() ? nullptr : &all[found->second];
    }
};

bool forces(const ical::Line& line) {
    return text::iequals(line.parameter("SCHEDULE-FORCE-SEND"), "REQUEST");
}

Roll roll_of(const Series& series, const Addresses& me) {
    Roll roll;
    for (const auto* component : series.components()) {
        const auto key = series.key_of(*component);
        for (const auto& line : component->lines) {
            if (line.name() != "ATTENDEE" || agent_of(line.property()) != Agent::server) continue;
            auto address = canonical(line.value());
            if (address.empty() || me.contains(address)) continue;
            const auto [place, is_new] = roll.by_address.emplace(address, roll.all.size());
            if (is_new) roll.all.push_back({.address = line.value(), .keys = {}});
            auto& invited = roll.all[place->second];
            invited.keys.insert(key);
            invited.force_send |= forces(line);
            if (is_failure(line.parameter("SCHEDULE-STATUS"))) invited.was_reached = false;
        }
    }
    return roll;
}

struct Draft {
    Method method = Method::request;
    SharedText data;
    std::vector<Change> changes;
};

/// The texts, from one object.
class Writer {
public:
    Writer(const Series& series, const Moment& moment) : series_(series), moment_(moment) {}

    /// All that somebody sees who is in `mine`: of the overrides that do not name him he sees that
    /// there is no instance. RFC 6638 3.2.6.
    [[nodiscard]] std::string request_all(const Keys& mine) const {
        std::vector<ical::Part> parts;
        parts.reserve(mine.size());
        for (const auto& key : mine) parts.push_back(sent(*series_.component_of(key)));
        if (mine.contains(Key{})) hide(parts.front(), mine);
        return compose(Method::request, series_, std::move(parts), moment_);
    }

    [[nodiscard]] std::string request_some(const Keys& wanted) const {
        std::vector<ical::Part> parts;
        parts.reserve(wanted.size());
        for (const auto& key : wanted) parts.push_back(sent(*series_.component_of(key)));
        return compose(Method::request, series_, std::move(parts), moment_);
    }

    [[nodiscard]] std::string cancel_some(const std::set<InstanceKey>& keys,
                                          long long sequence) const {
        std::vector<ical::Part> parts;
        parts.reserve(keys.size());
        for (const auto& key : keys) {
            const auto* part = series_.override_of(key);
            parts.push_back(cancelled(part != nullptr ? *part : series_.derive(key), sequence));
        }
        return compose(Method::cancel, series_, std::move(parts), moment_);
    }

    /// The whole is told without RECURRENCE-ID, also to somebody who was in some instances only:
    /// RFC 5546 3.2.5.
    [[nodiscard]] std::string cancel_all(const Keys& mine, long long sequence) const {
        auto part = cancelled(*series_.component_of(*mine.begin()), sequence);
        part.remove("RECURRENCE-ID");
        return compose(Method::cancel, series_, {std::move(part)}, moment_);
    }

private:
    [[nodiscard]] ical::Part sent(const ical::Part& part) const { return as_sent(part, moment_); }

    [[nodiscard]] ical::Part cancelled(const ical::Part& part, long long sequence) const {
        auto result = sent(part);
        cancel(result, sequence, ical::format_utc(moment_.now));
        return result;
    }

    /// In UTC, so that it can be told from an EXDATE of the organizer's.
    void hide(ical::Part& master, const Keys& mine) const {
        for (const auto& key : series_.overrides())
            if (!mine.contains(key))
                master.append((key.is_date ? "EXDATE;VALUE=DATE:" : "EXDATE:") + format(key));
    }

    const Series& series_;
    const Moment& moment_;
};

Change cancelled_change(const Key& key) {
    auto change = change_of(key, {});
    change.removed = true;
    return change;
}

Change added_change(const Key& key) {
    auto change = change_of(key, {});
    change.added = true;
    return change;
}

Draft invitation(const Writer& writer, const Keys& keys) {
    Draft told{Method::request, writer.request_all(keys), {}};
    std::ranges::transform(keys, std::back_inserter(told.changes), added_change);
    return told;
}

/// What those are told who were in `was` and are in `is`.
class Notice {
public:
    Notice(const Revision& revision, const Keys& was, const Keys& is, bool force)
        : revision_(revision), was_(was), is_(is), force_(force) {}

    std::vector<Draft> write(const Writer& old, const Writer& now) {
        if (is_.empty()) return part_company(old);
        if (was_.empty()) return {invitation(now, is_)};
        note_lost_instances();
        note_cancelled();
        std::vector<Draft> told;
        write_cancels(old, now, told);
        write_request(now, told);
        return told;
    }

private:
    [[nodiscard]] const Series& before() const { return revision_.before; }
    [[nodiscard]] const Series& after() const { return revision_.after; }
    [[nodiscard]] bool was_in_master() const { return was_.contains(Key{}); }
    [[nodiscard]] bool is_in_master() const { return is_.contains(Key{}); }
    [[nodiscard]] long long sequence() const {
        return std::max(revision_.old_sequence + 1, revision_.new_sequence);
    }

    [[nodiscard]] std::vector<Draft> part_company(const Writer& old) const {
        const bool known = std::ranges::all_of(
            was_, [&](const Key& key) { return is_cancelled(*before().component_of(key)); });
        if (known) return {};
        return {{Method::cancel, old.cancel_all(was_, sequence()), {cancelled_change({})}}};
    }

    [[nodiscard]] bool was_cancelled(const InstanceKey& key) const {
        const auto* part = before().override_of(key);
        return part != nullptr && is_cancelled(*part);
    }

    void lose(const InstanceKey& key) {
        if (!was_cancelled(key)) lost_.insert(key);
    }

    /// Instances that he was in and is not in any more.
    void note_lost_instances() {
        if (was_in_master() && !is_in_master()) {
            left_ = true;
            return;
        }
        for (const auto& key : was_)
            if (key && !is_.contains(key) && is_lost(*key)) lose(*key);
        if (!was_in_master()) return;
        for (const auto& key : revision_.newly_excluded)
            if (was_.contains(key) || before().override_of(key) == nullptr) lose(key);
        for (const auto& key : revision_.split)
            if (!is_.contains(key)) lose(key);
    }

    /// Of one that had a component which named him. A series that got other rules is told anew as a
    /// whole, which says enough.
    [[nodiscard]] bool is_lost(const InstanceKey& key) const {
        if (after().override_of(key) != nullptr) return true;
        if (!is_in_master()) return true;
        return !revision_.reverted.contains(key) && !revision_.rules_changed;
    }

    /// Components that got STATUS:CANCELLED.
    void note_cancelled() {
        for (const auto& key : is_) {
            const auto found = revision_.changed.find(key);
            if (found == revision_.changed.end() || !found->second.properties.contains("STATUS"))
                continue;
            if (!is_cancelled(*after().component_of(key))) continue;
            if (was_.contains(key) || (key && was_in_master() && revision_.split.contains(*key)))
                cancelled_.insert(key);
        }
    }

    [[nodiscard]] bool all_cancelled() const { return cancelled_.contains(Key{}); }

    void write_cancels(const Writer& old, const Writer& now, std::vector<Draft>& told) const {
        if (left_) {
            told.push_back(
                {Method::cancel, old.cancel_all(was_, sequence()), {cancelled_change({})}});
            return;
        }
        if (all_cancelled()) {
            told.push_back(
                {Method::cancel, now.cancel_all({Key{}}, sequence()), {cancelled_change({})}});
            return;
        }
        std::set<InstanceKey> ended;
        for (const auto& key : cancelled_) ended.insert(*key);
        if (!lost_.empty()) told.push_back(cancel_told(old, lost_));
        if (!ended.empty()) told.push_back(cancel_told(now, ended));
    }

    [[nodiscard]] Draft cancel_told(const Writer& writer, const std::set<InstanceKey>& keys) const {
        Draft told{Method::cancel, writer.cancel_some(keys, sequence()), {}};
        std::ranges::transform(keys, std::back_inserter(told.changes), cancelled_change);
        return told;
    }

    /// What is different for him in that component; nothing where it is the same, or where the
    /// CANCEL says all.
    [[nodiscard]] const Difference* news(const Key& key) const {
        const auto found = revision_.changed.find(key);
        if (found == revision_.changed.end()) return nullptr;
        const bool told = cancelled_.contains(key) && found->second.properties.size() == 1;
        return told ? nullptr : &found->second;
    }

    /// He is in an instance that he was not in.
    [[nodiscard]] bool is_new(const Key& key) const {
        if (was_.contains(key)) return false;
        return !(key && was_in_master() && revision_.split.contains(*key));
    }

    [[nodiscard]] bool wants_all() const {
        if (force_ || left_ || is_new_in_master()) return true;
        const auto* master = news({});
        if (is_in_master()) return master != nullptr || !revision_.reverted.empty();
        // Other rules may have moved the instances that he is in.
        return revision_.rules_changed ||
               (master != nullptr && master->properties.contains("EXDATE"));
    }

    [[nodiscard]] bool is_new_in_master() const { return is_in_master() && !was_in_master(); }

    void write_request(const Writer& now, std::vector<Draft>& told) const {
        const bool all = wants_all();
        Keys wanted;
        Draft request{Method::request, {}, {}};
        for (const auto& key : is_) {
            const auto* changed = news(key);
            const bool uncancelled =
                all_cancelled() && key && !is_cancelled(*after().component_of(key));
            if (!all && changed == nullptr && !is_new(key) && !uncancelled) continue;
            wanted.insert(key);
            if (changed == nullptr && !is_new(key)) continue;
            // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): it is not new
            request.changes.push_back(is_new(key) ? added_change(key) : change_of(key, *changed));
        }
        if (wanted.empty()) return;
        request.data = all ? now.request_all(is_) : now.request_some(wanted);
        told.push_back(std::move(request));
    }

    const Revision& revision_;
    const Keys& was_;
    const Keys& is_;
    bool force_;
    bool left_ = false;           // the series; he may still be in some instances
    std::set<InstanceKey> lost_;  // instances
    Keys cancelled_;
};

/// A message without attendees, and each attendee's lines in its components. The organizer's stay:
/// he is no secret.
struct Hidden {
    Hidden(const std::string& message, const Addresses& me)
        : calendar(ical::parse_document(message)) {
        for (std::size_t at = 0; at < calendar.parts.size(); ++at) {
            auto& lines = calendar.parts[at].lines;
            const auto organizer = canonical(calendar.parts[at].value("ORGANIZER"));
            const auto is_hidden = [&](const ical::Line& line) {
                if (line.name() != "ATTENDEE") return false;
                auto address = canonical(line.value());
                if (address == organizer || me.contains(address)) return false;
                of_each[std::move(address)].emplace_back(at, line);
                return true;
            };
            std::erase_if(lines, is_hidden);
        }
    }

    [[nodiscard]] std::string shown_to(std::string_view recipient) const {
        auto shown = calendar;
        if (const auto found = of_each.find(canonical(recipient)); found != of_each.end())
            for (const auto& [at, line] : found->second) shown.parts[at].lines.push_back(line);
        return ical::to_text(shown);
    }

    ical::Part calendar;
    std::unordered_map<std::string, std::vector<std::pair<std::size_t, ical::Line>>> of_each;
};

/// Who sees whom in a meeting. RFC 5546 3.2.2 leaves that to the organizer.
class Guests {
public:
    Guests(const Series& series, const Addresses& me) : me_(me) {
        const auto components = series.components();
        are_hidden_ = std::ranges::any_of(components, [](const ical::Part* each) {
            return text::iequals(text::trim(each->value(hides_attendees)), "TRUE");
        });
    }

    [[nodiscard]] SharedText shown_to(std::string_view recipient, const SharedText& data) {
        if (!are_hidden_) return data;
        // By its text, which is shared by all who are told the same, and lives as long as they are.
        const auto known = known_.try_emplace(&data.str(), data.str(), me_).first;
        return known->second.shown_to(recipient);
    }

private:
    const Addresses& me_;
    bool are_hidden_ = false;
    std::map<const std::string*, Hidden> known_;
};

/// Whether there is news that an invitation tells as well. That all is over is told as it is.
bool may_be_told_anew(const std::vector<Draft>& told) {
    return !told.empty() && std::ranges::none_of(told, [](const Draft& each) {
        return each.method == Method::cancel &&
               std::ranges::any_of(
                   each.changes, [](const Change& change) { return change.recurrence_id.empty(); });
    });
}

void address_to(const std::string& recipient, const std::vector<Draft>& told, Guests& guests,
                std::vector<Message>& messages) {
    for (const auto& each : told)
        messages.push_back({.method = each.method,
                            .recipient = recipient,
                            .data = guests.shown_to(recipient, each.data),
                            .changes = each.changes});
}

}  // namespace

std::vector<Message> messages_for(const Revision& revision, const Addresses& me,
                                  const Moment& moment) {
    const auto was = roll_of(revision.before, me);
    const auto is = roll_of(revision.after, me);
    const Writer old(revision.before, moment);
    const Writer now(revision.after, moment);
    Guests guests(revision.after, me);
    static const Keys none;
    std::map<std::tuple<Keys, Keys, bool>, std::vector<Draft>> groups;
    const auto told = [&](const Keys& was_in, const Keys& is_in, bool force) {
        const auto [group, is_new] = groups.try_emplace({was_in, is_in, force});
        if (is_new) group->second = Notice(revision, was_in, is_in, force).write(old, now);
        return group;
    };
    std::vector<Message> messages;
    for (const auto& each : is.all) {
        const auto* earlier = was.find(canonical(each.address));
        auto news = told(earlier != nullptr ? earlier->keys : none, each.keys, each.force_send);
        // Whom the last message has not reached may know nothing: of what is new he gets the whole.
        const bool was_reached = earlier == nullptr || (earlier->was_reached && each.was_reached);
        if (!was_reached && may_be_told_anew(news->second))
            news = told(none, each.keys, each.force_send);
        address_to(each.address, news->second, guests, messages);
    }
    for (const auto& each : was.all)
        if (is.find(canonical(each.address)) == nullptr)
            address_to(each.address, told(each.keys, none, false)->second, guests, messages);
    return messages;
}

std::vector<Message> invitations(const Series& object, const Addresses& me, const Moment& moment) {
    const Writer writer(object, moment);
    Guests guests(object, me);
    std::map<Keys, std::vector<Draft>> groups;
    std::vector<Message> messages;
    for (const auto& each : roll_of(object, me).all) {
        const auto [group, is_new] = groups.try_emplace(each.keys);
        if (is_new) group->second = {invitation(writer, each.keys)};
        address_to(each.address, group->second, guests, messages);
    }
    return messages;
}

std::optional<Message> request_to(const Series& object, std::string_view attendee,
                                  const Moment& moment) {
    const auto address = canonical(attendee);
    Keys keys;
    Message message{.method = Method::request, .recipient = std::string(attendee), .data = {}};
    for (const auto* component : object.components()) {
        for (const auto& line : component->lines) {
            if (line.name() != "ATTENDEE" || canonical(line.value()) != address) continue;
            if (keys.empty()) message.recipient = line.value();
            keys.insert(object.key_of(*component));
        }
    }
    if (keys.empty()) return std::nullopt;
    const Addresses organizer;  // the ORGANIZER line names him
    const SharedText whole(Writer(object, moment).request_all(keys));
    message.data = Guests(object, organizer).shown_to(message.recipient, whole);
    return message;
}

std::vector<Message> cancellations(const Series& object, const Addresses& me,
                                   const Moment& moment) {
    // One step for the deletion, one for the message: who has seen the object with the SEQUENCE of
    // a change that was made at the same time must find the CANCEL newer.
    constexpr long long steps = 2;
    long long sequence = steps;
    for (const auto* each : object.components())
        sequence = std::max(sequence, sequence_of(*each) + steps);
    const Writer writer(object, moment);
    Guests guests(object, me);
    std::map<Keys, std::vector<Draft>> groups;
    std::vector<Message> messages;
    for (const auto& each : roll_of(object, me).all) {
        const auto [group, is_new] = groups.try_emplace(each.keys);
        if (is_new)
            group->second = {
                {Method::cancel, writer.cancel_all(each.keys, sequence), {cancelled_change({})}}};
        address_to(each.address, group->second, guests, messages);
    }
    return messages;
}

}  // namespace kalends::itip
