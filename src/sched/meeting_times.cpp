// Each person's time is a byte for each possible start: a busy period spoils all starts from a
// duration before it to its end, one range. So nothing is asked twice, and a slot's people are a
// column.

#include "sched/meeting_times.hpp"

#include <algorithm>
#include <limits>

namespace kalends::sched {
namespace {

using namespace std::chrono;
using ical::LocalTime;
using ical::Span;
using ical::Spans;
using ical::UtcTime;

struct StateRow {
    State state;
    std::string_view name;
    int required;  ///< what it costs
    int optional;
};
// clang-format off
constexpr std::array table{
    StateRow{State::free,          "free",                    0,   0},
    StateRow{State::unknown,       "unknown",                10,   2},
    StateRow{State::tentative,     "tentative",              40,   8},
    StateRow{State::outside_hours, "outside-working-hours",  60,  15},
    StateRow{State::unavailable,   "unavailable",           100,  20},
    StateRow{State::busy,          "busy",                  100,  20},
};
// clang-format on
constexpr int cost_of_missing = 100;
constexpr int best_score = 100;

const StateRow& row_of(State state) { return table.at(static_cast<std::size_t>(state)); }

int cost_of(const Invitee& person, State state) {
    return person.required ? row_of(state).required : row_of(state).optional;
}

bool is_missing(State state) { return state >= State::unavailable; }

State state_of(ical::Busy kind) {
    switch (kind) {
    case ical::Busy::busy:
        return State::busy;
    case ical::Busy::tentative:
        return State::tentative;
    case ical::Busy::unavailable:
        return State::unavailable;
    case ical::Busy::free:
        break;
    }
    return State::free;
}

/// What becomes of each start.
using Row = std::vector<State>;

/// The possible starts, ascending.
class Grid {
public:
    explicit Grid(const Question& question) : length_(question.duration) {
        const seconds step = question.step;
        const UtcTime last = question.to - question.duration;
        for (UtcTime at = question.from; at <= last; at += step) {
            // Where a clock changes by half an hour, whole hours are elsewhere from then on.
            const auto past = question.zone->to_local(at).time_since_epoch() % step;
            if (past != 0s) at += step - past;
            if (at <= last) starts_.push_back(at);
        }
    }

    [[nodiscard]] const std::vector<UtcTime>& starts() const { return starts_; }
    [[nodiscard]] std::size_t size() const { return starts_.size(); }

    /// Makes all starts in `row` worse whose slot, widened by the margins, overlaps one of `spans`.
    void mark(Row& row, std::vector<Span> spans, State state, seconds before = 0s,
              seconds after = 0s) const {
        for (Span& span : spans) span = {span.start - length_ - after + 1s, span.end + before};
        for (const Span& span : united(std::move(spans))) worsen(row, span, state);
    }

    /// … whose slot is not wholly in one of `spans`.
    void mark_outside(Row& row, const Spans& spans, State state) const {
        Spans inside;
        for (const Span& span : spans)
            if (span.end - span.start >= length_)
                inside.push_back({span.start, span.end - length_ + 1s});
        const Spans all{{ical::beginning_of_time, ical::end_of_time}};
        for (const Span& span : without(all, inside)) worsen(row, span, state);
    }

private:
    void worsen(Row& row, const Span& starts, State state) const {
        const auto index = [&](UtcTime at) {
            return std::lower_bound(starts_.begin(), starts_.end(), at) - starts_.begin();
        };
        const auto last = row.begin() + index(starts.end);
        for (auto at = row.begin() + index(starts.start); at < last; ++at)
            *at = std::max(*at, state);
    }

