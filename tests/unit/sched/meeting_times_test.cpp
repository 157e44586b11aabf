#include "sched/meeting_times.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends;
using namespace kalends::sched;
using namespace std::chrono_literals;
using ical::Busy;
using ical::BusyPeriod;
using ical::UtcTime;

namespace {

const ical::Zone& zone(std::string_view name) { return *ical::TzData::system().find(name); }
ical::ZonePtr zone_ptr(std::string_view name) {
    return {&zone(name), [](const ical::Zone* /*of tzdata*/) {}};
}

/// "1430": that time on Monday, 5 January 2026, in UTC.
UtcTime at(const std::string& time, int day = 5) {
    return std::chrono::sys_days{std::chrono::year{2026} / 1 / day} +
           std::chrono::hours{std::stoi(time.substr(0, 2))} +
           std::chrono::minutes{std::stoi(time.substr(2, 2))};
}

BusyPeriod busy(const std::string& from, const std::string& to, Busy kind = Busy::busy) {
    return {at(from), at(to), kind};
}

Invitee required(std::vector<BusyPeriod> periods = {}) {
    Invitee person;
    person.busy = std::move(periods);
    return person;
}
Invitee optional(std::vector<BusyPeriod> periods = {}) {
    Invitee person = required(std::move(periods));
    person.required = false;
    return person;
}

WorkingWeek nine_to_five() {
    WorkingWeek week;
    for (std::size_t day = 1; day <= 5; ++day) week.at(day) = {{9h, 17h}};
    return week;
}

/// An hour on Monday between 8 and 18 o'clock.
Question question(std::vector<Invitee> people) {
    Question result;
    result.from = at("0800");
    result.to = at("1800");
    result.duration = 60min;
    result.people = std::move(people);
    return result;
}

/// "0900 1000 …"
std::string starts(const Question& asked) {
    std::string result;
    for (const Slot& slot : meeting_times(asked)) {
        CHECK(slot.end == slot.start + asked.duration);
        const auto time = std::chrono::hh_mm_ss{slot.start - at("0000")};
        const auto two = [](auto n) { return (n < 10 ? "0" : "") + std::to_string(n); };
        result +=
            (result.empty() ? "" : " ") + two(time.hours().count()) + two(time.minutes().count());
    }
    return result;
}

std::string states(const Slot& slot) {
    std::string result;
    for (const State state : slot.people)
        result.append(result.empty() ? "" : " ").append(name_of(state));
    return result;
}

}  // namespace

TEST_CASE("of an empty day the first slots come first, and do not overlap") {
    auto asked = question({required()});
    asked.limit = 3;
    CHECK(starts(asked) == "0800 0900 1000");
    CHECK(meeting_times(asked)[0].score == 100);
    CHECK(meeting_times(asked)[0].missing == 0);
    asked.limit = 100;
    CHECK(meeting_times(asked).size() == 10);
}

TEST_CASE("slots end with the window, and there is none in one that is too short") {
    auto asked = question({required()});
    asked.to = at("0900");
    CHECK(starts(asked) == "0800");
    asked.to = at("0859");
    CHECK(starts(asked).empty());
    asked.from = at("0801");
    asked.to = at("1200");
    CHECK(starts(asked) == "0815 0915 1015");
    asked.to = asked.from - 1h;
    CHECK(starts(asked).empty());
}

