#include "sched/scheduler.hpp"

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "itip/attendee.hpp"
#include "itip/organizer.hpp"
#include "sched/busy.hpp"
#include "sched/groups.hpp"
#include "sched/outgoing.hpp"
#include "sched/participants.hpp"
#include "sched/people.hpp"
#include "sched/silence.hpp"
#include "sched/stored_form.hpp"
#include "store/scheduling.hpp"

#include <algorithm>
#include <set>

namespace kalends::sched {
namespace {

using itip::Role;
using store::Wrote;

constexpr int attempts = 5;

store::WriteOutcome failed(Wrote why) {
    return {.wrote = why, .modseq = 0, .etag = {}, .conflicting_name = {}};
}

bool among(const std::vector<std::string>& tags, const std::string& etag) {
    return std::ranges::find(tags, etag) != tags.end();
}

/// If-Match and If-None-Match, so that they go before what scheduling has to say. RFC 9110 13.2.1.
bool are_met(const store::Preconditions& wanted, const std::optional<store::Object>& present) {
    if (!present) return !wanted.must_exist && wanted.if_match.empty();
    return !wanted.must_not_exist &&
           (wanted.if_match.empty() || among(wanted.if_match, present->etag)) &&
           !among(wanted.if_none_match, present->etag);
}

/// What a PUT makes of an object: what is stored, and who is told.
struct Plan {
    std::string data;  ///< empty: nothing is left of the object
    std::vector<itip::Message> messages;
    bool is_scheduling = false;
    Role role = Role::none;  ///< of the owner
    std::string sender;      ///< address of the owner as the meeting has it
    itip::Addresses me = {};
    itip::Addresses forced = {};  ///< whom the client wants told now. RFC 6638 7.2
};

/// Sends messages in a transaction: who is here gets a delivery, others a mail.
class Sending {
public:
    Sending(const Site& site, const Actor& actor, const People& people)
        : site_(site), actor_(actor), people_(people) {}

    /// A new meeting: who has another organizer's of the same UID is not told of it.
    void reject_forgeries(store::HomeTransaction& transaction,
                          const std::vector<itip::Message>& messages, const std::string& uid,
                          const itip::Addresses& me) {
        std::vector<store::PrincipalId> homes;
        for (const auto& message : messages) {
            const auto* person = people_.find(message.recipient);
            if (person != nullptr && person->home) homes.push_back(person->home->principal.id);
        }
        for (const auto home : transaction.having(homes, uid)) {
            const auto theirs = transaction.peek(home, uid);
            if (theirs && !me.contains(meeting_in(theirs->data).organizer)) rejecting_.insert(home);
        }
    }

    /// The status of each recipient, without sending yet.
    itip::Statuses judge(const std::vector<itip::Message>& messages) {
        itip::Statuses statuses;
        for (const auto& message : messages) {
            const auto needed = is_answer(message.method) ? access::schedule_send_reply
                                                          : access::schedule_send_invite;
            if ((actor_.may_send & needed) != needed) throw MayNotSend(needed);
            statuses.insert_or_assign(itip::canonical(message.recipient), status_of(message));
        }
        return statuses;
    }

    /// `present`: the object as it was before. Who is outside is told when it has not changed for a
    /// while, unless the client wants him told at once. RFC 6638 7.2.
    void send(store::HomeTransaction& transaction, const std::optional<store::Object>& present,
              const Plan& plan, const std::string& uid) {
        bool holds = false;
        for (const auto& message : plan.messages) {
            const auto verdict = status_of(message);
            const std::string method(itip::name_of(message.method));
            if (verdict == status::delivered) {
                const auto to = people_.find(message.recipient)->home->principal.id;
                transaction.send(store::Delivery{.to = to,
                                                 .method = method,
                                                 .uid = uid,
                                                 .sender = plan.sender,
                                                 .recipient = message.recipient,
                                                 .message = message.data});
                const Hop hop{actor_.owner->principal.id, to, uid};
                if (std::ranges::find(hops, hop) == hops.end()) hops.push_back(hop);
            } else if (verdict == status::pending && plan.forced.contains(message.recipient)) {
                transaction.send(store::OutgoingMail{.method = method,
                                                     .uid = uid,
                                                     .sender = plan.sender,
                                                     .recipient = message.recipient,
                                                     .message = message.data,
                                                     .reason = "asked for again",
                                                     .forced = true});
            } else if (verdict == status::pending) {
                holds = true;
            }
        }
        if (holds)
            transaction.hold_mail(
                uid, present,
                {.now = clock::unix_now(), .quiet = site_.hold, .at_most = site_.hold_at_most});
    }

