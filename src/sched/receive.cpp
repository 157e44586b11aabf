#include "sched/receive.hpp"

#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "itip/meeting.hpp"
#include "sched/people.hpp"
#include "sched/reception_private.hpp"

#include <algorithm>

namespace kalends::sched {
namespace {

/// A reply may name people whom nobody has looked up, and the meeting may change meanwhile.
constexpr int attempts = 5;

/// How this one is answered.
store::Booking booking_for(store::Database& database, const store::Principal& organizer,
                           const store::Principal& invited) {
    if (!answers_by_itself(invited)) return {};
    auto booking = store::booking(database, invited.id);
    if (booking.group && std::ranges::count(organizer.groups, booking.group->id) > 0)
        booking.acceptance = store::Acceptance::when_free;
    return booking;
}

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
