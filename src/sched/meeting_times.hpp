#pragma once
// The best times for a meeting, from what is known of everybody's time. Pure.
//
// A slot begins at a whole step of the clock in the zone of who asks (at every quarter of an hour).
// What each person does in it costs:
//
//                            required   optional
//     free                          0          0
//     unknown                      10          2
//     tentative                    40          8
//     outside working hours        60         15
//     unavailable, busy           100         20     a required person is missing then
//
// A slot for which a room is wanted and none is free costs as much as a missing person. Slots are
// ranked by how many required are missing, then by what they cost together, then by time: so all
// required come first, an optional person who can't come is worth less than the working hours of
// a required one, and of equals the earliest is best. Of slots that overlap, only the best is told.

#include "ical/freebusy.hpp"
#include "ical/spans.hpp"
#include "ical/zone.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::sched {

/// What somebody does in a slot, the worst of all that is in it.
enum class State : std::uint8_t { free, unknown, tentative, outside_hours, unavailable, busy };

/// "outside-working-hours".
std::string_view name_of(State state);

/// When work begins and ends, in the time of day; an end that is not after the beginning is on the
/// next day.
struct Shift {
    std::chrono::minutes begin{};
    std::chrono::minutes end{};
};

/// Of each weekday, from Sunday (0) to Saturday (6).
using WorkingWeek = std::array<std::vector<Shift>, 7>;

struct Invitee {
    bool required = true;
    std::vector<ical::BusyPeriod> busy;
    ical::Span known{ical::beginning_of_time, ical::end_of_time};  ///< beyond it: unknown
    ical::ZonePtr zone = ical::Zone::utc();                        ///< of working hours
    std::optional<WorkingWeek> hours;                              ///< nothing: any time is as good
};

struct Room {
    int capacity = 0;                   ///< people; 0: not known
    std::vector<std::string> features;  ///< "projector"
    std::vector<ical::BusyPeriod> busy;
};

struct RoomWanted {
    int people = 0;                     ///< that must find place
    std::vector<std::string> features;  ///< all of these
};

struct Question {
    ical::UtcTime from{};  ///< begins here at the earliest
    ical::UtcTime to{};    ///< and ends here at the latest
    std::chrono::minutes duration{};
    std::chrono::minutes step{15};  ///< divides a day
    std::chrono::minutes before{};  ///< that people need between other meetings and this one,
    std::chrono::minutes after{};   ///< and between this one and others; rooms don't
    ical::ZonePtr zone = ical::Zone::utc();  ///< whose clock the steps are of
    std::vector<Invitee> people;
    std::vector<Room> rooms;
    std::optional<RoomWanted> room;  ///< nothing: none is wanted
    std::size_t limit = 10;          ///< slots that are told
};

struct Slot {
    ical::UtcTime start{};
    ical::UtcTime end{};
    int score = 0;            ///< 100: everybody is free; 0: everybody is missing
    std::size_t missing = 0;  ///< required people who are not free, and a room where there is none
    std::vector<State> people;       ///< in the order of the question
    std::vector<std::size_t> rooms;  ///< that fit and are free, the smallest sufficient one first
};

/// Whether it is large enough, as far as that is known, and has all features.
bool fits(const Room& room, const RoomWanted& wanted);

/// The best slots, the best one first; none where the window is shorter than the meeting. If all
/// have `missing`, they are the best compromises. Costs some 10 ns for each person and step.
std::vector<Slot> meeting_times(const Question& question);

}  // namespace kalends::sched
