#include "base/clock.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdio>

namespace kalends::clock {
namespace {

constexpr std::int64_t not_set = INT64_MIN;
std::atomic<std::int64_t> fixed_at{not_set};

struct Fields {
    int year;
    unsigned month, day, weekday;
    int hour, minute, second;
};

Fields fields_of(Seconds moment) {
    const auto day = std::chrono::floor<std::chrono::days>(moment);
    const std::chrono::year_month_day date{day};
    const std::chrono::hh_mm_ss time{moment - day};
    return {static_cast<int>(date.year()),           static_cast<unsigned>(date.month()),
            static_cast<unsigned>(date.day()),       std::chrono::weekday{day}.c_encoding(),
            static_cast<int>(time.hours().count()),  static_cast<int>(time.minutes().count()),
            static_cast<int>(time.seconds().count())};
}

}  // namespace

std::chrono::system_clock::time_point now() {
    const auto fixed = fixed_at.load(std::memory_order_relaxed);
    if (fixed == not_set) return std::chrono::system_clock::now();
    return std::chrono::system_clock::time_point{std::chrono::system_clock::duration{fixed}};
}

std::int64_t unix_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(now().time_since_epoch()).count();
}

std::chrono::steady_clock::time_point steady() { return std::chrono::steady_clock::now(); }

Fixed::Fixed(std::chrono::system_clock::time_point moment) {
    fixed_at = moment.time_since_epoch().count();
}

Fixed::~Fixed() { fixed_at = not_set; }

std::string http_date(Seconds moment) {
    constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto f = fields_of(moment);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT", days[f.weekday],
                  f.day, months[f.month - 1], f.year, f.hour, f.minute, f.second);
    return text.data();
}

std::string iso_date(Seconds moment) {
    const auto f = fields_of(moment);
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", f.year, f.month,
                  f.day, f.hour, f.minute, f.second);
    return text.data();
}

}  // namespace kalends::clock
