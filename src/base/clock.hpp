#pragma once
// The one place that asks for the time, so that tests can set it.

#include <chrono>
#include <cstdint>
#include <string>

namespace kalends::clock {

using Seconds = std::chrono::sys_seconds;

/// Now, by the wall clock, or what a test has set.
std::chrono::system_clock::time_point now();

/// Seconds since 1970 of now(): as the database keeps moments.
std::int64_t unix_now();

/// Now, by a clock that never goes back: for timeouts and durations.
std::chrono::steady_clock::time_point steady();

/// Lets now() answer `moment` until the guard is gone.
class Fixed {
public:
    explicit Fixed(std::chrono::system_clock::time_point moment);
    ~Fixed();
    Fixed(const Fixed&) = delete;
    Fixed& operator=(const Fixed&) = delete;
};

/// "Sun, 06 Nov 1994 08:49:37 GMT", an HTTP date (RFC 9110 5.6.7).
std::string http_date(Seconds moment);

/// "2026-01-31T08:49:37Z" (RFC 3339).
std::string iso_date(Seconds moment);

}  // namespace kalends::clock