TEST_CASE("what everybody does in a slot, and what it costs") {
    struct Row {
        const char* what;
        std::vector<Invitee> people;
        const char* best;
        const char* states;
        std::size_t missing;
    };
    const Invitee unknown = [] {
        Invitee person;
        person.known = {at("0000"), at("0000")};
        return person;
    }();
    const Invitee from_nine = [] {
        Invitee person;
        person.hours = nine_to_five();
        return person;
    }();
    const Row rows[] = {
        {"busy until half past ten", {required({busy("0800", "1030")})}, "1030", "free", 0},
        {"two people",
         {required({busy("0800", "1000")}), required({busy("1100", "1800")})},
         "1000",
         "free free",
         0},
        {"tentative is better than busy",
         {required({busy("0800", "1800", Busy::tentative), busy("0800", "1200")})},
         "1200",
         "tentative",
         0},
        {"all required before any optional",
         {required({busy("0800", "1700")}), optional({busy("1700", "1800")})},
         "1700",
         "free busy",
         0},
        {"fewest optional missing",
         {required(), optional({busy("0800", "1000")}), optional({busy("0900", "1100")}),
          optional({busy("0800", "0900"), busy("1000", "1700")})},
         "1700",
         "free free free free",
         0},
        {"an optional person who might come before one who can't",
         {required(), optional({busy("0800", "1800"), busy("0800", "0900", Busy::tentative)}),
          optional({busy("0800", "1200"), busy("1200", "1800", Busy::tentative)})},
         "1200",
         "free busy tentative",
         0},
        {"working hours of a required person before the time of an optional one",
         {from_nine, optional({busy("0900", "1800")})},
         "0900",
         "free busy",
         0},
        {"nobody knows", {unknown, required({busy("0800", "0900")})}, "0900", "unknown free", 0},
        {"a compromise: the fewest required missing",
         {required({busy("0800", "1800")}), required({busy("0800", "1200")}),
          optional({busy("1200", "1800")})},
         "1200",
         "busy free busy",
         1},
        {"unavailable is missing too",
         {required({busy("0800", "1800", Busy::unavailable)})},
         "0800",
         "unavailable",
         1},
        {"several kinds: the worst is told",
         {required({busy("0800", "0830", Busy::tentative), busy("0830", "0845"),
                    busy("0845", "1800", Busy::unavailable)})},
         "0800",
         "busy",
         1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto asked = question(row.people);
        asked.limit = 1;
        CHECK(starts(asked) == row.best);
        const auto slots = meeting_times(asked);
        REQUIRE(slots.size() == 1);
        CHECK(states(slots[0]) == row.states);
        CHECK(slots[0].missing == row.missing);
    }
}

TEST_CASE("the score falls from 100 with what people do") {
    auto asked = question({required({busy("0800", "0900", Busy::tentative), busy("0900", "1000"),
                                     busy("1000", "1100", Busy::unavailable)})});
    const auto slots = meeting_times(asked);
    REQUIRE(slots.size() == 10);
    CHECK(slots[0].score == 100);
    CHECK(slots[7].start == at("0800"));
    CHECK(slots[7].score == 60);
    CHECK(slots[8].score == 0);
}

TEST_CASE("people need time between meetings, not around what they are unavailable for") {
    auto asked = question({required(
        {busy("0800", "0900"), busy("1030", "1045"), busy("1200", "1800", Busy::unavailable)})});
    asked.duration = 45min;
    asked.before = 15min;
    asked.after = 30min;
    asked.limit = 2;
    CHECK(starts(asked) == "0915 1100");
    CHECK(meeting_times(asked)[0].missing == 0);
    asked.after = 31min;
    CHECK(starts(asked) == "1100 0800");
}

TEST_CASE("working hours are those of each person's zone, on each weekday, over midnight too") {
    auto asked = question({required(), required()});
    asked.from = at("0000", 3);  // a Saturday
    asked.to = at("0000", 8);
    asked.people[0].hours = nine_to_five();
    asked.people[0].zone = zone_ptr("Europe/Berlin");  // 08 to 16 UTC
    asked.people[1].hours = nine_to_five();
    asked.people[1].zone = zone_ptr("America/New_York");  // 14 to 22 UTC
    asked.limit = 3;
    const auto slots = meeting_times(asked);
    REQUIRE(slots.size() == 3);
    CHECK(slots[0].start == at("1400", 5));
    CHECK(slots[1].start == at("1500", 5));
    CHECK(slots[2].start == at("1400", 6));
    CHECK(slots[0].score == 100);

    WorkingWeek night;
    night.at(1) = {{22h, 6h}};  // from Monday to Tuesday
    asked.people = {required()};
    asked.people[0].hours = night;
    asked.limit = 1;
    asked.from = at("0000", 6);
    CHECK(meeting_times(asked)[0].start == at("0000", 6));
    asked.from = at("0515", 6);
    asked.to = at("1200", 6);
    CHECK(states(meeting_times(asked)[0]) == "outside-working-hours");
}

TEST_CASE("a lunch break is outside of working hours") {
    auto asked = question({required({busy("0800", "1130")})});
    WorkingWeek week;
    week.at(1) = {{9h, 12h}, {13h, 17h}};
    asked.people[0].hours = week;
    asked.limit = 1;
    CHECK(starts(asked) == "1300");
}

TEST_CASE("steps are those of the clock of who asks") {
    auto asked = question({required({busy("0800", "0805")})});
    asked.limit = 1;
    asked.step = 60min;
    asked.zone = zone_ptr("Asia/Kolkata");  // 5:30 ahead
    CHECK(starts(asked) == "0830");
    asked.zone = zone_ptr("Asia/Kathmandu");  // 5:45
    CHECK(starts(asked) == "0815");
    asked.step = 30min;
    asked.people[0].busy = {busy("0800", "0816")};
    CHECK(starts(asked) == "0845");
}

TEST_CASE("steps stay whole where a clock changes by half an hour") {
    auto asked = question({});
    asked.zone = zone_ptr("Australia/Lord_Howe");  // 10:30, from 4 October 2026 2:00 on 11:00
    asked.from = std::chrono::sys_days{std::chrono::year{2026} / 10 / 3} + 13h;
    asked.to = asked.from + 4h;
    asked.step = 60min;
    for (const Slot& slot : meeting_times(asked))
        CHECK(asked.zone->to_local(slot.start).time_since_epoch() % 1h == 0s);
    CHECK(meeting_times(asked).size() == 3);
}

TEST_CASE("beyond what a published free/busy tells of, nothing is known") {
    Invitee person;
    person.known = {at("0000"), at("1000")};
    auto asked = question({person});
    const auto slots = meeting_times(asked);
    CHECK(states(slots[0]) == "free");
    CHECK(slots[0].start == at("0800"));
    CHECK(slots[1].start == at("0900"));
    CHECK(slots[2].start == at("1000"));
    CHECK(states(slots[2]) == "unknown");
    CHECK(slots[2].missing == 0);
}

TEST_CASE("rooms: the smallest sufficient one first; without one, a slot is a compromise") {
    auto asked = question({required()});
    asked.rooms = {
        {.capacity = 100, .features = {}, .busy = {}},
        {.capacity = 0, .features = {}, .busy = {}},
        {.capacity = 8, .features = {"projector", "whiteboard"}, .busy = {}},
        {.capacity = 8, .features = {"projector"}, .busy = {busy("0800", "0900")}},
        {.capacity = 4, .features = {"projector"}, .busy = {}},
    };
    CHECK(meeting_times(asked)[0].rooms.empty());  // none is wanted
    asked.room = {.people = 5, .features = {}};
    CHECK(meeting_times(asked)[0].rooms == std::vector<std::size_t>{2, 0, 1});
    CHECK(meeting_times(asked)[1].rooms == std::vector<std::size_t>{3, 2, 0, 1});
    asked.room->features = {"projector"};
    CHECK(meeting_times(asked)[0].rooms == std::vector<std::size_t>{2});

    asked.rooms[2].busy = {busy("0700", "1000", Busy::tentative)};
    asked.limit = 1;
    CHECK(starts(asked) == "0900");
    asked.rooms[3].busy = {busy("0000", "1700")};
    asked.rooms[2].busy = {busy("0000", "1730")};
    CHECK(starts(asked) == "1700");
    asked.room->features = {"sauna"};
    const auto slots = meeting_times(asked);
    REQUIRE(slots.size() == 1);
    CHECK(slots[0].missing == 1);
    CHECK(slots[0].rooms.empty());
    CHECK(slots[0].score == 50);
}

TEST_CASE("50 people over 31 days have a best time") {
    std::vector<Invitee> people;
    for (int i = 0; i < 50; ++i) {
        Invitee person = i % 3 == 0 ? optional() : required();
        person.hours = nine_to_five();
        person.zone = zone_ptr(i % 2 == 0 ? "Europe/Berlin" : "Europe/London");
        for (int day = 1; day <= 31; ++day)
            for (int hour = 8; hour < 18; ++hour)
                if ((i * 7 + day * 5 + hour * 3) % 11 < 4)
                    person.busy.push_back({at("0000", day) + std::chrono::hours{hour},
                                           at("0000", day) + std::chrono::hours{hour + 1},
                                           hour % 4 == 0 ? Busy::tentative : Busy::busy});
        people.push_back(person);
    }
    auto asked = question(people);
    asked.from = at("0000", 1);
    asked.to = asked.from + std::chrono::days{31};
    const auto slots = meeting_times(asked);
    REQUIRE(slots.size() == 10);
    for (std::size_t i = 1; i < slots.size(); ++i) CHECK(slots[i - 1].missing <= slots[i].missing);
}
