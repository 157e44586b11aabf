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

/// The times of a rule, in order, each once, in local time. Time zones, UNTIL in UTC, EXDATE and so
/// on are the business of Series; `start` itself is among them only if the rule says so.
///
/// It never looks at a second that the coarser parts of the rule exclude: a bit for each day of a
/// year is computed from all BY parts at once, and everything else walks from set bit to set bit.
class Expansion {
public:
    /// Keeps references to all. `start` is a date if the times of day in the rule are to be
    /// ignored.
    Expansion(const Rule& rule, DateOrTime start, Budget& budget);

    /// Goes on with the first occurrence at or after `local`; never back. Without COUNT that costs
    /// the same however far it is; with COUNT the days in between are counted.
    void skip_to(LocalTime local);

    /// The next one; nothing after the last (UNTIL taken at its digits, COUNT, the year 9999).
    /// Throws TooExpensive.
    std::optional<LocalTime> next();

private:
    using Days = std::int64_t;     ///< since 1970-01-01
    using Seconds = std::int64_t;  ///< since then, local

    /// A bit for each day of a year that the rule admits.
    struct YearDays {
        int year = -1;
        Days first = 0;  ///< 1 January
        int length = 0;  ///< 365 or 366
        bool any = false;
        std::array<std::uint64_t, 6> bits{};
    };

    friend class YearFilter;

    const YearDays& year_of(Days day);
    [[nodiscard]] bool admits(Days day);
    Days next_day(Days from, Days limit);

    [[nodiscard]] std::int64_t period_of(Days day) const;
    [[nodiscard]] Days first_day(std::int64_t period) const;
    [[nodiscard]] std::int64_t aligned(std::int64_t period) const;

    bool load();
    bool load_days();
    bool load_unit();
    void pick_positions();
    void fill_times();
    void count_days_before(Days day);

    const Rule& rule_;
    Budget& budget_;
    Seconds start_;
    Seconds last_;            ///< no occurrence after it
    std::int64_t remaining_;  ///< of COUNT
    std::uint64_t seconds_, minutes_;
    std::uint32_t hours_;
    std::int64_t unit_;  ///< seconds in a period of a sub-daily rule; 0 for the others
    std::int64_t first_period_;
    std::int64_t period_;  ///< to be looked at next
    Rule days_;            ///< the day parts, with what DTSTART adds
    std::array<YearDays, 2> years_{};
    std::vector<Seconds> found_;  ///< of the period at hand …
    std::size_t at_ = 0;          ///< … and the next of them
    bool done_ = false;
};

}  // namespace kalends::ical
