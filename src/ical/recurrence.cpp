// Walking through the occurrences of a rule.
//
// Whatever the frequency, an occurrence is a day that the day parts admit (a bit of a year, see
// year_days.cpp) and a time that BYHOUR, BYMINUTE and BYSECOND admit (bits again), in a period that
// INTERVAL does not leave out. So finding the first one from some moment on is always the same:
// take the next day bit, then the next time bit, then see whether its period counts; if not, go on
// from the start of the next one that does. Coarse parts are tested before fine ones, so a rule for
// every second of a day that never comes costs one look at each year.
//
// Only BYSETPOS needs to see a period as a whole, and even there positions are computed: the n-th
// of D days with T times each is time n mod T of day n div T.

#include "ical/recurrence.hpp"

#include "ical/year_days_private.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <numeric>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t steps_per_year = 8;
constexpr LocalTime last_second{local_days{year{9999} / December / 31} + 86'399s};

constexpr std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

constexpr std::int64_t day_of(std::int64_t moment) { return floor_div(moment, seconds_per_day); }

constexpr int year_containing(std::int64_t day) {
    return static_cast<int>(year_month_day{local_days{days{day}}}.year());
}

/// The first set bit at `from` or above; -1 if there is none.
int next_bit(std::uint64_t bits, int from) {
    const std::uint64_t above = from < 64 ? bits >> static_cast<unsigned>(from) : 0;
    return above == 0 ? -1 : from + std::countr_zero(above);
}

/// The number of the n-th set bit, from 0.
int nth_bit(std::uint64_t bits, std::int64_t n) {
    for (; n > 0; --n) bits &= bits - 1;
    return std::countr_zero(bits);
}

std::int64_t unit_of(Frequency frequency) {
    switch (frequency) {
    case Frequency::secondly:
        return 1;
    case Frequency::minutely:
        return 60;
    case Frequency::hourly:
        return 3600;
    default:
        return 0;
    }
}

/// No occurrence is later: UNTIL, with a date taken to the end of its day, or the end of
/// iCalendar's years.
LocalTime limit_of(const Rule& rule) {
    if (!rule.until) return last_second;
    const LocalTime until = rule.until->is_date ? rule.until->local + 86'399s : rule.until->local;
    return std::min(until, last_second);
}

}  // namespace

Expansion::Expansion(const Rule& rule, const DateOrTime& start, Budget& budget)
    : rule_(completed(rule, start)), budget_(budget),
      start_(start.local.time_since_epoch().count()),
      last_(limit_of(rule).time_since_epoch().count()), unit_(unit_of(rule_.frequency)),
      first_period_(period_of(start_)),
      times_per_day_(std::popcount(rule_.by_hour) * std::popcount(rule_.by_minute) *
                     std::popcount(rule_.by_second)),
      remaining_(rule.count != 0 ? rule.count : never), cursor_(start_) {
    // BYSETPOS counts from the start of the period, wherever in it DTSTART is.
    if (!rule_.by_set_position.empty()) cursor_ = period_start(first_period_);
    if (!reachable() || !has_positions()) last_ = start_ - 1;
}

void Expansion::stop_after(LocalTime local) {
    last_ = std::min<Seconds>(last_, local.time_since_epoch().count());
}

void Expansion::skip_to(LocalTime local) {
    const Seconds target = local.time_since_epoch().count();
    if (target <= start_) return;
    if (rule_.count != 0) {
        skip_counted(target);
        return;
    }
    if (rule_.by_set_position.empty()) {
        cursor_ = std::max(cursor_, target);
        return;
    }
    const Seconds start = period_start(period_of(target));
    if (start > cursor_) {
        cursor_ = start;
        picked_.clear();
        next_picked_ = 0;
    }
    start_ = std::max(start_, target);
}

