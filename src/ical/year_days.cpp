// A year is six words of bits, one for each day. Each BY part that selects days makes such a set,
// and the rule admits their intersection: RFC 5545 3.3.10 lets a part expand or limit depending on
// the frequency, which comes to the same once nothing is implied any more (completed() sees to
// that). What is left of the frequency is what BYDAY with numbers counts in (the month or the
// year), and how periods are stepped through, which is Expansion's part.

#include "ical/year_days_private.hpp"

#include <bit>

namespace kalends::ical {
namespace {

using namespace std::chrono;

using Bits = std::array<std::uint64_t, 6>;

constexpr std::int64_t days_from_civil(int y, unsigned m, unsigned d) {
    return local_days{year{y} / month{m} / day{d}}.time_since_epoch().count();
}

/// A range of days of the year, counted from 0.
struct Range {
    int first;
    int end;
};

void set(Bits& bits, int day) {
    bits[static_cast<std::size_t>(day) / 64] |= std::uint64_t{1}
                                                << (static_cast<unsigned>(day) % 64);
}

void set(Bits& bits, Range range) {
    for (int day = range.first; day < range.end; ++day) set(bits, day);
}

/// `first` and every seventh day after it, beyond the end of the year too. A word is nine weeks and
/// a day, so the next one begins a weekday later.
void set_every_seventh(Bits& bits, int first) {
    static constexpr std::array<std::uint64_t, 7> pattern = [] {
        std::array<std::uint64_t, 7> words{};
        for (unsigned bit = 0; bit < 64; ++bit) words[bit % 7] |= std::uint64_t{1} << bit;
        return words;
    }();
    for (std::size_t i = 0; i < bits.size(); ++i)
        bits[i] |= pattern[(static_cast<std::size_t>(first) + 7 - i) % 7];
}

Bits operator&(Bits a, const Bits& b) {
    for (std::size_t i = 0; i < a.size(); ++i) a[i] &= b[i];
    return a;
}

/// Calls `use` with the number of each set bit.
template <class Use> void for_each_bit(std::uint64_t bits, Use use) {
    for (; bits != 0; bits &= bits - 1) use(std::countr_zero(bits));
}

/// The days of one year for one rule.
class YearFilter {
public:
    YearFilter(const Rule& rule, int year)
        : rule_(rule), year_(year), first_(days_from_civil(year, 1, 1)),
          length_(std::chrono::year{year}.is_leap() ? 366 : 365) {
        static constexpr std::array<int, 14> month_first{0,   0,   31,  59,  90,  120, 151,
                                                         181, 212, 243, 273, 304, 334, 365};
        month_first_ = month_first;
        for (std::size_t m = 3; m < month_first_.size(); ++m) month_first_[m] += length_ - 365;
    }

    YearDays days() const {
        Bits bits = months_and_month_days();
        if (!rule_.by_week.empty()) bits = bits & weeks();
        if (!rule_.by_year_day.empty()) bits = bits & year_days();
        if (rule_.by_weekday != 0 || rule_.has_nth_weekday) bits = bits & weekdays();
        return {year_, first_, length_, bits};
    }

private:
    [[nodiscard]] Range month(int m) const {
        return {month_first_[static_cast<std::size_t>(m)],
                month_first_[static_cast<std::size_t>(m) + 1]};
    }
    [[nodiscard]] unsigned months() const { return rule_.by_month != 0 ? rule_.by_month : 0x1FFEU; }

    [[nodiscard]] Bits months_and_month_days() const {
        Bits bits{};
        if (rule_.by_month == 0 && rule_.by_month_day.empty()) {
            bits.fill(~std::uint64_t{0});
            bits[5] = (std::uint64_t{1} << (static_cast<unsigned>(length_) - 320U)) - 1;
            return bits;
        }
        for_each_bit(months(), [&](int m) {
            if (rule_.by_month_day.empty())
                set(bits, month(m));
            else
                set_month_days(bits, month(m));
        });
        return bits;
    }

    void set_month_days(Bits& bits, Range month) const {
        const int length = month.end - month.first;
        for_each_bit(rule_.by_month_day.positive.to_ullong(), [&](int day) {
            if (day <= length)
                set(bits, month.first + day - 1);
            else if (rule_.skip == Skip::backward)
                set(bits, month.end - 1);
            else if (rule_.skip == Skip::forward)
                set(bits, month.end);  // never past the year: December has 31 days
        });
        for_each_bit(rule_.by_month_day.negative.to_ullong(), [&](int day) {
            if (day <= length) set(bits, month.end - day);
        });
    }

    /// The first day of week 1, the first week with four days or more in that year.
    [[nodiscard]] std::int64_t first_week(int of_year) const {
        const std::int64_t fourth = days_from_civil(of_year, 1, 4);
        return fourth - (weekday_of(fourth) - rule_.week_start + 7) % 7;
    }

