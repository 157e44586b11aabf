#include "sched/outgoing.hpp"

#include "base/text.hpp"
#include "ical/lines.hpp"
#include "itip/attendee.hpp"
#include "itip/organizer.hpp"
#include "itip/series.hpp"
#include "sched/participants.hpp"
#include "sched/receive.hpp"
#include "sched/stored_form.hpp"
#include "store/scheduling.hpp"

#include <algorithm>
#include <set>

namespace kalends::sched {
namespace {

using itip::Message;
using itip::Method;
using itip::Role;

bool tells_the_whole(const itip::Change& change) { return change.recurrence_id.empty(); }

/// Whether it says of the series only that it has lost instances.
bool only_excludes(const Message& message) {
    return message.method == Method::request && message.changes.size() == 1 &&
           tells_the_whole(message.changes.front()) &&
           message.changes.front().properties == std::vector<std::string>{"EXDATE"};
}

bool cancels_instances(const Message& message) {
    return message.method == Method::cancel && !message.changes.empty() &&
           std::ranges::none_of(message.changes, tells_the_whole);
}

/// Whoever is told that instances are cancelled need not be sent the series without them as well:
/// two letters would say one thing.
void drop_repetitions(std::vector<Message>& messages) {
    std::set<std::string> told;
    for (const auto& message : messages)
        if (cancels_instances(message)) told.insert(message.recipient);
    std::erase_if(messages, [&](const Message& message) {
        return only_excludes(message) && told.contains(message.recipient);
    });
}

/// The answer that is to be given now. Where the organizer has changed the meeting since, what is
/// there is answered as if it had just come.
std::optional<Message> answer_to(const std::optional<std::string>& known, const std::string& now,
                                 const itip::Addresses& me, const itip::Moment& moment) {
    try {
        return itip::attend(known, now, me, moment).reply;
    } catch (const itip::Refused&) {
        return itip::attend(std::nullopt, now, me, moment).reply;
    }
}

/// All but the lines that differ each time that a message is written.
std::string substance(std::string_view message) {
    std::string kept;
    for (const auto line : text::split(message, '\n'))
        if (!line.starts_with("DTSTAMP") && !line.starts_with("LAST-MODIFIED") &&
            !line.starts_with("PRODID"))
            kept.append(line).push_back('\n');
    return kept;
}

/// What a held meeting comes to.
struct Released {
    std::int64_t id = 0;
    std::string uid;
    std::string sender;
    std::vector<Message> messages;
    std::optional<std::string> known;      ///< the meeting before that
    std::optional<std::string> organized;  ///< and now, where the owner organizes it still
};

/// Who was to be told and is told nothing in the end knows as much as before: his status says so
/// again.
void end_waiting(store::HomeTransaction& transaction, const Released& released) {
    if (!released.organized) return;
    auto again = itip::statuses_in(*released.organized);
    std::erase_if(again, [](const auto& each) { return each.second != status::pending; });
    for (const auto& message : released.messages) again.erase(itip::canonical(message.recipient));
    if (again.empty()) return;  // as most often
    for (const auto& recipient : transaction.waiting_recipients(released.uid))
        again.erase(itip::canonical(recipient));
    const auto before = released.known ? itip::statuses_in(*released.known) : itip::Statuses{};
    for (auto& [address, status] : again) {
        const auto earlier = before.find(address);
        const bool failed = earlier != before.end() && itip::is_failure(earlier->second);
        status = failed ? earlier->second : std::string(status::sent);
    }
    write_status(transaction, released.uid, Method::request, again);
}

/// Takes it, where it is due by `time`. Throws Unlearnt.
std::optional<Released> take(store::HomeTransaction& transaction, const store::Home& owner,
                             const People& people, std::string_view uid, std::int64_t time) {
    const auto held = transaction.take_hold(uid, time);
    if (!held) return std::nullopt;
    Released result{.id = held->id,
                    .uid = held->uid,
                    .sender = {},
                    .messages = {},
                    .known = held->known,
                    .organized = {}};
    const auto placed = transaction.find_uid(uid);
    if (!placed && !held->known) return result;
    const auto now = placed ? std::optional{placed->object.data} : std::nullopt;
    const auto meeting = meeting_in(now ? *now : *held->known);
    result.sender = own_address(meeting, owner_in(owner, people, {}, meeting));
    result.messages = overdue(owner, people, held->known, now);
    if (now && result.sender == meeting.organizer) result.organized = now;
    return result;
}

/// Somebody is not told after all.
void log_dropped(store::HomeTransaction& transaction, std::string_view uid, Method method,
                 const std::string& recipient, std::int64_t mail, std::int64_t time) {
    transaction.log({.home = transaction.home(),
                     .at = time,
                     .mail = mail,
                     .incoming = false,
                     .method = std::string(itip::name_of(method)),
                     .uid = std::string(uid),
                     .address = itip::mail_of(recipient),
                     .verdict = "dropped",
                     .why = "It was taken out of the queue before it was sent."});
}

bool drop_held(store::HomeTransaction& transaction, const store::Home& owner, const People& people,
               std::string_view uid, std::int64_t time) {
    constexpr auto whenever_due = std::numeric_limits<std::int64_t>::max();
    const auto dropped = take(transaction, owner, people, uid, whenever_due);
    if (!dropped) return false;
    itip::Statuses missed;
    for (const auto& message : dropped->messages) {
        log_dropped(transaction, uid, message.method, message.recipient, dropped->id, time);
        missed.emplace(itip::canonical(message.recipient), status::not_completed);
    }
    if (!dropped->messages.empty())
        write_status(transaction, uid, dropped->messages.front().method, missed);
    end_waiting(transaction, *dropped);
    return true;
}

Method method_of(const store::OutboxMail& mail) {
    return itip::method_named(mail.method).value_or(Method::request);
}

}  // namespace

std::string_view refusal_status(std::string_view enhanced) {
    return enhanced.starts_with("5.7.") ? status::rejected : status::no_way;
}

std::string reason_of(const Message& message) {
    if (message.method == Method::reply) return "answer";
    const bool some_instances =
        !message.changes.empty() && std::ranges::none_of(message.changes, tells_the_whole);
    if (message.method == Method::cancel)
        return some_instances ? "some dates are cancelled" : "cancelled";
    if (message.method != Method::request) return {};
    if (message.changes.empty()) return "asked for again";
    std::set<std::string> names;
    for (const auto& change : message.changes)
        names.insert(change.properties.begin(), change.properties.end());
    if (names.empty()) return some_instances ? "invited to some dates" : "invited";
    std::string reason;
    for (const auto& name : names) reason.append(reason.empty() ? "changed: " : ", ").append(name);
    return reason;
}

std::vector<Message> overdue(const store::Home& owner, const People& people,
                             const std::optional<std::string>& known,
                             const std::optional<std::string>& now) {
    const auto before = known ? meeting_in(*known) : itip::Meeting{};
    const auto after = now ? meeting_in(*now) : itip::Meeting{};
    const auto me = owner_in(owner, people, before, after);
    const auto moment = this_moment();
    const bool organizes = (known && itip::role_in(before, me) == Role::organizer) ||
                           (now && itip::role_in(after, me) == Role::organizer);
    std::vector<Message> messages;
    if (organizes) {
        if (now)
            messages = itip::news(known, *now, me, moment);
        else if (known)
            messages = itip::cancel_all(*known, me, moment);
        drop_repetitions(messages);
    } else {
        const bool as_new = changes_agent(people, before, after);
        auto reply = now     ? answer_to(as_new ? std::nullopt : known, *now, me, moment)
                     : known ? itip::decline_all(*known, me, moment)
                             : std::nullopt;
        if (reply) messages.push_back(std::move(*reply));
    }
    std::erase_if(messages, [&](const Message& message) {
        const auto* person = people.find(message.recipient);
        if (person == nullptr) throw Unlearnt{{message.recipient}};
        return person->home || !person->can_have_mail;
    });
    return messages;
}

bool release(store::HomeTransaction& transaction, const store::Home& owner, const People& people,
             std::string_view uid, std::int64_t time) {
    const auto released = take(transaction, owner, people, uid, time);
    if (!released) return false;
    for (const auto& message : released->messages)
        transaction.send(store::OutgoingMail{.method = std::string(itip::name_of(message.method)),
                                             .uid = released->uid,
                                             .sender = released->sender,
                                             .recipient = message.recipient,
                                             .message = message.data,
                                             .reason = reason_of(message)});
    end_waiting(transaction, *released);
    return true;
}

bool release(store::Database& database, const Site& site, const store::MailHold& held,
             std::int64_t time) {
    const auto owner = database.home(held.home);
    if (!owner) return false;  // and what he held is gone with him
    People people(database, site);
    bool released = false;
    with_people(people, [&] {
        released = store::in_home(database, held.home, [&](store::HomeTransaction& transaction) {
            return release(transaction, *owner, people, held.uid, time);
        });
    });
    return released;
}

bool drop_outgoing(store::Database& database, const Site& site, store::PrincipalId home,
                   std::int64_t id, std::int64_t time) {
    const auto may = [&](store::PrincipalId whose) { return home.value == 0 || home == whose; };
    bool dropped = false;
    if (const auto held = store::find_hold(database, id); held && may(held->home)) {
        const auto owner = database.home(held->home);
        if (!owner) return false;
        People people(database, site);
        with_people(people, [&] {
            dropped = store::in_home(database, held->home, [&](store::HomeTransaction& in) {
                return drop_held(in, *owner, people, held->uid, time);
            });
        });
    } else if (const auto mail = store::find_outgoing(database, id); mail && may(mail->home)) {
        dropped = store::in_home(database, mail->home, [&](store::HomeTransaction& in) {
            if (!in.drop_mail(id, time)) return false;
            log_dropped(in, mail->uid, method_of(*mail), mail->recipient, id, time);
            write_status(in, mail->uid, method_of(*mail),
                         {{itip::canonical(mail->recipient), std::string(status::not_completed)}});
            return true;
        });
    }
    return dropped;
}

void complete(store::Database& database, store::OutboxMail& mail) {
    if (method_of(mail) != Method::request) return;
    if (mail.message.find("\nRECURRENCE-ID") == std::string::npos) return;  // most are so
    if (itip::Series(mail.message).master() != nullptr) return;
    const auto placed = store::find_scheduled(database, mail.home, mail.uid);
    if (!placed) return;
    const auto statuses = itip::statuses_in(placed->object.data);
    const auto last = statuses.find(itip::canonical(mail.recipient));
    const bool missed = last != statuses.end() && itip::is_failure(last->second);
    if (mail.known && !missed) return;
    const auto held = store::find_hold(database, mail.home, mail.uid);  // a change that is not over
    const auto& object = held && held->known ? *held->known : placed->object.data;
    if (auto whole = itip::request_for(object, mail.recipient, this_moment()))
        mail.message = whole->data;
}

bool is_known(const store::OutboxMail& mail) {
    return !mail.forced && mail.known && substance(*mail.known) == substance(mail.message);
}

void write_status(store::HomeTransaction& transaction, std::string_view uid, Method method,
                  const itip::Statuses& statuses) {
    if (statuses.empty()) return;
    const auto placed = transaction.find_uid(uid);
    if (!placed) return;
    const auto& present = placed->object;
    auto data = itip::with_statuses(present.data,
                                    is_answer(method) ? Role::attendee : Role::organizer, statuses);
    if (data == present.data) return;
    auto row = stored_form(std::move(data));
    row.collection = placed->collection;
    row.name = present.name;
    row.schedule_tag = present.schedule_tag;
    const auto outcome = transaction.put(std::move(row));
    if (outcome.wrote != store::Wrote::replaced && outcome.wrote != store::Wrote::unchanged)
        throw std::runtime_error("the status of a delivery could not be stored");
}

void settle(store::Database& database, const SentMail& sent, std::int64_t time) {
    constexpr std::int64_t patience = 15;
    store::settle_mail(database, sent.mail,
                       {.home = sent.mail.home,
                        .at = time,
                        .mail = sent.mail.id,
                        .incoming = false,
                        .method = sent.mail.method,
                        .uid = sent.mail.uid,
                        .address = itip::mail_of(sent.mail.recipient),
                        .message_id = sent.message_id,
                        .verdict = sent.verdict,
                        .why = sent.why},
                       sent.status, sent.handed_on, patience);
}

void write_statuses(store::Database& database, std::span<const SentMail> sent) {
    if (sent.empty()) return;
    const auto& first = sent.front().mail;
    store::in_home(database, first.home, [&](store::HomeTransaction& transaction) {
        itip::Statuses to_attendees;
        itip::Statuses to_organizer;
        for (const auto& each : sent)
            // Else somebody has said more since: a report, or who has dropped a later message.
            if (transaction.told(each.mail.id, itip::mail_of(each.mail.recipient)))
                (is_answer(method_of(each.mail)) ? to_organizer : to_attendees)
                    .insert_or_assign(itip::canonical(each.mail.recipient), each.status);
        write_status(transaction, first.uid, Method::request, to_attendees);
        write_status(transaction, first.uid, Method::reply, to_organizer);
        return true;
    });
}

}  // namespace kalends::sched
