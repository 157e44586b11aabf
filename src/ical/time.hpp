#pragma once
// Dates, times and lengths as iCalendar writes them, without a time zone. RFC 5545 3.3.4
// to 3.3.6, 3.3.9, 3.3.14. Civil times are counted in seconds on the proleptic Gregorian calendar,
// years 0 to 9999.

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace kalends::ical {

using UtcTime = std::chrono::sys_seconds;  ///< a moment
using LocalTime =
    std::chrono::local_seconds;  ///< what a clock on the wall shows, in a zone not said here

/// A property value that cannot be what its type says: what() is a sentence with the value and,
/// where known, the line.
class ValueError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Before every and after every time that iCalendar can write: the open ends of time ranges and
/// endless series.
constexpr UtcTime beginning_of_time{
    std::chrono::seconds{-62'167'305'600}};                            ///< a day before 0000-01-01
constexpr UtcTime end_of_time{std::chrono::seconds{253'402'387'200}};  ///< a day after 9999-12-31

/// A DATE or DATE-TIME value as written. A DATE is midnight of its day.
struct DateOrTime {
    LocalTime local{};     ///< the digits
    bool is_date = false;  ///< a DATE
    bool is_utc = false;   ///< with a Z: `local` is UTC

    friend bool operator==(const DateOrTime&, const DateOrTime&) = default;
};

/// A length. `days` (and weeks, as 7 days) are nominal: the same time of day some days later,
/// whatever the clocks do in between; `time` is exact. Both have the same sign. RFC 5545 3.3.6.
struct Duration {
    std::chrono::days days{};
    std::chrono::seconds time{};

    [[nodiscard]] bool is_negative() const { return days.count() < 0 || time.count() < 0; }
    [[nodiscard]] bool is_zero() const { return days.count() == 0 && time.count() == 0; }
    /// With a day as 24 hours.
    [[nodiscard]] std::chrono::seconds flat() const { return days + time; }
    friend bool operator==(const Duration&, const Duration&) = default;
};

/// A PERIOD: its start, and its end or its length.
struct Period {
    DateOrTime start;
    std::optional<DateOrTime> end;
    Duration length;  ///< if there is no end
};

/// Each gives nothing for text that is not exactly one value: a month 13, a 30 February, a sign or
/// a space too many, a number that would not fit. A leap second (60) is read as 59. Durations are
/// at most 10,000 years.
std::optional<DateOrTime> parse_date(std::string_view text);  ///< 20260131
std::optional<DateOrTime>
parse_date_time(std::string_view text);  ///< 20260131T120000, 20260131T120000Z
std::optional<DateOrTime> parse_date_or_time(std::string_view text);  ///< either, by its length
std::optional<Duration> parse_duration(std::string_view text);        ///< P1DT2H, -PT15M, P2W
std::optional<Period> parse_period(std::string_view text);  ///< start/end or start/duration
std::optional<std::chrono::seconds> parse_utc_offset(std::string_view text);  ///< +0100, -013000

std::string format(const DateOrTime& value);
std::string format_utc(UtcTime moment);  ///< 20260131T120000Z
std::string format_date(LocalTime day);  ///< 20260131
std::string format(const Duration& value);
std::string format_utc_offset(std::chrono::seconds offset);

}  // namespace kalends::ical
