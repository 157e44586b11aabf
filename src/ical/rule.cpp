// Reading and writing of RRULE. RFC 5545 3.3.10, RFC 7529 4.
// A part is a row of a table: its name, how its values are read, how they are written.

#include "base/text.hpp"
#include "ical/recurrence.hpp"

#include <bit>
#include <charconv>

namespace kalends::ical {
namespace {

using text::iequals;

[[noreturn]] void refuse(std::string_view part, std::string_view value) {
    throw ValueError("a recurrence rule cannot have " + std::string(part) + "=" +
                     text::printable(value, 80));
}

/// The parts between separators, each without spaces around it; empty ones are passed over.
template <class Use> void for_each_part(std::string_view list, char separator, Use use) {
    while (!list.empty()) {
        const auto end = std::min(list.find(separator), list.size());
        const std::string_view part = text::trim(list.substr(0, end));
        if (!part.empty()) use(part);
        list.remove_prefix(std::min(end + 1, list.size()));
    }
}

std::optional<int> to_int(std::string_view digits) {
    if (!digits.empty() && digits.front() == '+') digits.remove_prefix(1);
    int number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

constexpr std::array<std::string_view, 7> frequencies{"SECONDLY", "MINUTELY", "HOURLY", "DAILY",
                                                      "WEEKLY",   "MONTHLY",  "YEARLY"};
constexpr std::array<std::string_view, 7> weekdays{"SU", "MO", "TU", "WE", "TH", "FR", "SA"};
constexpr std::array<std::string_view, 3> skips{"OMIT", "BACKWARD", "FORWARD"};

template <std::size_t N> std::size_t index_of(const std::array<std::string_view, N>& names,
                                              std::string_view part, std::string_view value) {
    for (std::size_t i = 0; i < N; ++i)
        if (iequals(names[i], value)) return i;
    refuse(part, value);
}

std::uint32_t positive_number(std::string_view part, std::string_view value) {
    const auto number = to_int(value);
    if (!number || *number < 1) refuse(part, value);
    return static_cast<std::uint32_t>(*number);
}

/// Numbers of a list, each from `low` to `high`.
template <class Use>
void for_each_number(std::string_view part, std::string_view list, int low, int high, Use use) {
    bool any = false;
    for_each_part(list, ',', [&](std::string_view item) {
        const auto number = to_int(item);
        if (!number || *number < low || *number > high) refuse(part, item);
        use(*number);
        any = true;
    });
    if (!any) refuse(part, list);
}

template <class Bits>
Bits read_bits(std::string_view part, std::string_view list, int low, int high) {
    Bits bits = 0;
    for_each_number(part, list, low, high, [&](int n) {
        bits = static_cast<Bits>(bits | Bits{1} << static_cast<unsigned>(n));
    });
    return bits;
}

template <std::size_t N>
void read_signed(SignedSet<N>& into, std::string_view part, std::string_view list) {
    for_each_number(part, list, -static_cast<int>(N), static_cast<int>(N), [&](int n) {
        if (n == 0) refuse(part, list);
        into.insert(n);
    });
}

void read_by_day(Rule& rule, std::string_view part, std::string_view list) {
    for_each_part(list, ',', [&](std::string_view item) {
        if (item.size() < 2) refuse(part, item);
        const auto weekday = index_of(weekdays, part, item.substr(item.size() - 2));
        const std::string_view digits = text::trim(item.substr(0, item.size() - 2));
        if (digits.empty()) {
            rule.by_weekday = static_cast<std::uint8_t>(rule.by_weekday | 1U << weekday);
            return;
        }
        const auto number = to_int(digits);
        if (!number || *number == 0 || *number < -53 || *number > 53) refuse(part, item);
        rule.by_nth_weekday[weekday].insert(*number);
        rule.has_nth_weekday = true;
    });
    if (rule.by_weekday == 0 && !rule.has_nth_weekday) refuse(part, list);
}

void read_until(Rule& rule, std::string_view part, std::string_view value) {
    rule.until = parse_date_or_time(value);
    if (!rule.until) refuse(part, value);
}

void read_calendar(std::string_view value) {
    if (!iequals(value, "GREGORIAN"))
        throw UnsupportedCalendar("recurrence rules in the calendar " + text::printable(value, 40) +
                                  " are not supported, only GREGORIAN");
}

struct Part {
    std::string_view name;
    void (*read)(Rule&, std::string_view part, std::string_view value);
};

// clang-format off
constexpr Part parts[] = {
    {"FREQ",       [](Rule& r, auto p, auto v) { r.frequency = static_cast<Frequency>(index_of(frequencies, p, v)); }},
    {"INTERVAL",   [](Rule& r, auto p, auto v) { r.interval = positive_number(p, v); }},
    {"COUNT",      [](Rule& r, auto p, auto v) { r.count = positive_number(p, v); }},
    {"UNTIL",      read_until},
    {"WKST",       [](Rule& r, auto p, auto v) { r.week_start = static_cast<std::uint8_t>(index_of(weekdays, p, v)); }},
    {"BYDAY",      read_by_day},
    {"BYMONTH",    [](Rule& r, auto p, auto v) { r.by_month = read_bits<std::uint16_t>(p, v, 1, 12); }},
    {"BYMONTHDAY", [](Rule& r, auto p, auto v) { read_signed(r.by_month_day, p, v); }},
    {"BYYEARDAY",  [](Rule& r, auto p, auto v) { read_signed(r.by_year_day, p, v); }},
    {"BYWEEKNO",   [](Rule& r, auto p, auto v) { read_signed(r.by_week, p, v); }},
    {"BYSETPOS",   [](Rule& r, auto p, auto v) { read_signed(r.by_set_position, p, v); }},
    {"BYHOUR",     [](Rule& r, auto p, auto v) { r.by_hour = read_bits<std::uint32_t>(p, v, 0, 23); }},
    {"BYMINUTE",   [](Rule& r, auto p, auto v) { r.by_minute = read_bits<std::uint64_t>(p, v, 0, 59); }},
    {"BYSECOND",   [](Rule& r, auto p, auto v) { r.by_second = read_bits<std::uint64_t>(p, v, 0, 60); }},
    {"SKIP",       [](Rule& r, auto p, auto v) { r.skip = static_cast<Skip>(index_of(skips, p, v)); }},
    {"RSCALE",     [](Rule&, auto, auto v) { read_calendar(v); }},
};
// clang-format on

/// Numbers before a weekday mean something only for months and years, and not beside BYWEEKNO. RFC
/// 5545 3.3.10 forbids them elsewhere; what is left when they are ignored is what such clients
/// show.
void drop_meaningless_numbers(Rule& rule) {
    if (!rule.has_nth_weekday) return;
    if (rule.frequency >= Frequency::monthly && rule.by_week.empty()) return;
    for (std::size_t weekday = 0; weekday < 7; ++weekday)
        if (!rule.by_nth_weekday[weekday].empty())
            rule.by_weekday = static_cast<std::uint8_t>(rule.by_weekday | 1U << weekday);
    rule.by_nth_weekday = {};
    rule.has_nth_weekday = false;
}

/// Writes the parts of a rule one after another.
class Writer {
public:
    void part(std::string_view name) {
        if (!text_.empty()) text_ += ';';
        text_ += name;
        text_ += '=';
        first_ = true;
    }
    void item(std::string_view value) {
        if (!first_) text_ += ',';
        text_ += value;
        first_ = false;
    }
    void numbers(std::string_view name, std::uint64_t bits) {
        if (bits == 0) return;
        part(name);
        for (; bits != 0; bits &= bits - 1) item(std::to_string(std::countr_zero(bits)));
    }
    template <std::size_t N> void numbers(std::string_view name, const SignedSet<N>& set) {
        if (set.empty()) return;
        part(name);
        for_each_number_of(set, [&](int n) { item(std::to_string(n)); });
    }
    template <std::size_t N, class Use>
    static void for_each_number_of(const SignedSet<N>& set, Use use) {
        for (int n = 1; n <= static_cast<int>(N); ++n)
            if (set.contains(n)) use(n);
        for (int n = -static_cast<int>(N); n < 0; ++n)
            if (set.contains(n)) use(n);
    }
    void by_day(const Rule& rule) {
        if (rule.by_weekday == 0 && !rule.has_nth_weekday) return;
        part("BYDAY");
        for (std::size_t weekday = 0; weekday < 7; ++weekday) {
            if ((rule.by_weekday >> weekday & 1U) != 0) item(weekdays[weekday]);
            for_each_number_of(rule.by_nth_weekday[weekday], [&](int n) {
                item(std::to_string(n) + std::string(weekdays[weekday]));
            });
        }
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
    bool first_ = true;
};

}  // namespace

Rule parse_rule(std::string_view text) {
    Rule rule;
    bool has_frequency = false;
    for_each_part(text, ';', [&](std::string_view part) {
        const auto equals = part.find('=');
        if (equals == std::string_view::npos)
            throw ValueError("a recurrence rule has parts of the form NAME=value, not " +
                             text::printable(part, 80));
        const std::string_view name = text::trim(part.substr(0, equals));
        const std::string_view value = text::trim(part.substr(equals + 1));
        for (const Part& known : parts) {
            if (!iequals(name, known.name)) continue;
            known.read(rule, known.name, value);
            has_frequency = has_frequency || &known == &parts[0];
            return;
        }
    });
    if (!has_frequency)
        throw ValueError("a recurrence rule needs FREQ: " + text::printable(text, 80));
    constexpr std::uint64_t leap_second = std::uint64_t{1} << 60;
    if ((rule.by_second & leap_second) != 0)
        rule.by_second = (rule.by_second & ~leap_second) | leap_second >> 1;
    drop_meaningless_numbers(rule);
    return rule;
}

std::string format(const Rule& rule) {
    Writer out;
    if (rule.skip != Skip::omit) {
        out.part("RSCALE");
        out.item("GREGORIAN");
    }
    out.part("FREQ");
    out.item(frequencies[static_cast<std::size_t>(rule.frequency)]);
    if (rule.interval != 1) {
        out.part("INTERVAL");
        out.item(std::to_string(rule.interval));
    }
    if (rule.count != 0) {
        out.part("COUNT");
        out.item(std::to_string(rule.count));
    }
    if (rule.until) {
        out.part("UNTIL");
        out.item(format(*rule.until));
    }
    out.numbers("BYMONTH", rule.by_month);
    out.numbers("BYWEEKNO", rule.by_week);
    out.numbers("BYYEARDAY", rule.by_year_day);
    out.numbers("BYMONTHDAY", rule.by_month_day);
    out.by_day(rule);
    out.numbers("BYHOUR", rule.by_hour);
    out.numbers("BYMINUTE", rule.by_minute);
    out.numbers("BYSECOND", rule.by_second);
    out.numbers("BYSETPOS", rule.by_set_position);
    if (rule.week_start != 1) {
        out.part("WKST");
        out.item(weekdays[rule.week_start]);
    }
    if (rule.skip != Skip::omit) {
        out.part("SKIP");
        out.item(skips[static_cast<std::size_t>(rule.skip)]);
    }
    return out.take();
}

}  // namespace kalends::ical
