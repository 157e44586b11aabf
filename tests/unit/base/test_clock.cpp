#include "base/clock.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace std::chrono_literals;

TEST_CASE("RFC 9110 5.6.7: a date in a header is an IMF-fixdate") {
    CHECK(clock::http_date(clock::Seconds{784111777s}) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(clock::http_date(clock::Seconds{0s}) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(clock::http_date(clock::Seconds{1709164800s}) == "Thu, 29 Feb 2024 00:00:00 GMT");
}

TEST_CASE("RFC 3339: a date in a log is in UTC") {
    CHECK(clock::iso_date(clock::Seconds{784111777s}) == "1994-11-06T08:49:37Z");
    CHECK(clock::iso_date(clock::Seconds{-1s}) == "1969-12-31T23:59:59Z");
}

TEST_CASE("a test sets the time, and it runs again when the guard is gone") {
    const std::chrono::system_clock::time_point moment{1000s};
    {
        const clock::Fixed fixed{moment};
        CHECK(clock::now() == moment);
    }
    CHECK(clock::now() > moment + 24h * 365 * 50);
}

TEST_CASE("the steady clock goes on while a test has set the time") {
    const clock::Fixed fixed{std::chrono::system_clock::time_point{}};
    const auto before = clock::steady();
    while (clock::steady() == before) {
    }
    CHECK(clock::steady() > before);
}
