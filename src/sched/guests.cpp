#include "sched/guests.hpp"

#include "base/clock.hpp"
#include "ical/digest.hpp"
#include "itip/guest.hpp"
#include "itip/organizer.hpp"
#include "sched/participants.hpp"
#include "sched/reader.hpp"
#include "sched/receive.hpp"
#include "sched/reception_private.hpp"
#include "store/outgoing.hpp"
#include "store/scheduling.hpp"

#include <algorithm>

namespace kalends::sched {
namespace {

using State = Invitation::State;

constexpr std::int64_t an_hour = 3600;
constexpr std::chrono::days shown_ahead{92};
constexpr std::size_t most_dates = 30;
constexpr std::size_t most_looked_at = 1000;

/// What the attendee of a link is asked, and by whom.
struct Asked {
    std::string request;  ///< empty: nobody asks him
    std::string organizer;
};

/// Only who is outside answers by a link: others have it in their calendars.
Asked asked_by(const store::Home& home, const People& people, const std::string& object,
               const std::string& attendee) {
    const auto meeting = meeting_in(object);
    const auto me = owner_in(home, people, {}, meeting);
    if (itip::role_in(meeting, me) != itip::Role::organizer) return {};
    const auto* person = people.find(attendee);
    if (person == nullptr) throw Unlearnt{{attendee}};
    if (person->home) return {};
    const auto request = itip::request_for(object, attendee, this_moment());
    if (!request) return {};
    return {.request = request->data, .organizer = meeting.organizer};
}

bool is_past(const ical::Component& calendar, ical::UtcTime now) {
    ical::Budget budget;
    const auto digest = ical::digest(calendar, budget);
    if (digest.component != "VEVENT") return false;
    return digest.last_end + (digest.floating ? ical::digest_widening : std::chrono::hours{}) < now;
}

State state_of(const std::string& request, ical::UtcTime now) {
    if (request.empty()) return State::gone;
    const auto calendar = ical::parse(request);
    if (itip::is_all_cancelled(calendar)) return State::cancelled;
    return is_past(calendar, now) ? State::over : State::open;
}

/// The next dates of a series; none where there are too many to name.
std::vector<itip::InstanceKey> next_of(const itip::Series& series, ical::UtcTime now) {
    if (series.master() == nullptr || !series.recurs()) return {};
    try {
        ical::Budget budget;
        auto keys = series.instances(now, now + shown_ahead, budget, most_looked_at);
        if (keys.size() > most_dates) keys.resize(most_dates);
        return keys;
    } catch (const ical::TooExpensive&) {
        return {};
    }
}

/// ";TZID=Europe/Berlin:20260131T120000" on the clock of its zone, or on that of the guest.
letters::DateChoice date_of(const itip::Series& series, const itip::InstanceKey& key,
                            const ical::Zone* guests) {
    if (guests != nullptr && !key.is_date && !key.floating)
        return {.id = itip::format(key), .at = guests->to_local(key.start)};
    const auto written = series.written(key);
    const auto value =
        ical::parse_date_or_time(std::string_view(written).substr(written.rfind(':') + 1));
    return {.id = itip::format(key),
            .at = value ? value->local : ical::LocalTime{key.start.time_since_epoch()},
            .is_date = key.is_date};
}

struct NoSuchDate {};

/// What he says as a message; nothing where it says nothing new. Throws itip::Refused, NoSuchDate.
std::optional<itip::Message> message_of(const AnswerLink& link, const GuestWord& word,
                                        const std::string& request, const itip::Moment& moment) {
    const itip::Series series(request);
    if (word.partstat.empty()) {
        if (!itip::may_propose(series))
            throw itip::Refused(itip::Rule::valid_message, "No other time can be proposed.");
        return itip::counter_of(request,
                                {.start = word.start,
                                 .end = word.end,
                                 .zone = word.zone.get(),
                                 .comment = word.comment},
                                moment);
    }
    itip::GuestAnswer answer{.partstat = word.partstat, .comment = word.comment};
    if (!word.date.empty()) {
        const auto dates = next_of(series, moment.now);
        const auto found = std::ranges::find(
            dates, word.date, [](const itip::InstanceKey& key) { return itip::format(key); });
        if (found == dates.end()) throw NoSuchDate();
        answer.instance = *found;
    }
    return itip::reply_of(request, link.attendee, answer, moment);
}

}  // namespace

Invitation Guests::show(const AnswerLink& link) {
    const auto home = database_.home(link.home);
    const auto placed = home ? store::find_scheduled(database_, link.home, link.uid) : std::nullopt;
    if (!placed) return {};
    People people(database_, scheduler_.site());
    Asked asked;
    with_people(people,
                [&] { asked = asked_by(*home, people, placed->object.data, link.attendee); });
    const auto now = this_moment().now;
    Invitation shown{.state = state_of(asked.request, now),
                     .message = asked.request,
                     .organizer = home->principal.shown_name(),
                     .language = home->principal.locale};
    if (shown.state == State::gone) return shown;
    auto reader =
        reader_in_books(database_, *home, itip::mail_of(itip::canonical(link.attendee)), words_);
    shown.zone = std::move(reader.zone);
    if (!reader.language.empty()) shown.language = std::move(reader.language);
    const itip::Series series(asked.request);
    shown.partstat = itip::answer_of(series, link.attendee);
    for (const auto& key : next_of(series, now))
        shown.dates.push_back(date_of(series, key, shown.zone.get()));
    shown.may_propose = itip::may_propose(series);
    shown.comment = itip::comment_of(placed->object.data, link.attendee);
    return shown;
}

GuestOutcome Guests::say(const AnswerLink& link, const GuestWord& word) {
    const auto home = database_.home(link.home);
    if (!home) return GuestOutcome::not_open;
    const auto address = itip::mail_of(link.attendee);
    const auto now = clock::unix_now();
    if (store::mail_history(database_, link.home, address, {}, link.uid, now - an_hour, true)
            .recent >= per_hour_)
        return GuestOutcome::too_many;
    store::MailLogEntry entry{.home = link.home,
                              .at = now,
                              .incoming = true,
                              .proven = true,
                              .uid = link.uid,
                              .address = address,
                              .verdict = "applied",
                              .why = "by the link in the mail"};
    auto outcome = GuestOutcome::not_open;
    People people(database_, scheduler_.site());
    std::vector<Hop> hops;
    const store::HomePtr outside;
    const store::Booking booking;
    const auto say_in = [&](store::HomeTransaction& transaction) {
        const auto placed = transaction.find_uid(link.uid);
        if (!placed) return false;
        const auto moment = this_moment();
        const auto asked = asked_by(*home, people, placed->object.data, link.attendee);
        if (state_of(asked.request, moment.now) != State::open) return false;
        const auto message = message_of(link, word, asked.request, moment);
        outcome = GuestOutcome::nothing_new;
        if (!message) return false;
        Reception reception(transaction, scheduler_.site(), outside, home, booking, people);
        reception.apply({.method = std::string(itip::name_of(message->method)),
                         .uid = link.uid,
                         .sender = link.attendee,
                         .recipient = asked.organizer,
                         .message = message->data});
        if (!reception.unlearnt.empty()) throw Unlearnt{std::move(reception.unlearnt)};
        entry.method = itip::name_of(message->method);
        if (!reception.refused.empty()) {
            entry.verdict = "refused";
            entry.why = reception.refused;
            transaction.log(entry);
            outcome = GuestOutcome::refused;
            return true;
        }
        if (!reception.applied) return false;
        transaction.log(entry);
        hops = std::move(reception.next);
        outcome = GuestOutcome::taken;
        return true;
    };
    try {
        with_people(people, [&] { (void)store::in_home(database_, link.home, say_in); });
    } catch (const itip::Refused&) {
        return GuestOutcome::bad_proposal;
    } catch (const NoSuchDate&) {
        return GuestOutcome::no_such_date;
    }
    scheduler_.carry(std::move(hops));
    return outcome;
}

}  // namespace kalends::sched
