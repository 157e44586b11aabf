#include "sched/receive.hpp"

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "directory/rights.hpp"
#include "ical/digest.hpp"
#include "itip/attendee.hpp"
#include "itip/meeting.hpp"
#include "itip/organizer.hpp"
#include "itip/receive.hpp"
#include "itip/series.hpp"
#include "sched/default_calendar.hpp"
#include "sched/people.hpp"
#include "sched/rooms.hpp"
#include "sched/schedule_changes.hpp"
#include "sched/stored_form.hpp"

#include <algorithm>
#include <array>

namespace kalends::sched {
namespace {

using store::CollectionKind;
using store::Delivery;

/// A reply may name people whom nobody has looked up, and the meeting may change meanwhile.
constexpr int attempts = 5;

/// The component that a message is about.
std::string component_of(const ical::Component& calendar) {
    for (const auto& each : calendar.components)
        if (each.name != "VTIMEZONE") return each.name;
    return "VEVENT";
}

/// A message as an item of an inbox: it keeps its METHOD, and has no UID of its own there, since
/// several may tell of one meeting.
store::PutObject inbox_item(const std::string& message) {
    constexpr std::size_t random = 16;
    const auto calendar = ical::parse(message);
    ical::Budget budget;
    auto digest = ical::digest(calendar, budget);
    store::PutObject item;
    item.name = text::to_hex(hash::random_bytes(random)) + ".ics";
    item.component = component_of(calendar);
    item.etag = hash::fingerprint(message);
    item.digest = std::move(digest.text);
    item.data = message;
    return item;
}

bool is_from_attendee(std::string_view method) {
    return method == "REPLY" || method == "COUNTER" || method == "REFRESH";
}

bool answers_by_itself(const store::Principal& principal) {
    return principal.kind == store::PrincipalKind::location ||
           principal.kind == store::PrincipalKind::resource;
}

/// How this one is answered.
store::Booking booking_for(store::Database& database, const store::Principal& organizer,
                           const store::Principal& invited) {
    if (!answers_by_itself(invited)) return {};
    auto booking = store::booking(database, invited.id);
    if (booking.group && std::ranges::count(organizer.groups, booking.group->id) > 0)
        booking.acceptance = store::Acceptance::when_free;
    return booking;
}

/// One transaction of the recipient's home.
class Reception {
public:
    Reception(store::HomeTransaction& transaction, const Site& site, const store::HomePtr& sender,
              const store::HomePtr& home, const store::Booking& booking, const People& people)
        : transaction_(transaction), site_(site), sender_(sender), home_(home), booking_(booking),
          people_(people), me_(addresses_of(home->principal)), moment_(this_moment()) {}

    void apply(const Delivery& delivery) {
        me_.add(delivery.recipient);  // it was found to be ours when it was sent, whatever its tag
        const auto placed = transaction_.find_uid(delivery.uid);
        try {
            if (delivery.method.empty())
                refresh(delivery, placed);
            else if (is_from_attendee(delivery.method))
                from_attendee(delivery, placed);
            else
                from_organizer(delivery, placed);
        } catch (const itip::Refused& refused) {
            dropped(delivery, refused.what());
        } catch (const ical::ParseError& error) {
            dropped(delivery, error.what());
        } catch (const ical::ValueError& error) {
            dropped(delivery, error.what());
        }
    }

    std::vector<Hop> next;
    std::vector<std::string> unlearnt;  ///< addresses that must be known before it can be done

private:
    void from_organizer(const Delivery& delivery, const std::optional<store::Placed>& placed) {
        if (is_automatic()) return for_room(delivery, placed);
        auto received =
            itip::receive_from_organizer(delivery.message, data_of(placed), me_, moment_);
        if (received.outcome == itip::Outcome::stored) {
            if (answers_by_itself(home_->principal)) answer(delivery, received.data);
            put(placed, received.data, received.worth_telling);
        } else if (received.outcome == itip::Outcome::removed && placed) {
            remove(*placed);
        }
        if (received.worth_telling)
            tell(delivery, {.created = !placed, .changes = std::move(received.changes)});
    }

