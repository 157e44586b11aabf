// How long the best time for a meeting takes to find: 50 people with half their working day in
// meetings, 31 days, every quarter of an hour, 20 rooms.

#include "sched/meeting_times.hpp"

#include <chrono>
#include <cstddef>
#include <iostream>

namespace {

using namespace kalends;
using namespace std::chrono_literals;

constexpr int days = 31;
constexpr ical::UtcTime first = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};

std::vector<ical::BusyPeriod> meetings(int seed) {
    std::vector<ical::BusyPeriod> busy;
    for (int day = 0; day < days; ++day)
        for (int hour = 8; hour < 18; ++hour)
            if ((seed * 7 + day * 5 + hour * 3) % 2 == 0)
                busy.push_back({first + std::chrono::days{day} + std::chrono::hours{hour},
                                first + std::chrono::days{day} + std::chrono::hours{hour + 1},
                                hour % 4 == 0 ? ical::Busy::tentative : ical::Busy::busy});
    return busy;
}

sched::Question question() {
    sched::Question asked;
    asked.from = first;
    asked.to = first + std::chrono::days{days};
    asked.duration = 60min;
    asked.room.emplace();
    sched::WorkingWeek week;
    for (std::size_t day = 1; day <= 5; ++day) week.at(day) = {{9h, 17h}};
    for (int i = 0; i < 50; ++i) {
        sched::Invitee person;
        person.required = i % 3 != 0;
        person.hours = week;
        person.busy = meetings(i);
        asked.people.push_back(std::move(person));
    }
    for (int i = 0; i < 20; ++i)
        asked.rooms.push_back({.capacity = i, .features = {}, .busy = meetings(i)});
    return asked;
}

}  // namespace

int main() {
    constexpr int times = 20;
    const auto asked = question();
    std::size_t slots = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i) slots += sched::meeting_times(asked).size();
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - begin;
    std::cout << slots / times << " slots in " << taken.count() / times << " ms\n";
}
