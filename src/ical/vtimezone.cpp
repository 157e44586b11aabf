// Time zones that calendar objects bring along. RFC 5545 3.6.5.
//
// A VTIMEZONE is reduced to a text of its observances, which serves twice: it is the key under
// which the compiled zone is kept, and it stands in time digests for zones that tzdata does not
// know. Observances are joined by '/', and one is
//     <offset from>!<offset to>!<DTSTART>[!R<rule>]…[!D<date-time>]…

#include "base/text.hpp"
#include "ical/recurrence.hpp"
#include "ical/zone.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr std::size_t max_text = 20'000;
constexpr std::size_t max_transitions = 20'000;
constexpr std::uint64_t max_steps = 500'000;
constexpr std::size_t max_kept = 128;  // in each of two generations; a compiled zone is some 20 KB
constexpr int cycle_years =
    401;  // the 400 years that Zone repeats, and the one that the last start is in

// ---- to text

std::string_view required(const Component& observance, std::string_view name) {
    const Property* property = observance.property(name);
    if (property == nullptr)
        throw ValueError("line " + std::to_string(observance.line) + ": a " + observance.name +
                         " needs " + std::string(name));
    return text::trim(property->value);
}

std::string offset_text(const Component& observance, std::string_view name) {
    const auto offset = parse_utc_offset(required(observance, name));
    if (!offset)
        throw ValueError("line " + std::to_string(observance.line) + ": " + std::string(name) +
                         " is not an offset from UTC");
    return format_utc_offset(*offset);
}

/// A local date-time; a date, which some write here, is its midnight.
std::string onset_text(std::string_view value) {
    auto onset = parse_date_or_time(text::trim(value.substr(0, value.find('/'))));
    if (!onset)
        throw ValueError("a time zone changes at a date-time, not at " +
                         text::printable(value, 80));
    onset->is_date = false;
    return format(*onset);
}

std::string observance_text(const Component& observance) {
    std::string result = offset_text(observance, "TZOFFSETFROM") + '!' +
                         offset_text(observance, "TZOFFSETTO") + '!' +
                         onset_text(required(observance, "DTSTART"));
    for (const Property& property : observance.properties) {
        if (property.name == "RRULE") result += "!R" + format(parse_rule(property.value));
        if (property.name != "RDATE") continue;
        for (const std::string_view date : text::split(property.value, ','))
            result += "!D" + onset_text(date);
    }
    return result;
}

// ---- from text

struct Observance {
    seconds from{};
    seconds to{};
    LocalTime start{};
    std::vector<Rule> rules;
    std::vector<DateOrTime> dates;
};

[[noreturn]] void refuse(std::string_view text) {
    throw ValueError("not the text of a time zone: " + text::printable(text, 80));
}

Observance parse_observance(std::string_view text) {
    const auto parts = text::split(text, '!');
    if (parts.size() < 3) refuse(text);
    const auto from = parse_utc_offset(parts[0]);
    const auto to = parse_utc_offset(parts[1]);
    const auto start = parse_date_time(parts[2]);
    if (!from || !to || !start) refuse(text);
    Observance result{*from, *to, start->is_utc ? start->local + *from : start->local, {}, {}};
    for (std::size_t i = 3; i < parts.size(); ++i) {
        const std::string_view value = parts[i].substr(std::min<std::size_t>(1, parts[i].size()));
        if (parts[i].starts_with('R')) {
            result.rules.push_back(parse_rule(value));
        } else if (const auto date = parse_date_time(value); date && parts[i].starts_with('D')) {
            result.dates.push_back(*date);
        } else {
            refuse(text);
        }
    }
    return result;
}

int year_of(LocalTime local) { return static_cast<int>(year_month_day{floor<days>(local)}.year()); }

/// Collects the changes of all observances, in UTC.
class Compiler {
public:
    explicit Compiler(std::vector<Observance> observances) : observances_(std::move(observances)) {}