    /// What the organizer's object says now, whole: a room's answer to one instance depends on the
    /// others. Nobody reads what it is told, and what is cancelled is free again.
    void for_room(const Delivery& delivery, const std::optional<store::Placed>& placed) {
        const auto organizers = transaction_.peek(delivery.from, delivery.uid);
        const auto request = organizers
                                 ? itip::request_for(organizers->data, delivery.recipient, moment_)
                                 : std::nullopt;
        if (!request || is_all_cancelled(request->data.str())) {
            if (placed && is_of(delivery, *placed)) remove(*placed);
            return;
        }
        const auto whole = request->data.str();
        auto present = placed ? placed->object.data : std::string();
        if (placed && is_of(delivery, *placed)) present = instances_in(whole, present);
        auto received = itip::receive_from_organizer(
            whole, present.empty() ? std::nullopt : std::optional<std::string_view>{present}, me_,
            moment_);
        auto data = received.outcome == itip::Outcome::stored ? received.data : present;
        if (data.empty()) {  // of what is left the room has declined all
            if (placed) remove(*placed);
            return;
        }
        answer(delivery, data);
        put(placed, data, true);
        if (is_undecided(data) && !is_over(*home_, data, moment_.now))  // somebody has to
            tell(delivery, {.created = !placed, .changes = std::move(received.changes)});
    }

    /// `present` without the components that the whole meeting has not: of a room that is in some
    /// instances only the others are free again. Empty where nothing is left.
    static std::string instances_in(std::string_view whole, const std::string& present) {
        const itip::Series meeting(whole);
        if (meeting.master() != nullptr) return present;
        itip::Series mine(present);
        mine.remove_if([&](const std::optional<itip::InstanceKey>& key, const ical::Part&) {
            return !key || meeting.override_of(*key) == nullptr;
        });
        return mine.components().empty() ? std::string() : mine.text();
    }

    static std::optional<std::string_view> data_of(const std::optional<store::Placed>& placed) {
        return placed ? std::optional<std::string_view>{placed->object.data} : std::nullopt;
    }

    /// Whether it is the organizer of what is there who speaks.
    [[nodiscard]] bool is_of(const Delivery& delivery, const store::Placed& placed) const {
        const auto meeting = itip::meeting_of(ical::parse(placed.object.data));
        auto sender = addresses_of(sender_->principal);
        sender.add(delivery.sender);
        return sender.contains(meeting.organizer);
    }

    static bool is_all_cancelled(const std::string& object) {
        return std::ranges::all_of(ical::parse(object).components, [](const ical::Component& each) {
            return each.name == "VTIMEZONE" || itip::is_cancelled(each);
        });
    }

    [[nodiscard]] bool is_undecided(const std::string& data) const {
        const auto calendar = ical::parse(data);
        return std::ranges::any_of(calendar.components, [this](const ical::Component& component) {
            return std::ranges::any_of(component.properties, [this](const ical::Property& line) {
                const auto* partstat = line.parameter("PARTSTAT");
                return line.name == "ATTENDEE" && me_.contains(line.value) &&
                       (partstat == nullptr || *partstat == "NEEDS-ACTION");
            });
        });
    }

    /// Whether nobody reads what such a room is told.
    [[nodiscard]] bool is_automatic() const {
        return answers_by_itself(home_->principal) &&
               booking_.acceptance != store::Acceptance::never &&
               booking_.acceptance != store::Acceptance::manual;
    }

    /// A room says at once whether it can be had.
    void answer(const Delivery& delivery, std::string& data) {
        const auto answers =
            answers_of_room(transaction_, *home_, booking_, data, me_, moment_.now);
        if (answers.empty()) return;
        auto attended = itip::answer(data, me_, answers, moment_);
        data = std::move(attended.data);
        if (attended.reply) reply(delivery, *attended.reply, data);
    }

    void reply(const Delivery& to, const itip::Message& message, std::string& data) {
        const auto inbox = sender_->scheduling(CollectionKind::inbox);
        const bool allowed = inbox && (directory::rights_of(&home_->principal, *sender_, *inbox) &
                                       access::schedule_deliver_reply) != 0;
        data = itip::with_statuses(data, itip::Role::attendee,
                                   {{itip::canonical(to.sender), allowed ? "1.2" : "3.8"}});
        if (!allowed) return;
        send_back(to, message);
    }

    void from_attendee(const Delivery& delivery, const std::optional<store::Placed>& placed) {
        if (!placed) return dropped(delivery, "there is no such meeting");
        auto sender = addresses_of(sender_->principal);
        sender.add(delivery.sender);
        auto received =
            itip::receive_from_attendee(delivery.message, placed->object.data, sender, moment_);
        const bool stored = received.outcome == itip::Outcome::stored;
        if (stored) {
            invite_delegates(delivery, placed->object.data, received.data);
            put(placed, received.data, false);
        }
        if (stored || received.tell_sender)
            tell_others(delivery, stored ? received.data : placed->object.data,
                        received.tell_sender);
        if (received.worth_telling)
            tell(delivery, {.attendee = itip::with_plain_scheme(delivery.sender),
                            .changes = std::move(received.changes)});
        if (delivery.method == "REFRESH") resend(delivery, placed->object.data);
    }

