#include "sched/arrivals.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"
#include "ical/document.hpp"
#include "sched/contacts.hpp"
#include "sched/outgoing.hpp"
#include "sched/participants.hpp"
#include "sched/receive.hpp"
#include "sched/reception_private.hpp"
#include "store/scheduling.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace kalends::sched {
namespace {

using Deed = MailVerdict::Deed;
using itip::Method;

constexpr std::int64_t an_hour = 3600;

struct AcceptanceName {
    std::string_view name;
    Acceptance acceptance;
};
constexpr std::array acceptance_names{AcceptanceName{"always", Acceptance::always},
                                      AcceptanceName{"known", Acceptance::known},
                                      AcceptanceName{"never", Acceptance::never}};

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

/// Somebody's line in the meeting as it is written there; empty where there is none.
std::string as_written(const std::vector<std::string>& addresses, const std::string& from) {
    for (const auto& each : addresses)
        if (is_same_person(itip::mail_of(each), from)) return each;
    return {};
}

/// A message in which the sender has the address that the meeting has for him, and the recipient
/// has not answered yet where the invitation is new: what somebody outside says of that is not his
/// to say.
std::string prepared(const std::string& content, const MailCase& mail, const std::string& sender) {
    auto calendar = ical::parse_document(content);
    for (auto& component : calendar.parts) {
        for (auto& line : component.lines) {
            if (line.name() != "ATTENDEE") continue;
            if (is_same_person(itip::mail_of(line.value()), mail.from) && !sender.empty() &&
                is_answer(*mail.object.method)) {
                line.set_value(sender);
            } else if (!mail.is_stored && mail.me.contains(line.value())) {
                line.set_parameter("PARTSTAT", "NEEDS-ACTION");
                line.set_parameter("RSVP", "TRUE");
            }
        }
    }
    return ical::to_text(calendar);
}

/// The one sender; empty where there is none, or there are several.
std::string one_sender(const mail::Incoming& message) {
    const bool is_one = message.from_fields == 1 && message.from.size() == 1 &&
                        mail::is_address(message.from.front().address);
    return is_one ? message.from.front().address : std::string();
}

/// Whether a CANCEL has got as far as to the question whether there is such a meeting: then it is
/// from its organizer.
bool is_organizers_word(const MailVerdict& verdict) {
    return verdict.deed == Deed::apply || verdict.word == "nothing new" ||
           verdict.word == "unknown meeting";
}

/// For the log and for properties: UTF-8 without controls, not too long.
std::string tidy(std::string_view text) {
    constexpr std::size_t longest = 500;
    return text::printable(text.substr(0, longest));
}

}  // namespace

std::int64_t number_in_bounce(std::string_view recipient, std::string_view bounces) {
    const auto at = bounces.rfind('@');
    if (at == std::string_view::npos) return 0;
    const auto given = text::lower_ascii(recipient);
    const auto before = text::lower_ascii(bounces.substr(0, at)) + '+';
    const auto behind = text::lower_ascii(bounces.substr(at));
    if (given.size() <= before.size() + behind.size() || !given.starts_with(before) ||
        !given.ends_with(behind))
        return 0;
    const auto number = text::to_number(std::string_view(given).substr(
        before.size(), given.size() - before.size() - behind.size()));
    return number.value_or(0);
}

std::string_view report_status(const mail::RecipientReport& report) {
    if (report.action == "delivered") return status::delivered;
    if (report.action != "failed") return {};
    if (report.status.starts_with("4.")) return status::not_completed;
    return report.status.starts_with("5.7.") ? status::rejected : status::no_way;
}

void Arrivals::receive(const ArrivedMail& mail) {
    mail::Incoming message;
    try {
        message = mail::read(mail.text, settings_.limits);
    } catch (const mail::TooMuch& error) {
        log(Level::warning, "mail.too_much", {{"to", mail.recipient}, {"why", error.what()}});
        return;
    }
    if (message.report) {
        if (const auto number = number_in_bounce(mail.recipient, settings_.bounces))
            report(number, *message.report);
        return;
    }
    if (message.calendars.empty()) return;
    const auto home = owner_of(database_, mail);
    if (!home) {
        log(Level::info, "mail.nobody", {{"to", mail.recipient}});
        return;
    }
    receive(*home, message);
}

bool Arrivals::is_known(const store::Home& home, const std::string& address,
                        const store::MailHistory& history) {
    const std::vector<std::string> keys{text::lower_ascii(address)};
    if (history.has_met || !store::principals_of_addresses(database_, keys).empty()) return true;
    bool found = false;
    each_card_with(database_, home, address, [&found](const store::ObjectView&) {
        found = true;
        return false;
    });
    return found;
}

Acceptance Arrivals::acceptance_of(const store::Home& home) const {
    const auto inbox = home.scheduling(store::CollectionKind::inbox);
    const auto* said =
        inbox ? inbox->property(mail_invitations_property.ns, mail_invitations_property.local)
              : nullptr;
    if (said != nullptr)
        for (const auto& each : acceptance_names)
            if (text::trim(said->text) == each.name) return each.acceptance;
    return settings_.acceptance;
}