    std::vector<Hop> hops;

private:
    std::string_view status_of(const itip::Message& message) const {
        const auto* person = people_.find(message.recipient);
        if (person == nullptr) throw Unlearnt{{message.recipient}};
        if (person->home && rejecting_.contains(person->home->principal.id))
            return status::rejected;
        return delivery_status(site_, actor_.owner->principal, *person, message.method);
    }

    const Site& site_;
    const Actor& actor_;
    const People& people_;
    std::set<store::PrincipalId> rejecting_;
};

/// Takes away what nobody is to be told: importing and restoring tell nothing.
void silence(const Actor& actor, const People& people, std::vector<itip::Message>& messages) {
    if (actor.silent) messages.clear();
    if (actor.reply) return;
    std::erase_if(messages, [&](const itip::Message& message) {
        const auto* person = people.find(message.recipient);
        if (person == nullptr) throw Unlearnt{{message.recipient}};
        return !person->home;
    });
}

class Planner {
public:
    Planner(const Actor& actor, const People& people, store::HomeTransaction& transaction,
            const std::optional<store::Object>& present)
        : actor_(actor), people_(people), transaction_(transaction), moment_(this_moment()) {
        if (present) before_ = present->data;
    }

    /// `data` takes the place of what is there.
    [[nodiscard]] Plan put(const std::string& data) const {
        const auto after = meeting_in(data);
        const auto before = before_ ? meeting_in(*before_) : itip::Meeting{};
        const auto me = owner_in(*actor_.owner, people_, before, after);
        const auto was = before_ ? itip::role_in(before, me) : Role::none;
        const auto is = itip::role_in(after, me);
        if (was == Role::organizer || (was == Role::none && is == Role::organizer))
            return organize(data, before, after, me);
        if (was == Role::none && is == Role::attendee) require_invited(after, me);
        if (was == Role::attendee || is == Role::attendee) return attend(data, before, after, me);
        auto attended = itip::attend(std::nullopt, data, me, moment_);
        return {.data = std::move(attended.data), .messages = {}, .sender = {}};
    }

    /// It is removed.
    [[nodiscard]] Plan erase() const {
        if (!before_) return {};
        const auto before = meeting_in(*before_);
        const auto me = owner_in(*actor_.owner, people_, before, before);
        Plan plan{.data = {}, .messages = {}, .sender = own_address(before, me)};
        const auto role = itip::role_in(before, me);
        if (role == Role::organizer) {
            plan.messages = itip::cancel_all(*before_, me, moment_);
        } else if (role == Role::attendee && actor_.reply) {
            if (auto reply = itip::decline_all(*before_, me, moment_))
                plan.messages.push_back(std::move(*reply));
        }
        return plan;
    }

private:
    /// What a room or a thing would organize nobody looks after: its inbox has no reader.
    void require_person() const {
        const auto kind = actor_.owner->principal.kind;
        if (kind == store::PrincipalKind::location || kind == store::PrincipalKind::resource)
            throw itip::Refused(itip::Rule::allowed_organizer,
                                "a room or a thing can't organize a meeting");
    }

    /// Whoever is here and organizes a meeting has it, with all whom he invited: what somebody else
    /// says to be that meeting is none. RFC 6638 3.2.4.4.
    void require_invited(const itip::Meeting& meeting, const itip::Addresses& me) const {
        const auto* organizer = people_.find(meeting.organizer);
        if (meeting.organizer_agent != itip::Agent::server || !organizer->home) return;
        const auto theirs = transaction_.peek(organizer->home->principal.id, meeting.uid);
        if (!theirs || itip::role_in(meeting_in(theirs->data), me) != Role::attendee)
            throw itip::Refused(itip::Rule::allowed_attendee,
                                "the organizer has not invited you to this meeting");
    }

    [[nodiscard]] Plan organize(const std::string& data, const itip::Meeting& before,
                                const itip::Meeting& after, const itip::Addresses& me) const {
        if (before.organizer.empty()) require_person();
        auto organized =
            itip::organize(before_, data, me, moment_,
                           actor_.merges ? itip::Copy::may_be_stale : itip::Copy::is_current);
        std::erase_if(organized.messages, [&](const itip::Message& message) {
            return is_group(people_, message.recipient);  // its members are told
        });
        // A task whose client has dropped everybody got them back.
        const bool is_scheduling = !meeting_in(organized.data).organizer.empty();
        return {.data = std::move(organized.data),
                .messages = std::move(organized.messages),
                .is_scheduling = is_scheduling,
                .role = Role::organizer,
                .sender = own_address(after.organizer.empty() ? before : after, me),
                .me = me,
                .forced = forced_in(after)};
    }