    /// Whom a reply has brought into the meeting knows nothing of it yet: RFC 5546 3.2.2.3 has the
    /// delegator tell, whose client can't where the server schedules.
    void invite_delegates(const Delivery& delivery, const std::string& before, std::string& after) {
        itip::Addresses invited;
        for (const auto& each : itip::meeting_of(ical::parse(before)).attendees)
            invited.add(each.address);
        itip::Statuses statuses;
        for (const auto& each : itip::meeting_of(ical::parse(after)).attendees) {
            if (each.agent != itip::Agent::server || invited.contains(each.address)) continue;
            const auto* person = people_.find(each.address);
            if (person == nullptr)
                unlearnt.push_back(each.address);
            else
                statuses.insert_or_assign(
                    itip::canonical(each.address),
                    std::string(invite(delivery, *person, each.address, after)));
        }
        if (!statuses.empty()) after = itip::with_statuses(after, itip::Role::organizer, statuses);
    }

    /// The status of the delivery. RFC 6638 3.2.9.
    std::string_view invite(const Delivery& reply, const Person& person, const std::string& address,
                            const std::string& object) {
        const auto request = itip::request_for(object, address, moment_);
        if (!request) return status::invalid_user;
        const auto verdict = delivery_status(site_, home_->principal, person, itip::Method::request);
        if (verdict == status::pending)
            transaction_.send(store::OutgoingMail{.method = "REQUEST",
                                                  .uid = reply.uid,
                                                  .sender = reply.recipient,
                                                  .recipient = address,
                                                  .message = request->data,
                                                  .reason = "invited"});
        if (verdict != status::delivered) return verdict;
        const auto to = person.home->principal.id;
        transaction_.send(Delivery{.to = to,
                                   .method = "REQUEST",
                                   .uid = reply.uid,
                                   .sender = reply.recipient,
                                   .recipient = address,
                                   .message = request->data});
        next.push_back({home_->principal.id, to, reply.uid});
        return verdict;
    }

    /// Whoever asks what the meeting is like is told. RFC 5546 3.2.6.
    void resend(const Delivery& to, const std::string& object) {
        const auto request = itip::request_for(object, to.sender, moment_);
        if (request) send_back(to, *request);
    }

    void send_back(const Delivery& to, const itip::Message& message) {
        transaction_.send(Delivery{.to = sender_->principal.id,
                                   .method = std::string(name_of(message.method)),
                                   .uid = to.uid,
                                   .sender = to.recipient,
                                   .recipient = to.sender,
                                   .message = message.data});
        next.push_back({home_->principal.id, sender_->principal.id, to.uid});
    }

    /// Everybody's copy shows who comes; the sender knows, unless his was older than his answer.
    void tell_others(const Delivery& delivery, const std::string& object, bool sender_too) {
        const auto meeting = itip::meeting_of(ical::parse(object));
        std::vector<std::pair<store::PrincipalId, std::string>> others;
        for (const auto& attendee : meeting.attendees) {
            const auto* person = people_.find(attendee.address);
            if (person == nullptr) unlearnt.push_back(attendee.address);
            if (attendee.agent != itip::Agent::server || person == nullptr || !person->home)
                continue;
            const auto to = person->home->principal.id;
            if (to == home_->principal.id || (to == delivery.from && !sender_too)) continue;
            others.emplace_back(to, attendee.address);
            next.push_back({home_->principal.id, to, delivery.uid});
        }
        transaction_.refresh(delivery.uid, delivery.recipient, others);
    }

    /// Only other people's answers: a change of the meeting itself comes as a message, which is on
    /// its way if it isn't here yet.
    void refresh(const Delivery& delivery, const std::optional<store::Placed>& placed) {
        const auto organizers = transaction_.peek(delivery.from, delivery.uid);
        if (!placed || !organizers) return;
        const auto request = itip::request_for(organizers->data, delivery.recipient, moment_);
        if (!request) return;
        auto received =
            itip::receive_from_organizer(request->data.str(), placed->object.data, me_, moment_);
        if (received.outcome == itip::Outcome::stored &&
            itip::tell_of_answers_alone(received.changes))
            put(placed, received.data, false);
    }

