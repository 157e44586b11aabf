// Reading and writing of dates, times and lengths. RFC 5545 3.3.

#include "ical/time.hpp"

#include <array>
#include <cstdlib>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr std::int64_t seconds_per_day = 86'400;
constexpr std::int64_t longest_duration = 10'000 * 366 * seconds_per_day;

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads text from the left; every take says whether it was there.
class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    [[nodiscard]] bool at_end() const { return rest_.empty(); }

    bool take(char wanted) {
        if (rest_.empty() || (rest_.front() | 0x20) != (wanted | 0x20)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    /// Exactly `digits` digits, or -1.
    int take_number(std::size_t digits) {
        if (rest_.size() < digits) return -1;
        int number = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (!is_digit(rest_[i])) return -1;
            number = number * 10 + (rest_[i] - '0');
        }
        rest_.remove_prefix(digits);
        return number;
    }

    /// One digit or more, up to the longest duration in seconds; or -1.
    std::int64_t take_amount() {
        if (rest_.empty() || !is_digit(rest_.front())) return -1;
        std::int64_t number = 0;
        while (!rest_.empty() && is_digit(rest_.front())) {
            number = number * 10 + (rest_.front() - '0');
            if (number > longest_duration) return -1;
            rest_.remove_prefix(1);
        }
        return number;
    }

    /// +1, -1, or 0 for no sign.
    int take_sign() { return take('+') ? 1 : take('-') ? -1 : 0; }

private:
    std::string_view rest_;
};

std::optional<LocalTime> take_date(Reader& in) {
    const int y = in.take_number(4);
    const int m = in.take_number(2);
    const int d = in.take_number(2);
    if (y < 0 || m < 0 || d < 0) return std::nullopt;
    const year_month_day date{year{y}, month{static_cast<unsigned>(m)},
                              day{static_cast<unsigned>(d)}};
    if (!date.ok()) return std::nullopt;
    return LocalTime{local_days{date}};
}

std::optional<seconds> take_time_of_day(Reader& in) {
    const int h = in.take_number(2);
    const int m = in.take_number(2);
    int s = in.take_number(2);
    if (s == 60) s = 59;  // a leap second: RFC 5545 3.3.12
    if (h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59) return std::nullopt;
    return hours{h} + minutes{m} + seconds{s};
}

void append_number(std::string& to, std::int64_t number, std::size_t digits) {
    std::array<char, 20> buffer{};
    std::size_t at = buffer.size();
    for (auto left = static_cast<std::uint64_t>(number); left > 0 || digits > 0; left /= 10) {
        buffer[--at] = static_cast<char>('0' + left % 10);
        if (digits > 0) --digits;
    }
    to.append(&buffer[at], buffer.size() - at);
}

void append_date(std::string& to, LocalTime local) {
    const year_month_day date{floor<days>(local)};
    append_number(to, static_cast<int>(date.year()), 4);
    append_number(to, static_cast<unsigned>(date.month()), 2);
    append_number(to, static_cast<unsigned>(date.day()), 2);
}

void append_time_of_day(std::string& to, LocalTime local) {
    const auto of_day = (local - floor<days>(local)).count();
    append_number(to, of_day / 3600, 2);
    append_number(to, of_day / 60 % 60, 2);
    append_number(to, of_day % 60, 2);
}

}  // namespace

std::optional<DateOrTime> parse_date(std::string_view text) {
    Reader in(text);
    const auto date = take_date(in);
    if (!date || !in.at_end()) return std::nullopt;
    return DateOrTime{*date, true, false};
}

std::optional<DateOrTime> parse_date_time(std::string_view text) {
    Reader in(text);
    const auto date = take_date(in);
    if (!date || !in.take('T')) return std::nullopt;
    const auto time = take_time_of_day(in);
    if (!time) return std::nullopt;
    const bool utc = in.take('Z');
    if (!in.at_end()) return std::nullopt;
    return DateOrTime{*date + *time, false, utc};
}

std::optional<DateOrTime> parse_date_or_time(std::string_view text) {
    if (text.size() == 9 && text.back() == 'Z') text.remove_suffix(1);  // Google's birthdays
    return text.size() == 8 ? parse_date(text) : parse_date_time(text);
}

