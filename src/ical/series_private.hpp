#pragma once
// The recurrence set of one calendar object as plain data: what instances() finds in the tree of
// lines and what a time digest keeps, evaluated by the same code. RFC 5545 3.8.4.4, 3.8.5; RFC
// 4791 9.9.

#include "ical/budget.hpp"
#include "ical/digest.hpp"
#include "ical/freebusy.hpp"
#include "ical/lines.hpp"
#include "ical/recurrence.hpp"
#include "ical/time.hpp"
#include "ical/zone.hpp"

#include <optional>
#include <vector>

namespace kalends::ical {

/// Which row of the tables of RFC 4791 9.9 decides. Its letter in a digest.
enum class Match : char {
    interval = 'i',           ///< VEVENT with an end, all-day, FREEBUSY periods
    point = 'p',              ///< DTSTART alone
    todo_duration = 'd',      ///< VTODO with DTSTART and DURATION
    todo_due = 'u',           ///< VTODO with DTSTART and DUE
    due = 'o',                ///< VTODO with DUE alone
    created_completed = 'c',  ///< VTODO without either; start is CREATED, end is COMPLETED
    completed = 'm',
    created = 'r',
    always = 'w',     ///< VTODO without any time
    free_busy = 'y',  ///< VFREEBUSY with DTSTART and DTEND
    never = 'n',      ///< what has no time and so is in no range
};

/// The row for [start, end] of an instance and the range [from, to).
bool matches(Match row, UtcTime start, UtcTime end, UtcTime from, UtcTime to);

/// How a time is tied to UTC.
enum class Form : std::uint8_t { utc, floating, date, zoned };

/// From the start of an instance to its end: DTEND makes it exact, DURATION nominal (RFC
/// 5545 3.8.5.3), and so do dates.
struct Length {
    bool exact = true;
    Duration amount;  ///< without days where exact
};

/// One component without its recurrence: the master, or an override.
struct Item {
    Match match = Match::never;
    Busy busy = Busy::busy;
    Form form = Form::utc;
    const Zone* zone = nullptr;  ///< of a zoned start
    LocalTime start{};           ///< in its zone
    Length length;
    const Component* source = nullptr;

    [[nodiscard]] const Zone& resolve(const Zone& floating) const;
};

struct Override {
    LocalTime recurrence_id{};  ///< as a start of the master, in its zone
    bool this_and_future = false;
    Item item;
};

/// An RDATE, with its own length if it is a PERIOD.
struct ExtraDate {
    LocalTime start{};
    std::optional<Length> length;
};

struct Series {
    std::string component;  ///< VEVENT …
    std::optional<Item> master;
    std::vector<Rule> rules;
    std::vector<Rule> exception_rules;
    std::vector<ExtraDate> dates;
    std::vector<LocalTime> excluded;  ///< sorted; starts of the master
    std::vector<LocalTime>
        excluded_days;                ///< sorted; EXDATE;VALUE=DATE beside a DTSTART with a time
    std::vector<Override> overrides;  ///< by recurrence_id
    std::vector<BusyPeriod> periods;  ///< of a VFREEBUSY

    [[nodiscard]] bool recurs() const { return !rules.empty() || !dates.empty(); }
};

/// The first kind of component beside VTIMEZONE, its master and overrides. Pointers to zones and
/// components are borrowed. Throws ValueError, TooExpensive.
Series series_of(const Component& calendar, const Zones& zones, Budget& budget);

/// Only what a question about `component` needs: an override for one instance is read by itself, so
/// that an object with thousands of them costs each question the same.
Series series_for(const Component& calendar, const Component& component, const Zones& zones,
                  Budget& budget);

/// The end of an instance that starts at `start`.
UtcTime end_of(const Item& item, const Length& length, LocalTime start, UtcTime start_utc,
               const Zone& zone);

struct Occurrence {
    const Item* item = nullptr;
    LocalTime recurrence_id{};
    UtcTime start{};
    UtcTime end{};
    bool is_override = false;
};

/// Where occurrences go; true ends the walk.
using OccurrenceSink = std::function<bool(const Occurrence&)>;

/// All occurrences that touch [from, to], ends included and in no order; what RDATE and a rule both
/// say comes twice. True if the sink ended it.
bool walk(const Series& series, UtcTime from, UtcTime to, const Zone& floating, Budget& budget,
          const OccurrenceSink& sink);

/// As of a digest, digest.hpp.
void busy_periods(const Series& series, UtcTime from, UtcTime to, const Zone& floating,
                  Budget& budget, const BusySink& sink);

}  // namespace kalends::ical
