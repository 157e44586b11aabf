#include "ical/moment.hpp"

#include <algorithm>

namespace kalends::ical {
namespace {

constexpr std::size_t date_size = 10;    // 2026-01-05
constexpr std::size_t minute_size = 16;  // 2026-01-05T09:00
constexpr std::size_t second_size = 19;

std::string without(std::string_view text, std::string_view dropped) {
    std::string result;
    for (const char c : text)
        if (dropped.find(c) == std::string_view::npos) result += c;
    return result;
}

}  // namespace

std::optional<UtcTime> parse_moment(std::string_view text, const Zone& zone) {
    if (text.size() == date_size) {
        const auto date = parse_date(without(text, "-"));
        return date ? std::optional(zone.to_utc(date->local)) : std::nullopt;
    }
    if (text.size() < minute_size) return std::nullopt;
    const bool has_seconds = text.size() >= second_size && text[minute_size] == ':';
    const auto size = has_seconds ? second_size : minute_size;
    auto digits = without(text.substr(0, size), "-:");
    if (!has_seconds) digits += "00";
    std::ranges::replace(digits, ' ', 'T');
    const auto time = parse_date_time(digits);
    const auto rest = text.substr(size);
    if (!time || time->is_utc) return std::nullopt;
    if (rest.empty()) return zone.to_utc(time->local);
    if (rest == "Z") return UtcTime{time->local.time_since_epoch()};
    const auto offset = parse_utc_offset(without(rest, ":"));
    if (!offset) return std::nullopt;
    return UtcTime{time->local.time_since_epoch()} - *offset;
}

}  // namespace kalends::ical