    void put(const std::optional<store::Placed>& placed, const std::string& data,
             bool consequential) {
        auto object = stored_form(data);
        object.schedule_tag =
            placed && !consequential ? placed->object.schedule_tag : new_schedule_tag();
        if (placed) {
            object.collection = placed->collection;
            object.name = placed->object.name;
        } else {
            const auto calendar = default_calendar(*home_, store::component_bit(object.component));
            if (!calendar) throw std::runtime_error("there is no calendar for an invitation");
            object.collection = calendar->id;
            object.name = hash::fingerprint(object.uid) + ".ics";
        }
        auto outcome = transaction_.put(object);
        if (outcome.wrote == store::Wrote::uid_conflict && !outcome.conflicting_name.empty()) {
            make_room(object, outcome.conflicting_name);
            outcome = transaction_.put(object);
        }
        if (outcome.wrote != store::Wrote::created && outcome.wrote != store::Wrote::replaced &&
            outcome.wrote != store::Wrote::unchanged)
            throw std::runtime_error("an invitation could not be stored");
    }

    /// For an object with a UID that another has, which does not take part in scheduling. What its
    /// client stored from a mail perhaps is replaced; what is somebody's own is kept.
    void make_room(store::PutObject& object, const std::string& name) {
        const auto present = transaction_.find(object.collection, name);
        if (!present) return;
        const auto organizer = itip::meeting_of(ical::parse(present->data)).organizer;
        if (organizer.empty()) return set_aside(object.collection, *present);
        const auto ours = itip::meeting_of(ical::parse(object.data)).organizer;
        if (itip::canonical(organizer) != itip::canonical(ours))
            throw itip::Refused(itip::Rule::valid_message, "somebody else's event has the UID");
        object.name = name;
    }

    /// Gives an object another UID, and with it another name: a client takes it for a new one.
    void set_aside(store::CollectionId collection, const store::Object& object) {
        constexpr std::size_t random = 16;
        const auto id = text::to_hex(hash::random_bytes(random));
        auto calendar = ical::parse_document(object.data);
        for (auto& component : calendar.parts)
            if (component.line("UID") != nullptr) component.set("UID", hash::as_uuid(id));
        remove({collection, object});
        auto copy = stored_form(ical::to_text(calendar));
        copy.collection = collection;
        copy.name = id + ".ics";
        (void)transaction_.put(std::move(copy));
    }

    void remove(const store::Placed& placed) {
        const auto outcome = transaction_.erase({.home = home_->principal.id,
                                                 .collection = placed.collection,
                                                 .name = placed.object.name,
                                                 .preconditions = {}});
        if (outcome.wrote != store::Wrote::deleted)  // it has just been moved: tried again
            throw std::runtime_error("a meeting that is to go could not be deleted");
    }

    void tell(const Delivery& delivery, Applied applied) {
        const auto inbox = home_->scheduling(CollectionKind::inbox);
        if (!inbox) return;
        auto item = inbox_item(delivery.message);
        item.collection = inbox->id;
        applied.method = itip::method_named(delivery.method).value_or(itip::Method::request);
        if (auto changes = schedule_changes(applied, moment_.now))
            item.properties.push_back({.ns = std::string(schedule_changes_property.ns),
                                       .local = std::string(schedule_changes_property.local),
                                       .xml = std::move(*changes),
                                       .text = {}});
        (void)transaction_.put(std::move(item));
    }

    static void dropped(const Delivery& delivery, std::string_view why) {
        log(Level::warning, "schedule.dropped",
            {{"method", delivery.method.empty() ? "refresh" : delivery.method},
             {"uid", delivery.uid},
             {"from", delivery.sender},
             {"to", delivery.recipient},
             {"why", std::string(why)}});
    }