    /// A day belongs to the week it is in, be it one of last year's or of next year's weeks.
    [[nodiscard]] Bits weeks() const {
        Bits bits{};
        for (int y = year_ - 1; y <= year_ + 1; ++y) {
            const std::int64_t start = first_week(y);
            const auto count = static_cast<int>((first_week(y + 1) - start) / 7);
            for (int week = 1; week <= count; ++week) {
                if (!rule_.by_week.contains(week) && !rule_.by_week.contains(week - count - 1))
                    continue;
                const std::int64_t begin = start + 7 * (week - 1) - first_;
                for (std::int64_t day = begin; day < begin + 7; ++day)
                    if (day >= 0 && day < length_) set(bits, static_cast<int>(day));
            }
        }
        return bits;
    }

    [[nodiscard]] Bits year_days() const {
        Bits bits{};
        for (int day = 1; day <= length_; ++day)
            if (rule_.by_year_day.contains(day) || rule_.by_year_day.contains(day - length_ - 1))
                set(bits, day - 1);
        return bits;
    }

    [[nodiscard]] Bits weekdays() const {
        Bits bits{};
        const int first_weekday = weekday_of(first_);
        for_each_bit(rule_.by_weekday, [&](int weekday) {
            set_every_seventh(bits, (weekday - first_weekday + 7) % 7);
        });
        bits[5] &= (std::uint64_t{1} << (static_cast<unsigned>(length_) - 320U)) - 1;
        if (!rule_.has_nth_weekday) return bits;
        if (rule_.frequency == Frequency::yearly && rule_.by_month == 0)
            set_nth_weekdays(bits, {0, length_});
        else
            for_each_bit(months(), [&](int m) { set_nth_weekdays(bits, month(m)); });
        return bits;
    }

    void set_nth_weekdays(Bits& bits, Range in) const {
        for (int weekday = 0; weekday < 7; ++weekday) {
            const auto& numbers = rule_.by_nth_weekday[static_cast<std::size_t>(weekday)];
            const int first = in.first + (weekday - weekday_of(first_ + in.first) + 7) % 7;
            const int last = in.end - 1 - (weekday_of(first_ + in.end - 1) - weekday + 7) % 7;
            for_each_bit(numbers.positive.to_ullong(), [&](int n) {
                if (first + 7 * (n - 1) <= last) set(bits, first + 7 * (n - 1));
            });
            for_each_bit(numbers.negative.to_ullong(), [&](int n) {
                if (last - 7 * (n - 1) >= first) set(bits, last - 7 * (n - 1));
            });
        }
    }

    const Rule& rule_;
    int year_;
    std::int64_t first_;
    int length_;
    std::array<int, 14> month_first_{};
};

void complete_days(Rule& rule, LocalTime start) {
    const auto day = floor<days>(start);
    const year_month_day date{day};
    if (rule.by_weekday != 0 || rule.has_nth_weekday || !rule.by_month_day.empty() ||
        !rule.by_year_day.empty())
        return;
    const auto weekday =
        static_cast<std::uint8_t>(1U << weekday_of(day.time_since_epoch().count()));
    if (rule.frequency == Frequency::weekly || !rule.by_week.empty()) {
        if (rule.frequency >= Frequency::weekly) rule.by_weekday = weekday;
        return;
    }
    if (rule.frequency < Frequency::monthly) return;
    if (rule.frequency == Frequency::yearly && rule.by_month == 0)
        rule.by_month = static_cast<std::uint16_t>(1U << static_cast<unsigned>(date.month()));
    rule.by_month_day.insert(static_cast<int>(static_cast<unsigned>(date.day())));
}

void complete_times(Rule& rule, const DateOrTime& start) {
    const auto second = (start.local - floor<days>(start.local)).count();
    const auto bit = [](std::int64_t n) { return std::uint64_t{1} << static_cast<unsigned>(n); };
    constexpr std::uint64_t sixty = (std::uint64_t{1} << 60) - 1;
    constexpr std::uint32_t all_hours = (1U << 24) - 1;

    if (start.is_date) {
        rule.by_hour = 0;
        rule.by_minute = rule.by_second = 0;
    }
    if (rule.by_hour == 0)
        rule.by_hour = rule.frequency <= Frequency::hourly
                           ? all_hours
                           : static_cast<std::uint32_t>(bit(second / 3600));
    if (rule.by_minute == 0)
        rule.by_minute = rule.frequency <= Frequency::minutely ? sixty : bit(second / 60 % 60);
    if (rule.by_second == 0)
        rule.by_second = rule.frequency == Frequency::secondly ? sixty : bit(second % 60);
}

}  // namespace

Rule completed(const Rule& rule, const DateOrTime& start) {
    Rule whole = rule;
    // An all-day event that repeats by the hour repeats by the day: RFC 5545 3.3.10 forbids it, and
    // nothing else is left of it.
    if (start.is_date && whole.frequency < Frequency::daily) {
        whole.frequency = Frequency::daily;
        whole.interval = 1;
    }
    complete_days(whole, start.local);
    complete_times(whole, start);
    return whole;
}

YearDays admitted_days(const Rule& rule, int year) { return YearFilter(rule, year).days(); }

}  // namespace kalends::ical
