// A time zone of tzdata as a VTIMEZONE says it. RFC 5545 3.6.5.
//
// Changes of the past become observances with lists of RDATEs: one for each pair of offsets and
// name. Those at the end that the rule for the future would give as well are left to an RRULE, so
// that it does not matter how far into the future a file lists them ("fat" and "slim" ones).

#include "base/content_line.hpp"
#include "ical/lines.hpp"
#include "ical/tzif_private.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr int first_year = 1970;
constexpr int last_listed_year = 2100;  // where a rule can't be told as RRULE

constexpr std::array weekdays = {"SU", "MO", "TU", "WE", "TH", "FR", "SA"};

/// One change, with what holds before it.
struct Onset {
    UtcTime at;
    seconds from{};
    ZonePhase to;

    [[nodiscard]] LocalTime local() const { return LocalTime{at.time_since_epoch() + from}; }
    [[nodiscard]] bool is_like(const Onset& other) const {
        return from == other.from && to.offset == other.to.offset &&
               to.daylight == other.to.daylight && to.name == other.to.name;
    }
};

/// "BYMONTHDAY=24,25,26": seven numbers from `first`.
std::string week_from(const char* part, int first) {
    std::string text = std::string(part) + '=' + std::to_string(first);
    for (int day = first + 1; day < first + 7; ++day) text += ',' + std::to_string(day);
    return text;
}

/// "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU". A time before or after its day (POSIX has -167 to 167 hours)
/// makes it a weekday in seven days of the month, or of the year, counted from its end since that
/// is the same in leap years. Empty for what is not told so: a rule that is not by weekdays, and
/// seven days that depend on 29 February.
std::string rrule_of(const YearlyChange& change) {
    if (change.kind != YearlyChange::Kind::weekday) return {};
    const auto shift = floor<days>(change.time);
    const std::string yearly = "FREQ=YEARLY;";
    const std::string month = "BYMONTH=" + std::to_string(change.month);
    const std::string on = ";BYDAY=";
    if (shift == days{0})
        return yearly + month + on + std::to_string(change.week == 5 ? -1 : change.week) +
               weekdays[static_cast<std::size_t>(change.day)];

    constexpr year common{2001};
    const auto m = common / std::chrono::month{static_cast<unsigned>(change.month)};
    const sys_days begin = (change.week == 5 ? sys_days{m / last} - days{6}
                                             : sys_days{m / 1} + days{7 * (change.week - 1)}) +
                           shift;
    const year_month_day from{begin};
    const year_month_day until{begin + days{6}};
    if (from < common / March / 1 || until.year() != common) return {};
    const auto day = (change.day + shift.count() % 7 + 7) % 7;
    const std::string weekday = on + weekdays[static_cast<std::size_t>(day)];
    if (from.month() == until.month())
        return yearly + "BYMONTH=" + std::to_string(static_cast<unsigned>(from.month())) + ';' +
               week_from("BYMONTHDAY", static_cast<int>(static_cast<unsigned>(from.day()))) +
               weekday;
    const auto to_end = (begin - sys_days{(common + years{1}) / January / 1}).count();
    return yearly + week_from("BYYEARDAY", static_cast<int>(to_end)) + weekday;
}

void append_observance(std::string& to, const Onset& first, const std::string& recurrence) {
    const std::string name = first.to.daylight ? "DAYLIGHT" : "STANDARD";
    to += "BEGIN:" + name + "\r\nDTSTART:" + format(DateOrTime{first.local(), false, false}) +
          "\r\nTZOFFSETFROM:" + format_utc_offset(first.from) +
          "\r\nTZOFFSETTO:" + format_utc_offset(first.to.offset) + "\r\n";
    if (!first.to.name.empty()) append_folded(to, "TZNAME:" + escape_text(first.to.name));
    if (!recurrence.empty()) append_folded(to, recurrence);
    to += "END:" + name + "\r\n";
}

/// One for each kind of change, in the order in which they came first.
void append_listed(std::string& to, std::span<const Onset> onsets) {
    std::vector<const Onset*> left;
    for (const Onset& onset : onsets) left.push_back(&onset);
    while (!left.empty()) {
        const Onset& first = *left.front();
        std::string dates;
        for (const Onset* onset : left) {
            if (onset == &first || !onset->is_like(first)) continue;
            dates +=
                (dates.empty() ? "RDATE:" : ",") + format(DateOrTime{onset->local(), false, false});
        }
        append_observance(to, first, dates);
        std::erase_if(left, [&](const Onset* onset) { return onset->is_like(first); });
    }
}

/// How the rule for the future is told.
struct RuleText {
    const FutureRule& rule;
    std::string to_daylight;
    std::string to_standard;

    [[nodiscard]] bool is_told() const { return !to_daylight.empty() && !to_standard.empty(); }

    /// Whether the rule gives this change.
    [[nodiscard]] bool gives(const Onset& onset) const {
        const int y = static_cast<int>(year_month_day{floor<days>(onset.local())}.year());
        const auto is = [&](const ZonePhase& from, const ZonePhase& to,
                            const YearlyChange& change) {
            return onset.from == from.offset && onset.to.offset == to.offset &&
                   onset.to.name == to.name && onset.local() == change.in(y);
        };
        return is(rule.standard, rule.daylight, rule.to_daylight) ||
               is(rule.daylight, rule.standard, rule.to_standard);
    }

    /// The number of changes at the end that need not be listed.
    [[nodiscard]] std::size_t given(std::span<const Onset> onsets) const {
        std::size_t count = 0;
        for (auto at = onsets.rbegin(); at != onsets.rend() && gives(*at); ++at, ++count)
            if (count > 0 && std::prev(at)->at - at->at > days{366}) break;  // a year without it
        return count < 2 ? 0 : count;
    }

    void append(std::string& to, std::span<const Onset> onsets) const {
        for (const Onset& onset : onsets.first(2))
            append_observance(to, onset,
                              "RRULE:" +
                                  (onset.from == rule.standard.offset ? to_daylight : to_standard));
    }
};

/// The changes since 1970, after an onset for what held then.
std::vector<Onset> onsets_of(const Tzif& tzif) {
    const UtcTime start{sys_days{year{first_year} / January / 1}};
    std::vector<Onset> onsets{{start, tzif.phases.front().offset, tzif.phases.front()}};
    for (const auto& change : tzif.changes) {
        const ZonePhase& to = tzif.phases[change.to];
        if (change.at <= start)
            onsets.front() = {start, to.offset, to};
        else
            onsets.push_back({change.at, onsets.back().to.offset, to});
    }
    return onsets;
}

}  // namespace

std::string observances_of(const Tzif& tzif) {
    std::string text;
    if (!tzif.future || !tzif.future->changes) {
        append_listed(text, onsets_of(tzif));
        return text;
    }
    const FutureRule& future = *tzif.future;
    const RuleText rule{future, rrule_of(future.to_daylight), rrule_of(future.to_standard)};
    Tzif whole = tzif;
    const auto newest = tzif.changes.empty() ? sys_days{} : floor<days>(tzif.changes.back().at);
    const int ruled_from =
        std::max(static_cast<int>(year_month_day{newest}.year()), first_year - 2);
    unroll(whole, ruled_from, rule.is_told() ? ruled_from + 4 : last_listed_year);

    const auto onsets = onsets_of(whole);
    const std::span<const Onset> all{onsets};
    const std::size_t given = rule.is_told() ? rule.given(all) : 0;
    append_listed(text, all.first(all.size() - given));
    if (given > 0) rule.append(text, all.last(given));
    return text;
}

}  // namespace kalends::ical
