#include "letters/recurrence.hpp"

#include <chrono>

namespace kalends::letters {
namespace {

using ical::Frequency;
using ical::LocalTime;
using ical::Rule;

constexpr unsigned days_of_week = 7;
constexpr int most_ordinals = 5;

std::chrono::year_month_day date_of(LocalTime at) {
    return std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(at)};
}

unsigned weekday_of(LocalTime at) {
    return std::chrono::weekday{std::chrono::floor<std::chrono::days>(at)}.c_encoding();
}

/// Parts that hardly anybody uses and that take more than a few words.
bool is_odd(const Rule& rule) {
    return rule.by_second != 0 || rule.by_minute != 0 || rule.by_hour != 0 ||
           !rule.by_year_day.empty() || !rule.by_week.empty() || !rule.by_set_position.empty();
}

/// "weekly" for every week, "weekly_n" for every n-th.
std::string key_for(std::string_view frequency, const Rule& rule) {
    return std::string(frequency) + (rule.interval == 1 ? "" : "_n");
}

std::string weekdays(const Rule& rule, LocalTime start, const Dates& dates) {
    std::vector<std::string> names;
    const auto chosen =
        rule.by_weekday != 0 ? rule.by_weekday : std::uint8_t(1U << weekday_of(start));
    // From Monday: so do most of those who read it.
    for (unsigned i = 1; i <= days_of_week; ++i)
        if ((chosen & (1U << (i % days_of_week))) != 0)
            names.push_back(dates.weekday(i % days_of_week));
    return dates.list(names);
}

/// The one number and weekday of BYDAY=2TU; nothing if there are several.
std::optional<std::pair<int, unsigned>> nth_weekday(const Rule& rule) {
    std::optional<std::pair<int, unsigned>> found;
    for (unsigned day = 0; day < days_of_week; ++day)
        for (int n = -1; n <= most_ordinals; ++n) {
            if (n == 0 || !rule.by_nth_weekday[day].contains(n)) continue;
            if (found) return std::nullopt;
            found = {n, day};
        }
    return found;
}

std::optional<int> one_month_day(const Rule& rule, LocalTime start) {
    constexpr int longest = 31;
    if (rule.by_month_day.empty()) return static_cast<int>(unsigned{date_of(start).day()});
    if (rule.by_month_day.negative.any() || rule.by_month_day.positive.count() != 1)
        return std::nullopt;
    for (int day = 1; day <= longest; ++day)
        if (rule.by_month_day.contains(day)) return day;
    return std::nullopt;
}

std::optional<std::string> monthly(const Rule& rule, LocalTime start, const Words& words,
                                   const Dates& dates) {
    if (rule.by_month != 0 || rule.by_weekday != 0) return std::nullopt;
    const auto n = std::to_string(rule.interval);
    if (rule.has_nth_weekday) {
        const auto nth = nth_weekday(rule);
        if (!nth || !rule.by_month_day.empty()) return std::nullopt;
        const auto ordinal =
            words(nth->first < 0 ? "ordinal_last" : "ordinal_" + std::to_string(nth->first));
        return words(key_for("monthly_weekday", rule),
                     {{"n", n}, {"ordinal", ordinal}, {"weekday", dates.weekday(nth->second)}});
    }
    const auto day = one_month_day(rule, start);
    if (!day) return std::nullopt;
    return words(key_for("monthly_day", rule), {{"n", n}, {"day", std::to_string(*day)}});
}

std::optional<std::string> yearly(const Rule& rule, LocalTime start, const Words& words,
                                  const Dates& dates) {
    const auto month = unsigned{date_of(start).month()};
    if (rule.by_weekday != 0 || rule.has_nth_weekday || !rule.by_month_day.empty() ||
        (rule.by_month != 0 && rule.by_month != 1U << month))
        return std::nullopt;
    return words(key_for("yearly", rule),
                 {{"n", std::to_string(rule.interval)}, {"day", dates.day_of_year(start)}});
}

std::optional<std::string> without_end(const Rule& rule, LocalTime start, const Words& words,
                                       const Dates& dates) {
    if (is_odd(rule)) return std::nullopt;
    const auto n = std::to_string(rule.interval);
    const bool by_days = rule.by_weekday != 0;
    switch (rule.frequency) {
    case Frequency::daily:
        if (by_days || rule.by_month != 0 || !rule.by_month_day.empty()) return std::nullopt;
        return words(key_for("daily", rule), {{"n", n}});
    case Frequency::weekly:
        if (rule.by_month != 0) return std::nullopt;
        return words(key_for("weekly", rule), {{"n", n}, {"days", weekdays(rule, start, dates)}});
    case Frequency::monthly:
        return monthly(rule, start, words, dates);
    case Frequency::yearly:
        return yearly(rule, start, words, dates);
    case Frequency::secondly:
    case Frequency::minutely:
    case Frequency::hourly:
        break;
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> in_words(const Rule& rule, LocalTime start, const Words& words,
                                    const Dates& dates) {
    auto text = without_end(rule, start, words, dates);
    if (!text) return std::nullopt;
    if (rule.until)
        return words("recurs_until", {{"rule", *text}, {"day", dates.day(rule.until->local)}});
    if (rule.count != 0)
        return words("recurs_count", {{"rule", *text}, {"n", std::to_string(rule.count)}});
    return text;
}

}  // namespace kalends::letters