/// With COUNT what is skipped still counts. Whole days are counted without looking at their times;
/// the first day may have begun before the start.
void Expansion::skip_counted(Seconds target) {
    const Seconds second_day = (day_of(start_) + 1) * seconds_per_day;
    if (unit_ == 0 && rule_.by_set_position.empty() && target > second_day) {
        count_until(second_day);
        const Days last_day = day_of(target);
        for (Days day = next_aligned_day(day_of(second_day)); day < last_day && remaining_ > 0;
             day = next_aligned_day(day + 1))
            remaining_ -= times_per_day_;
        cursor_ = std::max(cursor_, last_day * seconds_per_day);
    }
    count_until(target);
}

void Expansion::count_until(Seconds target) {
    while (remaining_ > 0) {
        const Seconds moment = next_occurrence();
        if (moment == never) return;
        if (moment >= target) {
            give_back(moment);
            return;
        }
        --remaining_;
    }
}

/// Makes next_occurrence() return it again.
void Expansion::give_back(Seconds moment) {
    if (rule_.by_set_position.empty())
        cursor_ = moment;
    else
        --next_picked_;
}

std::optional<LocalTime> Expansion::next() {
    if (remaining_ <= 0) return std::nullopt;
    const Seconds moment = next_occurrence();
    if (moment == never) return std::nullopt;
    --remaining_;
    return LocalTime{seconds{moment}};
}

/// The next occurrence, and behind it.
Expansion::Seconds Expansion::next_occurrence() {
    if (rule_.by_set_position.empty()) {
        const Seconds moment = candidate(cursor_);
        cursor_ = moment == never ? never : moment + 1;
        return moment;
    }
    for (;;) {
        while (next_picked_ < picked_.size()) {
            const Seconds moment = picked_[next_picked_++];
            if (moment > last_) return never;
            if (moment >= start_) return moment;
        }
        if (!load_positions()) return never;
    }
}

/// The first moment at or after `from` that all parts but BYSETPOS admit.
Expansion::Seconds Expansion::candidate(Seconds from) {
    if (from > last_) return never;
    if (unit_ != 0) return candidate_in_unit(from);
    Days day = next_aligned_day(day_of(from));
    for (;;) {
        if (day == never) return never;
        const Seconds midnight = day * seconds_per_day;
        const int time = next_time(static_cast<int>(std::max<Seconds>(from - midnight, 0)));
        if (time >= 0) return midnight + time <= last_ ? midnight + time : never;
        day = next_aligned_day(day + 1);
    }
}

/// The same for HOURLY, MINUTELY and SECONDLY, where it is hours, minutes or seconds that INTERVAL
/// counts.
Expansion::Seconds Expansion::candidate_in_unit(Seconds from) {
    for (;;) {
        budget_.spend();
        const std::int64_t period = align(period_of(from));
        from = std::max(from, period_start(period));
        if (from > last_) return never;
        const Days day = day_of(from);
        const Days admitted = next_admitted(day, last_);
        if (admitted == never) return never;
        if (admitted != day) {
            from = admitted * seconds_per_day;
            continue;
        }
        const int time = next_time(static_cast<int>(from - day * seconds_per_day));
        from = time < 0 ? (day + 1) * seconds_per_day : day * seconds_per_day + time;
        if (time >= 0 && period_of(from) == period) return from <= last_ ? from : never;
    }
}

/// Looks at the next period that has anything and keeps of it what BYSETPOS says. False after the
/// last.
bool Expansion::load_positions() {
    const Seconds found = candidate(cursor_);
    if (found == never) return false;
    const std::int64_t period = period_of(found);
    const Seconds start = period_start(period);
    cursor_ = period_start(period + 1);

    std::vector<Days> days;
    for (Days day = next_admitted(day_of(start), cursor_ - 1); day != never;
         day = next_admitted(day + 1, cursor_ - 1))
        days.push_back(day);
    const int first_second =
        static_cast<int>(std::max<Seconds>(start - days.front() * seconds_per_day, 0));
    const std::int64_t times = times_per_period_day();
    const std::int64_t size = static_cast<std::int64_t>(days.size()) * times;

    picked_.clear();
    next_picked_ = 0;
    const auto pick = [&](std::int64_t n) {
        if (n < 0 || n >= size) return;
        const Seconds midnight = days[static_cast<std::size_t>(n / times)] * seconds_per_day;
        picked_.push_back(midnight + nth_time(n % times, first_second));
    };
    for (int position = 1; position <= 366; ++position) {
        if (rule_.by_set_position.contains(position)) pick(position - 1);
        if (rule_.by_set_position.contains(-position)) pick(size - position);
    }
    budget_.spend(days.size() + picked_.size());
    std::sort(picked_.begin(), picked_.end());
    picked_.erase(std::unique(picked_.begin(), picked_.end()), picked_.end());
    return true;
}