    ZonePtr zone(std::string name) {
        int last_year = 0;
        bool endless = false;
        for (const Observance& observance : observances_) {
            last_year = std::max(last_year, year_of(observance.start));
            for (const Rule& rule : observance.rules) {
                if (rule.until) last_year = std::max(last_year, year_of(rule.until->local));
                endless = endless || (!rule.until && rule.count == 0);
            }
        }
        horizon_ =
            LocalTime{local_days{year{std::min(last_year + cycle_years, 9999)} / December / 31}};
        for (const Observance& observance : observances_) expand(observance);
        const auto first =
            std::min_element(observances_.begin(), observances_.end(),
                             [](const auto& a, const auto& b) { return a.start < b.start; });
        return std::make_shared<const Zone>(std::move(name), first->from, std::move(transitions_),
                                            endless);
    }

private:
    void expand(const Observance& observance) {
        add(observance, observance.start);
        for (const DateOrTime& date : observance.dates)
            add(observance, date.is_utc ? date.local + observance.from : date.local);
        for (Rule rule : observance.rules) {
            // UNTIL is in UTC, and the observances it ends are told in the offset before them
            if (rule.until && rule.until->is_utc) rule.until->local += observance.from;
            Expansion expansion(rule, {observance.start, false, false}, budget_);
            expansion.stop_after(horizon_);
            while (const auto onset = expansion.next()) add(observance, *onset);
        }
    }

    void add(const Observance& observance, LocalTime onset) {
        if (transitions_.size() >= max_transitions)
            throw ValueError("a time zone cannot change more often than " +
                             std::to_string(max_transitions) + " times");
        transitions_.push_back(
            {UtcTime{onset.time_since_epoch() - observance.from}, observance.to});
    }

    std::vector<Observance> observances_;
    std::vector<Zone::Transition> transitions_;
    LocalTime horizon_{};
    Budget budget_{max_steps};
};

ZonePtr compile(std::string_view text) {
    std::vector<Observance> observances;
    for (const std::string_view part : text::split(text, '/'))
        observances.push_back(parse_observance(part));
    try {
        return Compiler(std::move(observances)).zone(std::string{});
    } catch (const TooExpensive&) {
        throw ValueError("a time zone with a recurrence rule that is too expensive");
    }
}

/// What was compiled lately, in two generations: when the young one is full it becomes the old one,
/// and the old one goes. What is used in between moves up.
class Compiled {
public:
    ZonePtr find(const std::string& text) {
        const std::lock_guard lock(mutex_);
        if (const auto at = young_.find(text); at != young_.end()) return at->second;
        const auto at = old_.find(text);
        if (at == old_.end()) return nullptr;
        ZonePtr zone = at->second;
        insert(text, zone);
        return zone;
    }
    void keep(const std::string& text, const ZonePtr& zone) {
        const std::lock_guard lock(mutex_);
        insert(text, zone);
    }

private:
    void insert(const std::string& text, const ZonePtr& zone) {
        if (young_.size() >= max_kept) {
            old_ = std::move(young_);
            young_.clear();
        }
        young_.emplace(text, zone);
    }

    std::mutex mutex_;
    std::unordered_map<std::string, ZonePtr> young_, old_;
};

}  // namespace

std::string zone_text(const Component& vtimezone) {
    std::string result;
    for (const Component& observance : vtimezone.components) {
        if (observance.name != "STANDARD" && observance.name != "DAYLIGHT") continue;
        if (!result.empty()) result += '/';
        result += observance_text(observance);
        if (result.size() > max_text) throw ValueError("a time zone that is too long");
    }
    if (result.empty())
        throw ValueError("line " + std::to_string(vtimezone.line) +
                         ": a VTIMEZONE needs STANDARD or DAYLIGHT");
    return result;
}

ZonePtr zone_of_text(std::string_view text) {
    static Compiled compiled;
    if (text.size() > max_text) refuse(text);
    const std::string key(text);
    if (ZonePtr known = compiled.find(key)) return known;
    ZonePtr zone = compile(text);
    compiled.keep(key, zone);
    return zone;
}

ZonePtr zone_of(const Component& vtimezone) { return zone_of_text(zone_text(vtimezone)); }

namespace {

const Component& vtimezone_in(const Component& calendar) {
    for (const Component& component : calendar.components)
        if (component.name == "VTIMEZONE") return component;
    throw ValueError("a calendar-timezone needs a VTIMEZONE");
}

}  // namespace

ZonePtr zone_of_calendar_timezone(std::string_view icalendar) {
    return zone_of(vtimezone_in(parse(icalendar)));
}

std::string tzid_of_calendar_timezone(std::string_view icalendar) {
    const Component calendar = parse(icalendar);
    const Property* tzid = vtimezone_in(calendar).property("TZID");
    if (tzid == nullptr) throw ValueError("a VTIMEZONE needs a TZID");
    return unescape_text(text::trim(tzid->value));
}

std::string calendar_timezone(std::string_view tzid, const TzData& tzdata) {
    const std::string vtimezone = tzdata.vtimezone(tzid);
    if (vtimezone.empty()) return {};
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Kalends//Kalends//EN\r\n" + vtimezone +
           "END:VCALENDAR\r\n";
}

}  // namespace kalends::ical