    store::HomeTransaction& transaction_;
    const Site& site_;
    const store::HomePtr& sender_;
    const store::HomePtr& home_;
    const store::Booking& booking_;
    const People& people_;
    itip::Addresses me_;
    itip::Moment moment_;
};

std::vector<std::string> attendees_of(const store::Placed& placed) {
    std::vector<std::string> addresses;
    for (const auto& attendee : itip::meeting_of(ical::parse(placed.object.data)).attendees)
        addresses.push_back(attendee.address);
    return addresses;
}

/// Who takes part in the meeting of the home, so that the transaction need not ask.
void learn_attendees(store::Database& database, const Hop& hop, People& people) {
    if (const auto placed = store::find_scheduled(database, hop.to, hop.uid))
        people.learn(attendees_of(*placed));
}

/// What one of many has to do.
struct Task {
    std::size_t place;  // among those that were given
    store::HomePtr sender;
    store::HomePtr home;
    bool has_answers = false;
};

/// Those to whom all that waits can be applied without more questions, as far as their messages are
/// not too much for one transaction.
std::vector<Task> ordinary(store::Database& database, std::span<const Hop> hops) {
    constexpr std::int64_t most_bytes = 8 << 20;
    const auto waiting = store::look_at(database, hops);
    std::vector<Task> tasks;
    tasks.reserve(hops.size());
    std::int64_t bytes = 0;
    for (std::size_t i = 0; i < hops.size(); ++i) {
        if (bytes + waiting[i].bytes > most_bytes) continue;
        Task task{.place = i,
                  .sender = database.home(hops[i].from),
                  .home = database.home(hops[i].to),
                  .has_answers = waiting[i].has_answers};
        if (!task.sender || !task.home || answers_by_itself(task.home->principal)) continue;
        bytes += waiting[i].bytes;
        tasks.push_back(std::move(task));
    }
    return tasks;
}

/// The attendees of meetings that are answered: their copies will show it. Before the transaction:
/// who holds locks waits for no other connection.
void learn_attendees(store::Database& database, std::span<const Hop> hops,
                     const std::vector<Task>& tasks, People& people) {
    std::vector<Hop> answered;
    for (const auto& task : tasks)
        if (task.has_answers) answered.push_back(hops[task.place]);
    std::vector<std::string> addresses;
    for (const auto& placed : store::find_scheduled(database, answered))
        for (auto& address : attendees_of(placed)) addresses.push_back(std::move(address));
    people.learn(addresses);
}

}  // namespace

itip::Moment this_moment() {
    return {.now = std::chrono::floor<std::chrono::seconds>(clock::now())};
}

std::string new_schedule_tag() {
    constexpr std::size_t random = 8;
    return text::to_hex(hash::random_bytes(random));
}

std::vector<Hop> receive(store::Database& database, const Hop& hop, const Site& site) {
    const auto sender = database.home(hop.from);
    const auto home = database.home(hop.to);
    if (!sender || !home) {
        store::drop(database, hop);
        return {};
    }
    const auto booking = booking_for(database, sender->principal, home->principal);
    People people(database, site);
    learn_attendees(database, hop, people);
    for (int attempt = 1; attempt <= attempts; ++attempt) {
        std::vector<Hop> next;
        std::vector<std::string> unlearnt;
        store::in_home(database, hop.to, [&](store::HomeTransaction& transaction) {
            Reception reception(transaction, site, sender, home, booking, people);
            const auto waiting = transaction.take(hop.from, hop.uid);
            for (const auto& delivery : waiting) reception.apply(delivery);
            unlearnt = std::move(reception.unlearnt);
            next = std::move(reception.next);
            return !waiting.empty() && unlearnt.empty();
        });
        if (unlearnt.empty()) return next;
        people.learn(unlearnt);
    }
    throw std::runtime_error("the attendees of a meeting can't be found out");
}

std::vector<std::optional<std::vector<Hop>>>
receive_together(store::Database& database, std::span<const Hop> hops, const Site& site) {
    const auto tasks = ordinary(database, hops);
    std::vector<Hop> chosen;
    chosen.reserve(tasks.size());
    for (const auto& task : tasks) chosen.push_back(hops[task.place]);

    std::vector<std::optional<std::vector<Hop>>> next(hops.size());
    People people(database, site);
    learn_attendees(database, hops, tasks, people);
    const store::Booking none;
    const auto done = store::in_homes(database, chosen, [&](std::deque<store::OpenHop>& open) {
        for (auto& [index, transaction] : open) {
            const auto& task = tasks[index];
            Reception reception(transaction, site, task.sender, task.home, none, people);
            for (const auto& delivery : transaction.take(chosen[index].from, chosen[index].uid))
                reception.apply(delivery);
            if (!reception.unlearnt.empty()) throw store::Undone("somebody is not known");
            next[task.place] = std::move(reception.next);
        }
    });
    for (std::size_t i = 0; i < done.size(); ++i)
        if (!done[i]) next[tasks[i].place].reset();
    return next;
}

}  // namespace kalends::sched
