#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/percent.hpp"
#include "base/text.hpp"
#include "directory/rights.hpp"
#include "ical/digest.hpp"
#include "ical/validate.hpp"
#include "itip/attendee.hpp"
#include "itip/meeting.hpp"
#include "itip/organizer.hpp"
#include "itip/receive.hpp"
#include "itip/series.hpp"
#include "sched/default_calendar.hpp"
#include "sched/people.hpp"
#include "sched/receive.hpp"
#include "sched/reception_private.hpp"
#include "sched/rooms.hpp"
#include "sched/silence.hpp"
#include "sched/stored_form.hpp"
#include "xml/writer.hpp"

#include <algorithm>
#include <array>

namespace kalends::sched {
namespace {

using store::CollectionKind;
using store::Delivery;

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

}  // namespace

bool answers_by_itself(const store::Principal& principal) {
    return principal.kind == store::PrincipalKind::location ||
           principal.kind == store::PrincipalKind::resource;
}

void Reception::apply(const Delivery& delivery) {
    me_.add(delivery.recipient);  // it was found to be ours when it was sent, whatever its tag
    const auto placed = transaction_.find_uid(delivery.uid);
    try {
        if (delivery.method.empty())
            refresh(delivery, placed);
        else if (is_from_attendee(delivery.method))
            from_attendee(delivery, placed);
        else
            from_organizer(delivery, placed);
    } catch (const itip::Refused& error) {
        dropped(delivery, error.what());
    } catch (const ical::ObjectError& error) {
        dropped(delivery, error.what());
    } catch (const ical::ParseError& error) {
        dropped(delivery, error.what());
    } catch (const ical::ValueError& error) {
        dropped(delivery, error.what());
    }
}

void Reception::from_organizer(const Delivery& delivery,
                               const std::optional<store::Placed>& placed) {
    if (is_automatic() && sender_) return for_room(delivery, placed);
    auto received = itip::receive_from_organizer(delivery.message, data_of(placed), me_, moment_);
    if (received.outcome == itip::Outcome::stored) {
        if (answers_by_itself(home_->principal)) answer(delivery, received.data);
        put(placed, received.data, received.worth_telling);
    } else if (received.outcome == itip::Outcome::removed && placed) {
        remove(*placed);
    }
    if (received.worth_telling)
        tell(delivery, {.created = !placed, .changes = std::move(received.changes)});
}

void Reception::for_room(const Delivery& delivery, const std::optional<store::Placed>& placed) {
    const auto organizers = transaction_.peek(delivery.from, delivery.uid);
    const auto request = organizers
                             ? itip::request_for(organizers->data, delivery.recipient, moment_)
                             : std::nullopt;
    if (!request || itip::is_all_cancelled(ical::parse(request->data.str()))) {
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

std::string Reception::instances_in(std::string_view whole, const std::string& present) {
    const itip::Series meeting(whole);
    if (meeting.master() != nullptr) return present;
    itip::Series mine(present);
    mine.remove_if([&](const std::optional<itip::InstanceKey>& key, const ical::Part&) {
        return !key || meeting.override_of(*key) == nullptr;
    });
    return mine.components().empty() ? std::string() : mine.text();
}

std::optional<std::string_view> Reception::data_of(const std::optional<store::Placed>& placed) {
    return placed ? std::optional<std::string_view>{placed->object.data} : std::nullopt;
}

bool Reception::is_of(const Delivery& delivery, const store::Placed& placed) const {
    const auto meeting = itip::meeting_of(ical::parse(placed.object.data));
    return sender_of(delivery).contains(meeting.organizer);
}

bool Reception::is_undecided(const std::string& data) const {
    const auto calendar = ical::parse(data);
    return std::ranges::any_of(calendar.components, [this](const ical::Component& component) {
        return std::ranges::any_of(component.properties, [this](const ical::Property& line) {
            const auto* partstat = line.parameter("PARTSTAT");
            return line.name == "ATTENDEE" && me_.contains(line.value) &&
                   (partstat == nullptr || *partstat == "NEEDS-ACTION");
        });
    });
}

bool Reception::is_automatic() const {
    return answers_by_itself(home_->principal) && booking_.acceptance != store::Acceptance::never &&
           booking_.acceptance != store::Acceptance::manual;
}

void Reception::answer(const Delivery& delivery, std::string& data) {
    const auto answers = answers_of_room(transaction_, *home_, booking_, data, me_, moment_.now);
    if (answers.empty()) return;
    auto attended = itip::answer(data, me_, answers, moment_);
    data = std::move(attended.data);
    if (attended.reply) reply(delivery, *attended.reply, data);
}

void Reception::reply(const Delivery& to, const itip::Message& message, std::string& data) {
    if (!sender_) {
        const auto status = site_.sends_mail ? status::pending : status::no_way;
        data = itip::with_statuses(data, itip::Role::attendee,
                                   {{itip::canonical(to.sender), std::string(status)}});
        if (site_.sends_mail) mail(to, message, "answer");
        return;
    }
    const auto inbox = sender_->scheduling(CollectionKind::inbox);
    const bool allowed = inbox && (directory::rights_of(&home_->principal, *sender_, *inbox) &
                                   access::schedule_deliver_reply) != 0;
    data = itip::with_statuses(data, itip::Role::attendee,
                               {{itip::canonical(to.sender), allowed ? "1.2" : "3.8"}});
    if (!allowed) return;
    send_back(to, message);
}

void Reception::from_attendee(const Delivery& delivery,
                              const std::optional<store::Placed>& placed) {
    if (!placed) return dropped(delivery, "there is no such meeting");
    const auto sender = sender_of(delivery);
    auto received =
        itip::receive_from_attendee(delivery.message, placed->object.data, sender, moment_);
    const bool stored = received.outcome == itip::Outcome::stored;
    const auto calendar = home_->find(placed->collection);
    const bool silent = calendar && is_silent(*calendar);
    if (stored) {
        if (!silent) invite_delegates(delivery, placed->object.data, received.data);
        put(placed, received.data, false);
    }
    if (stored || received.tell_sender)
        tell_others(delivery, stored ? received.data : placed->object.data, received.tell_sender);
    if (received.worth_telling)
        tell(delivery, {.attendee = itip::with_plain_scheme(delivery.sender),
                        .changes = std::move(received.changes)});
    if (delivery.method == "REFRESH" && !silent) resend(delivery, placed->object.data);
}

void Reception::invite_delegates(const Delivery& delivery, const std::string& before,
                                 std::string& after) {
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
            statuses.insert_or_assign(itip::canonical(each.address),
                                      std::string(invite(delivery, *person, each.address, after)));
    }
    if (!statuses.empty()) after = itip::with_statuses(after, itip::Role::organizer, statuses);
}

std::string_view Reception::invite(const Delivery& reply, const Person& person,
                                   const std::string& address, const std::string& object) {
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

void Reception::resend(const Delivery& to, const std::string& object) {
    const auto request = itip::request_for(object, to.sender, moment_);
    if (request) send_back(to, *request);
}

void Reception::mail(const Delivery& to, const itip::Message& message, std::string_view reason) {
    transaction_.send(store::OutgoingMail{.method = std::string(name_of(message.method)),
                                          .uid = to.uid,
                                          .sender = to.recipient,
                                          .recipient = to.sender,
                                          .message = message.data,
                                          .reason = std::string(reason),
                                          .forced = true});
}

itip::Addresses Reception::sender_of(const Delivery& delivery) const {
    auto sender = sender_ ? addresses_of(sender_->principal) : itip::Addresses{};
    sender.add(delivery.sender);
    return sender;
}

void Reception::send_back(const Delivery& to, const itip::Message& message) {
    if (!sender_) {
        if (site_.sends_mail) mail(to, message, "asked for");
        return;
    }
    transaction_.send(Delivery{.to = sender_->principal.id,
                               .method = std::string(name_of(message.method)),
                               .uid = to.uid,
                               .sender = to.recipient,
                               .recipient = to.sender,
                               .message = message.data});
    next.push_back({home_->principal.id, sender_->principal.id, to.uid});
}

void Reception::tell_others(const Delivery& delivery, const std::string& object, bool sender_too) {
    const auto meeting = itip::meeting_of(ical::parse(object));
    std::vector<std::pair<store::PrincipalId, std::string>> others;
    for (const auto& attendee : meeting.attendees) {
        const auto* person = people_.find(attendee.address);
        if (person == nullptr) unlearnt.push_back(attendee.address);
        if (attendee.agent != itip::Agent::server || person == nullptr || !person->home) continue;
        const auto to = person->home->principal.id;
        if (to == home_->principal.id || (to == delivery.from && !sender_too)) continue;
        others.emplace_back(to, attendee.address);
        next.push_back({home_->principal.id, to, delivery.uid});
    }
    transaction_.refresh(delivery.uid, delivery.recipient, others);
}

void Reception::refresh(const Delivery& delivery, const std::optional<store::Placed>& placed) {
    const auto organizers = transaction_.peek(delivery.from, delivery.uid);
    if (!placed || !organizers) return;
    const auto request = itip::request_for(organizers->data, delivery.recipient, moment_);
    if (!request) return;
    auto received =
        itip::receive_from_organizer(request->data.str(), placed->object.data, me_, moment_);
    if (received.outcome == itip::Outcome::stored && itip::tell_of_answers_alone(received.changes))
        put(placed, received.data, false);
}

void Reception::put(const std::optional<store::Placed>& placed, const std::string& data,
                    bool consequential) {
    // What is sent by somebody here a PUT has accepted.
    if (!sender_) (void)ical::accept(data);
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
    applied = true;
}

void Reception::make_room(store::PutObject& object, const std::string& name) {
    const auto present = transaction_.find(object.collection, name);
    if (!present) return;
    const auto organizer = itip::meeting_of(ical::parse(present->data)).organizer;
    if (organizer.empty()) return set_aside(object.collection, *present);
    const auto ours = itip::meeting_of(ical::parse(object.data)).organizer;
    if (itip::canonical(organizer) != itip::canonical(ours))
        throw itip::Refused(itip::Rule::valid_message, "somebody else's event has the UID");
    object.name = name;
}

void Reception::set_aside(store::CollectionId collection, const store::Object& object) {
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

void Reception::remove(const store::Placed& placed) {
    const auto outcome = transaction_.erase({.home = home_->principal.id,
                                             .collection = placed.collection,
                                             .name = placed.object.name,
                                             .preconditions = {}});
    if (outcome.wrote != store::Wrote::deleted)  // it has just been moved: tried again
        throw std::runtime_error("a meeting that is to go could not be deleted");
    applied = true;
}

void Reception::tell(const Delivery& delivery, Applied what) {
    std::vector<store::StoredProperty> properties;
    what.method = itip::method_named(delivery.method).value_or(itip::Method::request);
    if (auto changes = schedule_changes(what, moment_.now))
        properties.push_back({.ns = std::string(schedule_changes_property.ns),
                              .local = std::string(schedule_changes_property.local),
                              .xml = std::move(*changes),
                              .text = {}});
    put_in_inbox(delivery, std::move(properties));
    applied = true;
}

void Reception::keep(const Delivery& delivery, std::string_view why) {
    std::string element;
    xml::Writer writer{element};
    writer.open(not_applied_property, {{"xmlns:K", not_applied_property.ns}});
    writer.text(why);
    writer.close(not_applied_property);
    put_in_inbox(delivery, {{.ns = std::string(not_applied_property.ns),
                             .local = std::string(not_applied_property.local),
                             .xml = std::move(element),
                             .text = std::string(why)}});
}

void Reception::put_in_inbox(const Delivery& delivery,
                             std::vector<store::StoredProperty> properties) {
    const auto inbox = home_->scheduling(CollectionKind::inbox);
    if (!inbox) return;
    auto item = inbox_item(delivery.message);
    item.collection = inbox->id;
    item.properties = std::move(properties);
    (void)transaction_.put(std::move(item));
}

void Reception::dropped(const Delivery& delivery, std::string_view why) {
    refused = why;
    log(Level::warning, "schedule.dropped",
        {{"method", delivery.method.empty() ? "refresh" : delivery.method},
         {"uid", delivery.uid},
         {"from", delivery.sender},
         {"to", delivery.recipient},
         {"why", std::string(why)}});
}

}  // namespace kalends::sched