    seconds length_;
    std::vector<UtcTime> starts_;
};

std::vector<Span> spans_of(const std::vector<ical::BusyPeriod>& periods, ical::Busy kind) {
    std::vector<Span> spans;
    for (const auto& period : periods)
        if (period.kind == kind) spans.push_back({period.start, period.end});
    return spans;
}

/// The shifts of all days that touch the window.
Spans working_time(const WorkingWeek& week, const ical::Zone& zone, UtcTime from, UtcTime to) {
    std::vector<Span> spans;
    const auto first = floor<days>(zone.to_local(from)) - days{1};
    const auto last = floor<days>(zone.to_local(to));
    for (auto day = first; day <= last; day += days{1}) {
        const auto weekday = std::chrono::weekday{day}.c_encoding();
        for (const Shift& shift : week.at(weekday)) {
            const auto end = shift.end > shift.begin ? shift.end : shift.end + days{1};
            spans.push_back({zone.to_utc(day + shift.begin), zone.to_utc(day + end)});
        }
    }
    return united(std::move(spans));
}

Row row_of(const Invitee& person, const Question& question, const Grid& grid) {
    Row row(grid.size(), State::free);
    for (const auto kind : {ical::Busy::busy, ical::Busy::tentative, ical::Busy::unavailable}) {
        // Nobody needs a way to the end of the working day.
        const bool is_meeting = kind != ical::Busy::unavailable;
        grid.mark(row, spans_of(person.busy, kind), state_of(kind),
                  is_meeting ? question.before : 0min, is_meeting ? question.after : 0min);
    }
    grid.mark_outside(row, {person.known}, State::unknown);
    if (person.hours)
        grid.mark_outside(row,
                          working_time(*person.hours, *person.zone, question.from, question.to),
                          State::outside_hours);
    return row;
}

// ---- rooms

/// The places of those that fit, the best one first: the smallest, with the fewest features that
/// nobody asked for. Those whose size is not known come last.
std::vector<std::size_t> fitting_rooms(const Question& question) {
    std::vector<std::size_t> result;
    if (!question.room) return result;
    const auto& rooms = question.rooms;
    for (std::size_t i = 0; i < rooms.size(); ++i)
        if (fits(rooms[i], *question.room)) result.push_back(i);
    const auto size_of = [](const Room& room) {
        return room.capacity == 0 ? std::numeric_limits<int>::max() : room.capacity;
    };
    std::stable_sort(result.begin(), result.end(), [&](std::size_t a, std::size_t b) {
        return std::pair(size_of(rooms[a]), rooms[a].features.size()) <
               std::pair(size_of(rooms[b]), rooms[b].features.size());
    });
    return result;
}

class Finder {
public:
    explicit Finder(const Question& question)
        : question_(question), grid_(question), fitting_(fitting_rooms(question)),
          ranks_(grid_.size()) {
        for (const Invitee& person : question.people) add(person);
        if (question.room) add_rooms();
    }

    std::vector<Slot> best() const {
        std::vector<Slot> slots;
        for (const std::size_t index : in_order()) {
            if (slots.size() >= question_.limit) break;
            const UtcTime start = grid_.starts()[index];
            const UtcTime end = start + question_.duration;
            if (std::none_of(slots.begin(), slots.end(), [&](const Slot& other) {
                    return start < other.end && other.start < end;
                }))
                slots.push_back(slot(index));
        }
        return slots;
    }

private:
    struct Rank {
        int missing = 0;
        int cost = 0;
        // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 misreads a defaulted operator
        friend auto operator<=>(const Rank&, const Rank&) = default;
    };

    void add(const Invitee& person) {
        worst_cost_ += cost_of(person, State::busy);
        Row row = row_of(person, question_, grid_);
        for (std::size_t i = 0; i < row.size(); ++i) {
            ranks_[i].cost += cost_of(person, row[i]);
            if (person.required && is_missing(row[i])) ++ranks_[i].missing;
        }
        people_.push_back(std::move(row));
    }

    void add_rooms() {
        for (const std::size_t index : fitting_) {
            Row row(grid_.size(), State::free);
            for (const auto& period : question_.rooms[index].busy)
                grid_.mark(row, {{period.start, period.end}}, state_of(period.kind));
            rooms_.push_back(std::move(row));
        }
        worst_cost_ += cost_of_missing;
        for (std::size_t i = 0; i < grid_.size(); ++i) {
            if (std::any_of(rooms_.begin(), rooms_.end(),
                            [&](const Row& row) { return row[i] == State::free; }))
                continue;
            ranks_[i].cost += cost_of_missing;
            ++ranks_[i].missing;
        }
    }

    [[nodiscard]] std::vector<std::size_t> in_order() const {
        std::vector<std::size_t> order(grid_.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return ranks_[a] < ranks_[b]; });
        return order;
    }

    [[nodiscard]] Slot slot(std::size_t index) const {
        Slot result;
        result.start = grid_.starts()[index];
        result.end = result.start + question_.duration;
        result.missing = static_cast<std::size_t>(ranks_[index].missing);
        const int worst = std::max(worst_cost_, 1);
        result.score = best_score * (worst - ranks_[index].cost) / worst;
        result.people.reserve(people_.size());
        for (const Row& row : people_) result.people.push_back(row[index]);
        for (std::size_t i = 0; i < rooms_.size(); ++i)
            if (rooms_[i][index] == State::free) result.rooms.push_back(fitting_[i]);
        return result;
    }

    const Question& question_;
    Grid grid_;
    std::vector<std::size_t> fitting_;
    std::vector<Rank> ranks_;
    std::vector<Row> people_;
    std::vector<Row> rooms_;  ///< of fitting_
    int worst_cost_ = 0;
};

}  // namespace

std::string_view name_of(State state) { return row_of(state).name; }

bool fits(const Room& room, const RoomWanted& wanted) {
    const auto has = [&](const std::string& feature) {
        return std::find(room.features.begin(), room.features.end(), feature) !=
               room.features.end();
    };
    return (room.capacity == 0 || room.capacity >= wanted.people) &&
           std::all_of(wanted.features.begin(), wanted.features.end(), has);
}

std::vector<Slot> meeting_times(const Question& question) { return Finder(question).best(); }

}  // namespace kalends::sched