std::optional<Duration> parse_duration(std::string_view text) {
    // The units in their order; which of them is after the T, and seconds in one. RFC 5545 3.3.6
    // allows no gaps (PT1H5S) and weeks only alone; clients write both, and the meaning is plain.
    struct Unit {
        char letter;
        bool of_time;
        std::int64_t seconds;
    };
    static constexpr std::array<Unit, 5> units{{{'W', false, 7 * seconds_per_day},
                                                {'D', false, seconds_per_day},
                                                {'H', true, 3600},
                                                {'M', true, 60},
                                                {'S', true, 1}}};
    Reader in(text);
    const std::int64_t sign = in.take_sign() < 0 ? -1 : 1;
    if (!in.take('P')) return std::nullopt;

    std::int64_t nominal = 0;
    std::int64_t exact = 0;
    bool any = false;
    bool in_time = false;
    std::size_t next_unit = 0;
    while (!in.at_end()) {
        if (!in_time && in.take('T')) {
            in_time = true;
            if (in.at_end()) break;  // "P1DT": old Apple clients; the T says nothing
        }
        const std::int64_t amount = in.take_amount();
        if (amount < 0) return std::nullopt;
        while (next_unit < units.size() &&
               (units[next_unit].of_time != in_time || !in.take(units[next_unit].letter)))
            ++next_unit;
        if (next_unit == units.size()) return std::nullopt;
        const Unit& unit = units[next_unit++];
        if (amount > longest_duration / unit.seconds) return std::nullopt;
        (unit.of_time ? exact : nominal) += amount * unit.seconds;
        any = true;
    }
    if (!any || nominal + exact > longest_duration) return std::nullopt;
    return Duration{days{sign * nominal / seconds_per_day}, seconds{sign * exact}};
}

std::optional<Period> parse_period(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto start = parse_date_time(text.substr(0, slash));
    if (!start) return std::nullopt;
    const std::string_view rest = text.substr(slash + 1);
    if (const auto end = parse_date_time(rest)) {
        if (end->is_utc != start->is_utc || end->local < start->local) return std::nullopt;
        return Period{*start, end, {}};
    }
    const auto length = parse_duration(rest);
    if (!length || length->is_negative()) return std::nullopt;
    return Period{*start, std::nullopt, *length};
}

std::optional<std::chrono::seconds> parse_utc_offset(std::string_view text) {
    Reader in(text);
    const int sign = in.take_sign();
    const int h = in.take_number(2);
    const int m = in.take_number(2);
    const int s = in.at_end() ? 0 : in.take_number(2);
    if (sign == 0 || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 || !in.at_end())
        return std::nullopt;
    return sign * (hours{h} + minutes{m} + seconds{s});
}

std::string format(const DateOrTime& value) {
    std::string result;
    append_date(result, value.local);
    if (value.is_date) return result;
    result += 'T';
    append_time_of_day(result, value.local);
    if (value.is_utc) result += 'Z';
    return result;
}

std::string format_utc(UtcTime moment) {
    return format(DateOrTime{LocalTime{moment.time_since_epoch()}, false, true});
}

std::string format_date(LocalTime day) { return format(DateOrTime{day, true, false}); }

std::string format(const Duration& value) {
    std::string result = value.is_negative() ? "-P" : "P";
    const auto append = [&](std::int64_t amount, char unit) {
        if (amount == 0) return;
        append_number(result, amount, 1);
        result += unit;
    };
    append(std::abs(value.days.count()), 'D');
    const std::int64_t time = std::abs(value.time.count());
    if (time != 0 || value.days.count() == 0) result += 'T';
    append(time / 3600, 'H');
    append(time / 60 % 60, 'M');
    append(time % 60, 'S');
    if (value.is_zero()) result += "0S";
    return result;
}

std::string format_utc_offset(std::chrono::seconds offset) {
    const std::int64_t size = std::abs(offset.count());
    std::string result = offset.count() < 0 ? "-" : "+";
    append_number(result, size / 3600, 2);
    append_number(result, size / 60 % 60, 2);
    if (size % 60 != 0) append_number(result, size % 60, 2);
    return result;
}

}  // namespace kalends::ical