void Arrivals::receive(const store::Home& home, const mail::Incoming& message) {
    const auto from = one_sender(message);
    const auto now = clock::unix_now();
    const auto& content = message.calendars.front().content;
    store::MailLogEntry entry{.home = home.principal.id,
                              .at = now,
                              .incoming = true,
                              .address = tidy(from),
                              .message_id = tidy(message.message_id)};
    try {
        const auto object = mailed_object(content);
        entry.uid = tidy(object.uid);
        if (object.method) entry.method = itip::name_of(*object.method);
        const auto history = store::mail_history(database_, home.principal.id, from,
                                                 entry.message_id, entry.uid, now - an_hour);
        const auto proof = mail::authenticate(message, settings_.authentication);
        const auto domain = mail::domain_of(from);
        MailCase mail{.message = message,
                      .proof = proof,
                      .object = object,
                      .from = from,
                      .from_is_ours = std::ranges::count(settings_.domains, domain) > 0,
                      .from_is_known = !from.empty() && is_known(home, from, history),
                      .me = addresses_of(home.principal),
                      .acceptance = acceptance_of(home),
                      .site = settings_.site,
                      .is_flood = history.recent >= settings_.per_hour,
                      .came_before = history.came_before,
                      .cancelled = history.cancelled};
        const auto verdict = apply(database_.home(home.principal.id), std::move(mail), content);
        entry.verdict = verdict.word;
        entry.why = tidy(verdict.why);
        if (object.method == Method::cancel && object.is_whole && is_organizers_word(verdict))
            entry.cancels = object.age;
    } catch (const ical::ParseError& error) {
        entry.verdict = "unreadable";
        entry.why = tidy(error.what());
    } catch (const ical::ValueError& error) {
        entry.verdict = "unreadable";
        entry.why = tidy(error.what());
    }
    store::log_mail(database_, entry);
}

MailVerdict Arrivals::apply(const store::HomePtr& home, MailCase mail, const std::string& content) {
    MailVerdict verdict;
    std::vector<Hop> hops;
    People people(database_, scheduler_.site());
    for (const auto& each : mail.object.attendees) people.learn({each});
    people.learn({mail.object.organizer});
    if (!mail.object.organizer.empty()) mail.me = owner_in(*home, people, {}, meeting_in(content));
    const store::Booking booking = answers_by_itself(home->principal)
                                       ? store::booking(database_, home->principal.id)
                                       : store::Booking{};
    const store::HomePtr outside;
    with_people(people, [&] {
        hops.clear();
        store::in_home(database_, home->principal.id, [&](store::HomeTransaction& transaction) {
            auto placed = transaction.find_uid(mail.object.uid);
            mail.is_stored = placed.has_value();
            const auto stored = placed ? meeting_in(placed->object.data) : itip::Meeting{};
            mail.stored_organizer = stored.organizer;
            mail.stored_attendees.clear();
            for (const auto& each : stored.attendees) mail.stored_attendees.push_back(each.address);
            verdict = judge(mail);
            if (verdict.deed == Deed::pass) return false;

            const bool answers = mail.object.method && is_answer(*mail.object.method);
            const auto written = as_written(
                answers ? mail.stored_attendees : std::vector{mail.object.organizer}, mail.from);
            const store::Delivery delivery{
                .method = mail.object.method ? std::string(itip::name_of(*mail.object.method)) : "",
                .uid = mail.object.uid,
                .sender = answers ? written : mail.object.organizer,
                .recipient = own_address(answers ? stored : meeting_in(content), mail.me),
                .message =
                    verdict.deed == Deed::apply ? prepared(content, mail, written) : content};
            Reception reception(transaction, scheduler_.site(), outside, home, booking, people);
            if (verdict.deed == Deed::keep) {
                reception.keep(delivery, verdict.why);
                return true;
            }
            // What one has answered goes out before what it is about changes.
            if (!answers)
                if (const auto held = transaction.take_hold(
                        mail.object.uid, std::numeric_limits<std::int64_t>::max());
                    held && (held->known || placed))
                    release(transaction, *home, people, *held);
            reception.apply(delivery);
            if (!reception.unlearnt.empty()) throw Unlearnt{std::move(reception.unlearnt)};
            if (!reception.refused.empty())
                verdict = {.deed = Deed::pass, .word = "refused", .why = reception.refused};
            else if (!reception.applied)
                verdict.word = "nothing new";
            if (reception.applied && mail::is_address(mail.from) &&
                !mail.message.message_id.empty())
                transaction.begin_thread(mail.object.uid, delivery.sender,
                                         tidy(mail.message.message_id), clock::unix_now());
            hops = std::move(reception.next);
            return true;
        });
    });
    scheduler_.carry(std::move(hops));
    return verdict;
}

void Arrivals::report(std::int64_t number, const mail::DeliveryReport& report) {
    const auto sent = store::find_sent(database_, number);
    if (!sent) {
        log(Level::info, "mail.report.unknown", {{"mail", std::to_string(number)}});
        return;
    }
    for (const auto& each : report.recipients) {
        const bool is_his = is_same_person(each.original_recipient, sent->address) ||
                            is_same_person(each.final_recipient, sent->address);
        if (!is_his) continue;
        const auto code = report_status(each);
        const auto method = itip::method_named(sent->method).value_or(Method::request);
        store::in_home(database_, sent->home, [&](store::HomeTransaction& transaction) {
            if (!code.empty())
                write_status(transaction, sent->uid, method,
                             {{itip::canonical("mailto:" + sent->address), std::string(code)}});
            transaction.log({.home = sent->home,
                             .at = clock::unix_now(),
                             .mail = sent->mail,
                             .incoming = true,
                             .method = sent->method,
                             .uid = sent->uid,
                             .address = sent->address,
                             .message_id = sent->message_id,
                             .verdict = tidy(each.action),
                             .why = tidy(each.status + " " + each.diagnostic_code)});
            return true;
        });
    }
}

}  // namespace kalends::sched