const YearDays& Expansion::year_of(Days day) {
    for (const YearDays& year : years_)
        if (year.year >= 0 && day >= year.first && day < year.first + year.length) return year;
    budget_.spend(steps_per_year);
    const int wanted = year_containing(day);
    YearDays& year = years_[static_cast<std::size_t>(wanted) % 2];
    year = admitted_days(rule_, wanted);
    return year;
}

/// The first day at or after `day` that the day parts admit, if it begins no later than `limit`.
Expansion::Days Expansion::next_admitted(Days day, Seconds limit) {
    while (day * seconds_per_day <= limit) {
        const YearDays& year = year_of(day);
        auto at = static_cast<int>(day - year.first);
        for (int word = at / 64; word < 6; ++word) {
            const int bit = next_bit(year.bits[static_cast<std::size_t>(word)], at % 64);
            if (bit >= 0) {
                const Days found = year.first + 64 * word + bit;
                return found * seconds_per_day <= limit ? found : never;
            }
            at = 0;
        }
        day = year.first + year.length;
    }
    return never;
}

/// The first such day in a period that INTERVAL counts; for DAILY and longer periods.
Expansion::Days Expansion::next_aligned_day(Days day) {
    for (;;) {
        budget_.spend();
        day = next_admitted(day, last_);
        if (day == never) return never;
        const std::int64_t period = period_of(day * seconds_per_day);
        const std::int64_t wanted = align(period);
        if (period == wanted) return day;
        day = day_of(period_start(wanted));
    }
}

/// Periods are numbered: years, months since year 0, weeks since some WKST, days, hours … since
/// 1970.
std::int64_t Expansion::period_of(Seconds moment) const {
    if (unit_ != 0) return floor_div(moment, unit_);
    const Days day = day_of(moment);
    if (rule_.frequency == Frequency::daily) return day;
    if (rule_.frequency == Frequency::weekly) return floor_div(day + 4 - rule_.week_start, 7);
    const year_month_day date{local_days{days{day}}};
    const std::int64_t y = static_cast<int>(date.year());
    if (rule_.frequency == Frequency::yearly) return y;
    return y * 12 + static_cast<unsigned>(date.month()) - 1;
}

Expansion::Seconds Expansion::period_start(std::int64_t period) const {
    if (unit_ != 0) return period * unit_;
    switch (rule_.frequency) {
    case Frequency::daily:
        return period * seconds_per_day;
    case Frequency::weekly:
        return (period * 7 - 4 + rule_.week_start) * seconds_per_day;
    default:
        break;
    }
    const bool monthly = rule_.frequency == Frequency::monthly;
    const std::int64_t y = monthly ? floor_div(period, 12) : period;
    // Past the last year of iCalendar there are no more periods, and soon no more years in
    // <chrono>.
    if (y > 9999) return last_second.time_since_epoch().count() + 1;
    const auto m = static_cast<unsigned>(monthly ? period - y * 12 + 1 : 1);
    return LocalTime{local_days{year{static_cast<int>(y)} / month{m} / 1}}
        .time_since_epoch()
        .count();
}

/// The first period at or after `period` that INTERVAL counts.
std::int64_t Expansion::align(std::int64_t period) const {
    const std::int64_t rest = (period - first_period_) % rule_.interval;
    return rest == 0 ? period : period + rule_.interval - rest;
}

