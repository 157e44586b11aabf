#pragma once
// Who takes part in a meeting, seen by one of them. RFC 6638 3.1.

#include "itip/meeting.hpp"
#include "sched/people.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

itip::Meeting meeting_in(std::string_view data);

/// Of the organizer and the attendees, as written.
std::vector<std::string> addresses_in(const itip::Meeting& meeting);

/// Addresses that are not known yet: work is begun again when they are.
struct Unlearnt {
    std::vector<std::string> addresses;
};

/// The addresses of the owner, and those in these meetings that lead to him. Throws Unlearnt.
itip::Addresses owner_in(const store::Home& owner, const People& people,
                         const itip::Meeting& before, const itip::Meeting& after);

/// The owner's address as the meeting has it.
std::string own_address(const itip::Meeting& meeting, const itip::Addresses& me);

/// Whether the attendee takes the answers to somebody elsewhere into his own hands, or gives
/// them to the server. RFC 6638 7.1.
bool changes_agent(const People& people, const itip::Meeting& before, const itip::Meeting& after);

/// Runs `work()` until it has learnt all addresses that it asks for.
template <class Work> void with_people(People& people, Work work) {
    constexpr int attempts = 5;
    for (int attempt = 1;; ++attempt) {
        try {
            work();
            return;
        } catch (const Unlearnt& missing) {
            if (attempt == attempts) throw std::runtime_error("addresses can't be found out");
            people.learn(missing.addresses);
        }
    }
}

}  // namespace kalends::sched
