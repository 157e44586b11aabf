// HTTP dates as clients write them: RFC 9110 5.6.7.
#include "base/text.hpp"
#include "http/conditional.hpp"

#include <algorithm>
#include <array>

namespace kalends::http {
namespace {

constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// The words of the three forms, in the order in which each has them.
struct Words {
    std::string_view day, month, year, time;
};

std::optional<unsigned> month_number(std::string_view name) {
    const auto found = std::find(months.begin(), months.end(), name);
    if (found == months.end()) return std::nullopt;
    return static_cast<unsigned>(found - months.begin()) + 1;
}

/// A number of exactly `digits` digits; asctime has a space instead of the first.
std::optional<int> number(std::string_view text, std::size_t digits) {
    if (text.size() != digits) return std::nullopt;
    const auto value = text::to_number(text);
    if (!value) return std::nullopt;
    return static_cast<int>(*value);
}

/// Two digits mean the year that is not more than 50 years ahead.
std::optional<int> year_number(std::string_view text) {
    if (text.size() != 2) return number(text, 4);
    const auto two = number(text, 2);
    if (!two) return std::nullopt;
    const auto today = std::chrono::floor<std::chrono::days>(clock::now());
    const int this_year = static_cast<int>(std::chrono::year_month_day{today}.year());
    int year = this_year - this_year % 100 + *two;
    if (year > this_year + 50) year -= 100;
    return year;
}

std::optional<std::chrono::seconds> time_of_day(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return std::nullopt;
    const auto hour = number(text.substr(0, 2), 2);
    const auto minute = number(text.substr(3, 2), 2);
    const auto second = number(text.substr(6, 2), 2);
    if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60)
        return std::nullopt;
    return std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
           std::chrono::seconds{*second};
}

std::optional<clock::Seconds> moment(const Words& words) {
    const auto day = number(words.day, words.day.size());
    const auto month = month_number(words.month);
    const auto year = year_number(words.year);
    const auto time = time_of_day(words.time);
    if (!day || words.day.size() > 2 || !month || !year || !time) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{*month},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    if (!date.ok()) return std::nullopt;
    return std::chrono::sys_days{date} + *time;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    for (const auto word : text::split(text, ' '))
        if (!word.empty()) words.push_back(word);
    return words;
}

}  // namespace

std::optional<clock::Seconds> parse_http_date(std::string_view text) {
    if (text.size() > 64) return std::nullopt;
    const auto words = words_of(text);
    if (words.size() == 6 && words[5] == "GMT")  // Sun, 06 Nov 1994 08:49:37 GMT
        return moment({words[1], words[2], words[3], words[4]});
    if (words.size() == 4 && words[3] == "GMT") {  // Sunday, 06-Nov-94 08:49:37 GMT
        const auto date = text::split(words[1], '-');
        if (date.size() != 3) return std::nullopt;
        return moment({date[0], date[1], date[2], words[2]});
    }
    if (words.size() == 5)  // Sun Nov  6 08:49:37 1994
        return moment({words[2], words[1], words[4], words[3]});
    return std::nullopt;
}

}  // namespace kalends::http