/// The first second of a day, from `second` on, that hours, minutes and seconds admit; -1 if there
/// is none.
int Expansion::next_time(int second) const {
    const int from_hour = second / 3600;
    const int from_minute = second / 60 % 60;
    const int first_second = std::countr_zero(rule_.by_second);
    const int first_minute = std::countr_zero(rule_.by_minute);
    if ((rule_.by_hour >> static_cast<unsigned>(from_hour) & 1U) != 0) {
        if ((rule_.by_minute >> static_cast<unsigned>(from_minute) & 1U) != 0) {
            const int s = next_bit(rule_.by_second, second % 60);
            if (s >= 0) return from_hour * 3600 + from_minute * 60 + s;
        }
        const int m = next_bit(rule_.by_minute, from_minute + 1);
        if (m >= 0) return from_hour * 3600 + m * 60 + first_second;
    }
    const int h = next_bit(rule_.by_hour, from_hour + 1);
    return h < 0 ? -1 : h * 3600 + first_minute * 60 + first_second;
}

/// The n-th time, from 0, of a day, or of the hour, minute or second that begins with
/// `first_second`.
int Expansion::nth_time(std::int64_t n, int first_second) const {
    if (unit_ == 1) return first_second;
    const std::int64_t seconds_count = std::popcount(rule_.by_second);
    const int s = nth_bit(rule_.by_second, n % seconds_count);
    n /= seconds_count;
    if (unit_ == 60) return first_second + s;
    const std::int64_t minutes_count = std::popcount(rule_.by_minute);
    const int m = nth_bit(rule_.by_minute, n % minutes_count);
    if (unit_ == 3600) return first_second + m * 60 + s;
    return nth_bit(rule_.by_hour, n / minutes_count) * 3600 + m * 60 + s;
}

/// How many times a period has on one day.
std::int64_t Expansion::times_per_period_day() const {
    switch (unit_) {
    case 1:
        return 1;
    case 60:
        return std::popcount(rule_.by_second);
    case 3600:
        return std::popcount(rule_.by_minute) * std::popcount(rule_.by_second);
    default:
        return times_per_day_;
    }
}

/// Whether a period can be long enough for some BYSETPOS: the second occurrence in a second never
/// is.
bool Expansion::has_positions() const {
    if (rule_.by_set_position.empty()) return true;
    constexpr std::array<int, 7> most_days{1, 1, 1, 1, 7, 31, 366};
    const std::int64_t most =
        most_days[static_cast<std::size_t>(rule_.frequency)] * times_per_period_day();
    for (int position = 1; position <= std::min<std::int64_t>(most, 366); ++position)
        if (rule_.by_set_position.contains(position) || rule_.by_set_position.contains(-position))
            return true;
    return false;
}

/// Below DAILY, INTERVAL may step over every time of day that the rule admits: each 7200 seconds
/// from 9:00 on and BYSECOND=1. Such a rule would be searched to the year 9999. The steps reach a
/// time of day exactly if it differs from the start by a multiple of the greatest common divisor of
/// a step and a day.
bool Expansion::reachable() const {
    if (unit_ == 0 || rule_.interval == 1) return true;
    const std::int64_t stride = unit_ * rule_.interval;
    const Seconds origin = period_start(first_period_);
    const auto meets = [&](std::int64_t second, std::int64_t cycle) {
        return (second / unit_ * unit_ - origin) % std::gcd(stride, cycle) == 0;
    };
    for (int s = next_bit(rule_.by_second, 0); s >= 0; s = next_bit(rule_.by_second, s + 1)) {
        if (!meets(s, 60)) continue;
        for (int m = next_bit(rule_.by_minute, 0); m >= 0; m = next_bit(rule_.by_minute, m + 1)) {
            if (!meets(m * 60 + s, 3600)) continue;
            for (int h = next_bit(rule_.by_hour, 0); h >= 0; h = next_bit(rule_.by_hour, h + 1))
                if (meets(h * 3600 + m * 60 + s, seconds_per_day)) return true;
        }
    }
    return false;
}

}  // namespace kalends::ical