    [[nodiscard]] Plan attend(const std::string& data, const itip::Meeting& before,
                              const itip::Meeting& after, const itip::Addresses& me) const {
        const auto as_new = changes_agent(people_, before, after);
        auto attended = itip::attend(as_new ? std::nullopt : before_, data, me, moment_);
        Plan plan{.data = std::move(attended.data),
                  .messages = {},
                  .is_scheduling = true,
                  .role = Role::attendee,
                  .sender = own_address(after, me),
                  .me = me,
                  .forced = forced_in(after)};
        if (attended.reply && actor_.reply) plan.messages.push_back(std::move(*attended.reply));
        return plan;
    }

    static itip::Addresses forced_in(const itip::Meeting& meeting) {
        itip::Addresses forced;
        if (meeting.organizer_force_send) forced.add(meeting.organizer);
        for (const auto& attendee : meeting.attendees)
            if (attendee.force_send) forced.add(attendee.address);
        return forced;
    }

    const Actor& actor_;
    const People& people_;
    store::HomeTransaction& transaction_;
    itip::Moment moment_;
    std::optional<std::string_view> before_;
};

/// `object` with other data in the same place.
store::PutObject with_data(const store::PutObject& object, const std::string& data) {
    if (data == object.data) return object;
    auto row = stored_form(data);
    row.home = object.home;
    row.collection = object.collection;
    row.acl_seq = object.acl_seq;
    row.name = object.name;
    row.preconditions = object.preconditions;
    row.quota = object.quota;
    return row;
}

/// The row for what is planned, in the place of `object`.
store::PutObject row_of(const store::PutObject& object, const Plan& plan,
                        const std::optional<store::Object>& present) {
    const bool as_it_was = present && present->data == plan.data;
    auto row = with_data(object, plan.data);
    if (!plan.is_scheduling)
        row.schedule_tag = "";
    else
        row.schedule_tag = as_it_was && !present->schedule_tag.empty() ? present->schedule_tag
                                                                       : new_schedule_tag();
    return row;
}

/// The meeting with the object's UID that the home has in another place.
std::optional<store::Placed> elsewhere(store::HomeTransaction& transaction,
                                       const store::PutObject& object) {
    auto other = transaction.find_uid(object.uid);
    if (other && other->collection == object.collection && other->object.name == object.name)
        return std::nullopt;
    return other;
}

void require_unique(store::HomeTransaction& transaction, const store::PutObject& object) {
    if (const auto other = elsewhere(transaction, object))
        throw NotUnique(other->collection, other->object.name);
}

/// Stores what is planned, or removes what nothing is left of.
store::WriteOutcome write(store::HomeTransaction& transaction, const store::PutObject& object,
                          Plan& plan, const itip::Statuses& statuses,
                          const std::optional<store::Object>& present) {
    if (plan.data.empty())
        return transaction.erase({.home = object.home,
                                  .collection = object.collection,
                                  .acl_seq = object.acl_seq,
                                  .name = object.name,
                                  .preconditions = {}});
    if (plan.is_scheduling) plan.data = itip::with_statuses(plan.data, plan.role, statuses);
    return transaction.put(row_of(object, plan, present));
}

bool is_done(Wrote wrote) {
    return wrote == Wrote::created || wrote == Wrote::replaced || wrote == Wrote::unchanged ||
           wrote == Wrote::deleted;
}

}  // namespace

store::WriteOutcome put_silently(store::Database& database, const store::Home& owner,
                                 store::PutObject object) {
    object.schedule_tag = "";
    const bool is_meeting =
        Scheduler::may_concern_others(object.data) &&
        itip::role_in(meeting_in(object.data), addresses_of(owner.principal)) != Role::none;
    if (!is_meeting) return store::put(database, object);
    store::WriteOutcome outcome;
    store::in_home(database, object.home, [&](store::HomeTransaction& transaction) {
        if (!elsewhere(transaction, object)) object.schedule_tag = new_schedule_tag();
        outcome = transaction.put(object);
        return outcome.wrote == Wrote::created || outcome.wrote == Wrote::replaced;
    });
    return outcome;
}

bool Scheduler::may_concern_others(std::string_view data) {
    return text::icontains(data, "\nORGANIZER");
}

store::PutObject Scheduler::with_groups(const Actor& actor, const store::PutObject& sent,
                                        People& people) {
    const auto meeting = meeting_in(sent.data);
    const auto addresses = addresses_in(meeting);
    people.learn(addresses);
    if (itip::role_in(meeting, owner_in(*actor.owner, people, {}, meeting)) != Role::organizer)
        return sent;
    std::optional<Since> since;
    if (actor.groups_since)
        since = Since{*actor.groups_since, zone_of(actor.owner->principal, "UTC")};
    const auto expanded = with_members_of_groups(database_, people, sent.data, since);
    if (!expanded) return sent;
    people.learn(addresses_in(meeting_in(*expanded)));
    return with_data(sent, *expanded);
}

store::WriteOutcome Scheduler::put(const Actor& actor, const store::PutObject& sent) {
    People people(database_, courier_.settings().site);
    const auto object = with_groups(actor, sent, people);
    store::WriteOutcome outcome;
    std::vector<Hop> hops;
    with_people(people, [&] {
        store::in_home(database_, object.home, [&](store::HomeTransaction& transaction) {
            const auto present = transaction.find(object.collection, object.name);
            outcome = failed(Wrote::precondition_failed);
            if (!are_met(object.preconditions, present) ||
                !actor.tag_matches(present ? present->schedule_tag : std::string_view{}))
                return false;
            if (!actor.reply || actor.silent)  // what was done until now is told all the same
                (void)release(transaction, *actor.owner, people, object.uid);
            auto plan = Planner(actor, people, transaction, present).put(object.data);
            silence(actor, people, plan.messages);
            Sending sending(courier_.settings().site, actor, people);
            if (!present && plan.role == Role::organizer)
                sending.reject_forgeries(transaction, plan.messages, object.uid, plan.me);
            const auto statuses = sending.judge(plan.messages);
            require_unique(transaction, object);
            outcome = write(transaction, object, plan, statuses, present);
            outcome.as_sent = plan.data == sent.data;
            if (!is_done(outcome.wrote)) return false;
            if (plan.role == Role::organizer && people.have_groups())
                transaction.set_groups(object.uid, groups_in(people, meeting_in(object.data)));
            sending.send(transaction, present, plan, object.uid);
            hops = std::move(sending.hops);
            return true;
        });
    });
    courier_.carry(std::move(hops));
    return outcome;
}

store::WriteOutcome Scheduler::erase(const Actor& actor, const store::DeleteObject& object) {
    People people(database_, courier_.settings().site);
    auto outcome = failed(Wrote::not_found);
    std::vector<Hop> hops;
    with_people(people, [&] {
        store::in_home(database_, object.home, [&](store::HomeTransaction& transaction) {
            const auto present = transaction.find(object.collection, object.name);
            outcome = failed(present ? Wrote::precondition_failed : Wrote::not_found);
            if (!present || !are_met(object.preconditions, present) ||
                !actor.tag_matches(present->schedule_tag))
                return false;
            if (!actor.reply || actor.silent)  // what was done until now is told all the same
                (void)release(transaction, *actor.owner, people, present->uid);
            auto plan = Planner(actor, people, transaction, present).erase();
            silence(actor, people, plan.messages);
            Sending sending(courier_.settings().site, actor, people);
            (void)sending.judge(plan.messages);
            outcome = transaction.erase(object);
            if (outcome.wrote != Wrote::deleted) return false;
            sending.send(transaction, present, plan, present->uid);
            hops = std::move(sending.hops);
            return true;
        });
    });
    courier_.carry(std::move(hops));
    return outcome;
}

bool Scheduler::follow_groups(store::PrincipalId organizer, const std::string& uid) {
    Actor actor{.owner = database_.home(organizer),
                .may_send = access::all,
                .tag_matches = [](std::string_view) { return true; },
                .groups_since = this_moment().now};
    for (int attempt = 0; actor.owner && attempt < attempts; ++attempt) {
        const auto stored = store::find_scheduled(database_, organizer, uid);
        if (!stored) return false;
        const auto calendar = actor.owner->find(stored->collection);
        actor.silent = calendar && is_silent(*calendar);
        People people(database_, courier_.settings().site);
        auto object = stored_form(stored->object.data);
        object.home = organizer;
        object.collection = stored->collection;
        object.name = stored->object.name;
        object.preconditions.if_match = {stored->object.etag};
        const auto followed = with_groups(actor, object, people);
        if (followed.data == object.data) return false;
        const auto outcome = put(actor, followed);
        if (outcome.wrote != Wrote::precondition_failed) return is_done(outcome.wrote);
    }
    return false;
}

store::Changed Scheduler::erase_all(const Actor& actor, const store::Collection& calendar) {
    constexpr std::size_t page = 100;
    std::string after;
    for (;;) {
        const auto names =
            store::scheduling_objects(database_, calendar.home, calendar.id, after, page);
        if (names.empty()) return store::Changed::done;
        after = names.back();
        for (const auto& name : names) {
            const auto outcome = erase(actor, {.home = calendar.home,
                                               .collection = calendar.id,
                                               .acl_seq = calendar.acl_seq,
                                               .name = name,
                                               .preconditions = {}});
            if (outcome.wrote == Wrote::stale) return store::Changed::stale;
        }
    }
}

}  // namespace kalends::sched
