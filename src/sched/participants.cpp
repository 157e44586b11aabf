#include "sched/participants.hpp"

#include "ical/lines.hpp"

namespace kalends::sched {

itip::Meeting meeting_in(std::string_view data) { return itip::meeting_of(ical::parse(data)); }

std::vector<std::string> addresses_in(const itip::Meeting& meeting) {
    std::vector<std::string> addresses;
    addresses.reserve(meeting.attendees.size() + 1);
    if (!meeting.organizer.empty()) addresses.push_back(meeting.organizer);
    for (const auto& attendee : meeting.attendees) addresses.push_back(attendee.address);
    return addresses;
}

itip::Addresses owner_in(const store::Home& owner, const People& people,
                         const itip::Meeting& before, const itip::Meeting& after) {
    auto addresses = addresses_in(after);
    for (auto& address : addresses_in(before)) addresses.push_back(std::move(address));
    auto me = addresses_of(owner.principal);
    Unlearnt unlearnt;
    for (const auto& address : addresses) {
        const auto* person = people.find(address);
        if (person == nullptr)
            unlearnt.addresses.push_back(address);
        else if (person->home && person->home->principal.id == owner.principal.id)
            me.add(address);
    }
    if (!unlearnt.addresses.empty()) throw std::move(unlearnt);
    return me;
}

std::string own_address(const itip::Meeting& meeting, const itip::Addresses& me) {
    if (me.contains(meeting.organizer)) return meeting.organizer;
    for (const auto& attendee : meeting.attendees)
        if (me.contains(attendee.address)) return attendee.address;
    return meeting.organizer;
}

bool changes_agent(const People& people, const itip::Meeting& before, const itip::Meeting& after) {
    const bool was_ours = before.organizer_agent == itip::Agent::server;
    const bool is_ours = after.organizer_agent == itip::Agent::server;
    return was_ours != is_ours && !after.organizer.empty() &&
           itip::canonical(before.organizer) == itip::canonical(after.organizer) &&
           !people.find(after.organizer)->home;
}

}  // namespace kalends::sched
