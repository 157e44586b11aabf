#pragma once
// Recurrence rules and their expansion. RFC 5545 3.3.10, 3.8.5.3; RFC 7529 (RSCALE=GREGORIAN,
// SKIP).

#include "ical/budget.hpp"
#include "ical/time.hpp"

#include <array>
#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::ical {

/// RSCALE names a calendar that we don't have: CALDAV:supported-rscale. RFC 7529.
class UnsupportedCalendar : public ValueError {
    using ValueError::ValueError;
};

enum class Frequency : std::uint8_t { secondly, minutely, hourly, daily, weekly, monthly, yearly };

/// What becomes of a day that a month doesn't have. RFC 7529 4.
enum class Skip : std::uint8_t { omit, backward, forward };

/// A set of numbers 1 to N and -1 to -N.
template <std::size_t N> struct SignedSet {
    std::bitset<N + 1> positive, negative;

    void insert(int number) {
        number < 0 ? negative.set(static_cast<std::size_t>(-number))
                   : positive.set(static_cast<std::size_t>(number));
    }
    [[nodiscard]] bool contains(int number) const {
        return number < 0 ? negative.test(static_cast<std::size_t>(-number))
                          : positive.test(static_cast<std::size_t>(number));
    }
    [[nodiscard]] bool empty() const { return positive.none() && negative.none(); }
    friend bool operator==(const SignedSet&, const SignedSet&) = default;
};

/// An RRULE. An empty set is a part that is absent.
struct Rule {
    Frequency frequency = Frequency::yearly;
    Skip skip = Skip::omit;
    std::uint8_t week_start = 1;  ///< WKST; weekdays are 0 Sunday to 6 Saturday
    std::uint32_t interval = 1;
    std::uint32_t count = 0;  ///< 0: without
    std::optional<DateOrTime> until;

    std::uint64_t by_second = 0;  ///< bit n: n
    std::uint64_t by_minute = 0;
    std::uint32_t by_hour = 0;
    std::uint16_t by_month = 0;                     ///< bits 1 to 12
    std::uint8_t by_weekday = 0;                    ///< BYDAY without numbers, bits 0 to 6
    std::array<SignedSet<53>, 7> by_nth_weekday{};  ///< BYDAY with numbers, for each weekday
    bool has_nth_weekday = false;                   ///< some of by_nth_weekday is not empty
    SignedSet<31> by_month_day;
    SignedSet<366> by_year_day;
    SignedSet<53> by_week;
    SignedSet<366> by_set_position;

    friend bool operator==(const Rule&, const Rule&) = default;
};

/// Reads an RRULE or EXRULE. Lenient in what does no harm: any case and order, spaces, empty and
/// unknown parts, numbers before a weekday where they mean nothing. Throws ValueError,
/// UnsupportedCalendar.
Rule parse_rule(std::string_view text);

/// The rule in its canonical spelling.
std::string format(const Rule& rule);

/// The days of one year that the day parts of a rule admit.
struct YearDays {
    int year = -1;
    std::int64_t first = 0;  ///< 1 January, in days since 1970-01-01
    int length = 0;          ///< 365 or 366
    std::array<std::uint64_t, 6> bits{};
};

/// The times of a rule, in order, each once, in local time. Time zones, UNTIL in UTC, EXDATE and so
/// on are the business of Series; `start` itself is among them only if the rule says so.
///
/// It never looks at a second that the coarser parts of the rule exclude: a bit for each day of a
/// year is computed from all BY parts at once, and everything else walks from set bit to set bit.
class Expansion {
public:
    /// Keeps a reference to `budget`. For a date the times of day in the rule are ignored.
    Expansion(const Rule& rule, const DateOrTime& start, Budget& budget);

    /// Goes on with the first occurrence at or after `local`; never back. Without COUNT that costs
    /// the same however far it is; with COUNT the days in between are counted.
    void skip_to(LocalTime local);

    /// Nothing after `local` is wanted, nor looked at.
    void stop_after(LocalTime local);

    /// The next one; nothing after the last (UNTIL taken at its digits, COUNT, the year 9999).
    /// Throws TooExpensive.
    std::optional<LocalTime> next();

private:
    using Days = std::int64_t;     // since 1970-01-01
    using Seconds = std::int64_t;  // since then, on the local clock

    const YearDays& year_of(Days day);
    Days next_admitted(Days day, Seconds limit);
    Days next_aligned_day(Days day);
    Seconds candidate(Seconds from);
    Seconds candidate_in_unit(Seconds from);
    Seconds next_occurrence();
    bool load_positions();
    void skip_counted(Seconds target);
    void count_until(Seconds target);
    void give_back(Seconds moment);

    [[nodiscard]] std::int64_t period_of(Seconds moment) const;
    [[nodiscard]] Seconds period_start(std::int64_t period) const;
    [[nodiscard]] std::int64_t align(std::int64_t period) const;
    [[nodiscard]] int next_time(int second_of_day) const;
    [[nodiscard]] int nth_time(std::int64_t n, int first_second) const;
    [[nodiscard]] std::int64_t times_per_period_day() const;
    [[nodiscard]] bool has_positions() const;
    [[nodiscard]] bool reachable() const;

    Rule rule_;  // completed from the start: nothing in it is implied any more
    Budget& budget_;
    Seconds start_;
    Seconds last_;       // nothing after it
    std::int64_t unit_;  // seconds in a period of a rule below DAILY; 0 for the others
    std::int64_t first_period_;
    std::int64_t times_per_day_;  // what BYHOUR, BYMINUTE and BYSECOND make of a day
    std::int64_t remaining_;      // of COUNT
    Seconds cursor_;              // everything before it is done
    std::array<YearDays, 2> years_{};
    std::vector<Seconds> picked_;  // by BYSETPOS from the period before the cursor …
    std::size_t next_picked_ = 0;  // … and which of them comes next
};

}  // namespace kalends::ical
