#include "sched/arrivals.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"
#include "ical/budget.hpp"
#include "ical/validate.hpp"
#include "sched/bounce_address.hpp"
#include "sched/contacts.hpp"
#include "sched/letter.hpp"
#include "sched/mail_delivery.hpp"
#include "sched/mail_probe.hpp"
#include "sched/outgoing.hpp"
#include "sched/participants.hpp"
#include "sched/receive.hpp"
#include "sched/reception_private.hpp"
#include "store/mail_probes.hpp"
#include "store/scheduling.hpp"

#include <algorithm>

namespace kalends::sched {
namespace {

using Deed = MailVerdict::Deed;
using itip::Method;

constexpr std::int64_t an_hour = 3600;

/// What a report is about.
struct BounceAddress {
    std::int64_t number = 0;  ///< of the message
    std::string token;        ///< with which its Message-ID begins
};

/// Whose mail it is: the account of the mailbox, or who has the address.
store::HomePtr owner_of(store::Database& database, const ArrivedMail& mail) {
    if (!mail.login.empty())
        if (auto home = directory::find(database, mail.login)) return home;
    const Site nowhere;
    People people(database, nowhere);
    const auto address = "mailto:" + mail.recipient;
    people.learn({address});
    const auto* person = people.find(address);
    return person == nullptr ? nullptr : person->home;
}

/// The age of a CANCEL of the whole meeting by its organizer, be it here or not; empty of others.
std::string cancelled_by(const MailedObject& object, const MailVerdict& verdict) {
    const bool is_organizers_word =
        verdict.deed == Deed::apply || verdict.word == "unknown meeting";
    return object.method == Method::cancel && object.is_whole && is_organizers_word ? object.age
                                                                                    : "";
}

/// For the log and for properties: UTF-8 without controls, not too long.
std::string tidy(std::string_view text) {
    constexpr std::size_t longest = 500;
    auto kept = text.substr(0, longest);
    constexpr auto is_continuation = [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    };
    if (kept.size() < text.size() && is_continuation(text[kept.size()])) {
        while (!kept.empty() && is_continuation(kept.back())) kept.remove_suffix(1);
        if (!kept.empty()) kept.remove_suffix(1);
    }
    return text::is_utf8(kept) ? text::printable(kept, 4 * longest) : std::string("(not readable)");
}

/// Of "17-1a2b3c4d".
std::optional<BounceAddress> bounce_of(std::string_view tag) {
    const auto dash = tag.find('-');
    const auto number = text::to_number(tag.substr(0, dash));
    if (!number || dash == std::string_view::npos || tag.size() - dash - 1 != bounce_token_length)
        return std::nullopt;
    return BounceAddress{*number, std::string(tag.substr(dash + 1))};
}

/// What the owner of the inbox has said there.
Acceptance said_in(const store::Home& home, const xml::NameView& property, Acceptance otherwise) {
    const auto inbox = home.scheduling(store::CollectionKind::inbox);
    const auto* said = inbox ? inbox->property(property.ns, property.local) : nullptr;
    if (said == nullptr) return otherwise;
    return acceptance_named(text::trim(said->text)).value_or(otherwise);
}

}  // namespace

std::string_view report_status(const mail::RecipientReport& report) {
    if (report.action == "delivered") return status::delivered;
    if (report.action != "failed") return {};
    if (report.status.starts_with("4.")) return status::not_completed;
    return refusal_status(report.status);
}

void Arrivals::receive(const ArrivedMail& mail) {
    mail::Incoming message;
    try {
        message = mail::read(mail.text, settings_.limits);
    } catch (const mail::TooMuch& error) {
        log(Level::warning, "mail.too_much", {{"to", mail.recipient}, {"why", error.what()}});
        return;
    }
    const auto tag = tag_in(mail.recipient, settings_.bounces);
    if (is_probe_tag(tag)) return probe(tag, message);
    if (message.report) {
        if (const auto about = bounce_of(tag)) report(about->number, about->token, *message.report);
        return;
    }
    if (message.calendars.empty()) return;
    const auto home = owner_of(database_, mail);
    if (!home) {
        log(Level::info, "mail.nobody", {{"to", mail.recipient}});
        return;
    }
    receive(home, message);
}

bool Arrivals::has_card(const store::Home& home, const std::string& address) {
    bool found = false;
    each_card_with(database_, home, address, [&found](const store::ObjectView&) {
        found = true;
        return false;
    });
    return found;
}

/// Of a mail of somebody who has logged in: nothing where he writes as somebody else.
mail::Verdict Arrivals::proof_of(const mail::Incoming& message, const std::string& from) {
    auto proof = mail::authenticate(message, settings_.authentication);
    if (proof.kind != mail::Verdict::Kind::smtp_auth) return proof;
    auto who = directory::find(database_, proof.login);
    if (!who) who = owner_of(database_, {.recipient = proof.login, .login = {}, .text = {}});
    if (who && addresses_of(who->principal).contains(from)) return proof;
    proof.kind = mail::Verdict::Kind::none;
    proof.why = "Who has logged in to send it has another address.";
    return proof;
}

void Arrivals::receive(const store::HomePtr& home, const mail::Incoming& message) {
    const auto from = one_sender(message);
    const auto now = clock::unix_now();
    const auto& content = message.calendars.front().content;
    store::MailLogEntry entry{.home = home->principal.id,
                              .at = now,
                              .incoming = true,
                              .address = tidy(from),
                              .message_id = tidy(message.message_id)};
    const auto not_read = [&](const char* why) {
        entry.verdict = "unreadable";
        entry.why = tidy(why);
        store::log_mail(database_, entry);
    };
    try {
        (void)ical::parse_valid(content);  // what no client may store comes in by no other way
        const auto object = mailed_object(content);
        entry.uid = tidy(object.uid);
        if (entry.uid != object.uid) return not_read("Its UID is no text, or too long.");
        if (object.method) entry.method = itip::name_of(*object.method);
        const auto proof = proof_of(message, from);
        MailCase mail{.message = message,
                      .proof = proof,
                      .object = object,
                      .from = from,
                      .me = addresses_of(home->principal),
                      .acceptance = said_in(*home, mail_invitations_property, settings_.acceptance),
                      .published = said_in(*home, mail_published_property, Acceptance::never),
                      .shows_uninvited = settings_.shows_uninvited,
                      .site = settings_.site};
        note_sender(*home, mail, entry);
        apply(home, mail, content, entry);
    } catch (const ical::ObjectError& error) {
        not_read(error.what());
    } catch (const ical::ParseError& error) {
        not_read(error.what());
    } catch (const ical::ValueError& error) {
        not_read(error.what());
    } catch (const ical::TooExpensive& error) {
        not_read(error.what());
    }
}

void Arrivals::note_sender(const store::Home& home, MailCase& mail, store::MailLogEntry& entry) {
    const std::vector<std::string> keys{text::lower_ascii(mail.from)};
    const bool is_here =
        !mail.from.empty() && !store::principals_of_addresses(database_, keys).empty();
    mail.from_is_ours =
        is_here || (!mail.from.empty() && mail::is_in_domains(mail.from, settings_.domains));
    entry.proven = is_proven(mail);
    const auto history =
        store::mail_history(database_, home.principal.id, mail.from, entry.message_id, entry.uid,
                            entry.at - an_hour, entry.proven);
    mail.is_flood = history.recent >= settings_.per_hour;
    mail.came_before = history.came_before;
    mail.cancelled = history.cancelled;
    mail.is_inbox_flooded = history.kept >= settings_.kept_per_hour;
    mail.from_is_known =
        !mail.from.empty() && (is_here || history.has_met || has_card(home, mail.from));
}

void Arrivals::apply(const store::HomePtr& home, MailCase& mail, const std::string& content,
                     store::MailLogEntry& entry) {
    const auto first = judge_message(mail);
    const auto note = [&](const MailVerdict& verdict) {
        entry.verdict = verdict.word;
        entry.why = tidy(verdict.why);
        entry.cancels = cancelled_by(mail.object, verdict);
        entry.kept = verdict.deed == Deed::keep;
    };
    note(first);
    if (first.deed == Deed::pass) return store::log_mail(database_, entry);

    const auto sent = meeting_in(content);
    std::vector<Hop> hops;
    People people(database_, scheduler_.site());
    if (first.deed == Deed::apply) people.learn(addresses_in(sent));
    const auto booking = answers_by_itself(home->principal)
                             ? store::booking(database_, home->principal.id)
                             : store::Booking{};
    const store::HomePtr outside;
    with_people(people, [&] {
        if (first.deed == Deed::apply) mail.me = owner_in(*home, people, {}, sent);
        store::in_home(database_, home->principal.id, [&](store::HomeTransaction& transaction) {
            const auto placed = transaction.find_uid(mail.object.uid);
            const auto stored = placed ? meeting_in(placed->object.data) : itip::Meeting{};
            mail.is_stored = placed.has_value();
            mail.stored_organizer = stored.organizer;
            mail.stored_attendees.clear();
            for (const auto& each : stored.attendees) mail.stored_attendees.push_back(each.address);
            const auto verdict = first.deed == Deed::apply ? judge_meeting(mail) : first;
            note(verdict);
            Reception reception(transaction, scheduler_.site(), outside, home, booking, people);
            const auto delivery = delivery_of(mail, verdict, content, sent, stored);
            if (verdict.deed == Deed::keep) reception.keep(delivery, verdict.why);
            if (verdict.deed == Deed::apply) {
                apply_in(transaction, *home, people, mail, delivery, reception);
                if (!reception.refused.empty())
                    note({.deed = Deed::pass, .word = "refused", .why = reception.refused});
                else if (!reception.applied)
                    entry.verdict = "nothing new";
            }
            hops = std::move(reception.next);
            transaction.log(entry);
            return true;
        });
    });
    scheduler_.carry(std::move(hops));
}

void Arrivals::apply_in(store::HomeTransaction& transaction, const store::Home& home,
                        const People& people, const MailCase& mail, const store::Delivery& delivery,
                        Reception& reception) {
    const bool is_from_attendee = is_answer(*mail.object.method);
    // What one has answered goes out before what it is about changes.
    if (!is_from_attendee) (void)release(transaction, home, people, mail.object.uid);
    reception.apply(delivery);
    if (!reception.unlearnt.empty()) throw Unlearnt{std::move(reception.unlearnt)};
    if (reception.applied && !is_from_attendee && !mail.message.message_id.empty())
        transaction.begin_thread(mail.object.uid, delivery.sender, tidy(mail.message.message_id),
                                 clock::unix_now());
}

void Arrivals::probe(const std::string& tag, const mail::Incoming& message) {
    const auto proof = mail::authenticate(message, settings_.authentication);
    const bool believed = proof.kind != mail::Verdict::Kind::none;
    if (!store::finish_probe(database_, tag, {.believed = believed, .why = tidy(proof.why)}))
        log(Level::info, "mail.probe.unknown", {{"tag", tag}});
}

void Arrivals::report(std::int64_t number, const std::string& token,
                      const mail::DeliveryReport& report) {
    // Who does not have the mail knows its number at most.
    const auto waiting = store::find_outgoing(database_, number);
    if (waiting && waiting->message_id.starts_with(token)) throw NotYet();
    const auto sent = store::find_sent(database_, number);
    if (!sent || !sent->message_id.starts_with(token)) {
        log(Level::info, "mail.report.unknown", {{"mail", std::to_string(number)}});
        return;
    }
    const auto his =
        std::ranges::find_if(report.recipients, [&](const mail::RecipientReport& each) {
            return is_same_person(each.original_recipient, sent->address) ||
                   is_same_person(each.final_recipient, sent->address);
        });
    if (his == report.recipients.end()) return;
    const auto code = store::is_last_sent(database_, *sent) ? report_status(*his) : "";
    const auto method = itip::method_named(sent->method).value_or(Method::request);
    store::in_home(database_, sent->home, [&](store::HomeTransaction& transaction) {
        if (!code.empty())
            write_status(transaction, sent->uid, method,
                         {{itip::canonical("mailto:" + sent->address), std::string(code)}});
        auto entry = *sent;
        entry.at = clock::unix_now();
        entry.verdict = tidy(his->action);
        entry.why = tidy(his->status + " " + his->diagnostic_code);
        transaction.log(entry);
        return true;
    });
}

}  // namespace kalends::sched
