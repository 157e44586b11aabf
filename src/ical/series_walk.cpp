// The occurrences of a series within a range, without walking there from its start.
//
// Instances after an override for THISANDFUTURE are moved and lengthened as it is, until the next
// one. So the time line of recurrence ids is cut there, and each piece is expanded by itself, its
// window moved by the shift.

#include "ical/series_private.hpp"

#include <algorithm>

namespace kalends::ical {
namespace {

using namespace std::chrono;

constexpr std::uint64_t steps_per_occurrence = 4;

/// A range of recurrence ids, [begin, end), whose instances look alike.
struct Piece {
    const Item* item;
    LocalTime begin;
    LocalTime end;
    seconds shift;
    bool is_override;
};

constexpr LocalTime first_local{beginning_of_time.time_since_epoch() - days{2}};
constexpr LocalTime last_local{end_of_time.time_since_epoch() + days{2}};

class Walk {
public:
    Walk(const Series& series, UtcTime from, UtcTime to, const Zone& floating, Budget& budget,
         const OccurrenceSink& sink)
        : series_(series), from_(std::max(from, beginning_of_time)), to_(std::min(to, end_of_time)),
          floating_(floating), budget_(budget), sink_(sink) {}

    bool run() {
        if (series_.master) {
            if (!series_.recurs() && series_.overrides.empty())
                return series_.excluded.empty() && series_.excluded_days.empty()
                           ? single(*series_.master)
                           : dated();
            if (dated()) return true;
        }
        return std::any_of(series_.overrides.begin(), series_.overrides.end(),
                           [&](const Override& override) {
                               return visit(override.item, override.item.length,
                                            override.item.start, override.recurrence_id, true);
                           });
    }

private:
    bool single(const Item& item) {
        return visit(item, item.length, item.start, item.start, false);
    }

    bool dated() {
        const LocalTime start = series_.master->start;
        cut();
        if (recurrence(start, std::nullopt)) return true;
        for (const ExtraDate& date : series_.dates)
            if (date.start != start && recurrence(date.start, date.length)) return true;
        for (const Rule& rule : series_.rules)
            for (const Piece& piece : pieces_)
                if (expand(rule, piece)) return true;
        return false;
    }

    void cut() {
        pieces_.push_back({&*series_.master, first_local, last_local, 0s, false});
        for (const Override& override : series_.overrides) {
            if (!override.this_and_future) continue;
            pieces_.back().end = override.recurrence_id;
            pieces_.push_back({&override.item, override.recurrence_id, last_local,
                               override.item.start - override.recurrence_id, true});
        }
    }

    bool expand(Rule rule, const Piece& piece) {
        const Item& master = *series_.master;
        const Zone& zone = piece.item->resolve(floating_);
        if (rule.until && rule.until->is_utc) {
            rule.until->local = zone.to_local(UtcTime{rule.until->local.time_since_epoch()});
            rule.until->is_utc = false;
        }
        // The window in local time, wide enough for clocks that change in between; a whole day
        // costs a rule of hours and seconds too much.
        const seconds slack = rule.frequency >= Frequency::daily ? 26h : 3h;
        const LocalTime first =
            zone.to_local(std::max(from_ - piece.item->length.amount.flat(), beginning_of_time)) -
            slack;
        const LocalTime last = zone.to_local(to_) + slack;

        Expansion expansion(rule, {master.start, master.form == Form::date, false}, budget_);
        expansion.skip_to(std::max(first - piece.shift, piece.begin));
        expansion.stop_after(std::min(last - piece.shift, piece.end - 1s));
        while (const auto id = expansion.next())
            if (*id != master.start && recurrence_in(piece, *id, std::nullopt)) return true;
        return false;
    }

    bool recurrence(LocalTime id, const std::optional<Length>& length) {
        const auto after = std::upper_bound(
            pieces_.begin(), pieces_.end(), id,
            [](LocalTime value, const Piece& piece) { return value < piece.begin; });
        return after != pieces_.begin() && recurrence_in(*std::prev(after), id, length);
    }

    bool recurrence_in(const Piece& piece, LocalTime id, const std::optional<Length>& length) {
        if (is_excluded(id) || is_overridden(id)) return false;
        return visit(*piece.item, length && !piece.is_override ? *length : piece.item->length,
                     id + piece.shift, id, piece.is_override);
    }

    bool is_excluded(LocalTime id) {
        const auto has = [](const std::vector<LocalTime>& sorted, LocalTime time) {
            return std::binary_search(sorted.begin(), sorted.end(), time);
        };
        if (has(series_.excluded, id) || has(series_.excluded_days, floor<days>(id))) return true;
        return std::any_of(
            series_.exception_rules.begin(), series_.exception_rules.end(), [&](const Rule& rule) {
                Expansion expansion(
                    rule, {series_.master->start, series_.master->form == Form::date, false},
                    budget_);
                expansion.skip_to(id);
                expansion.stop_after(id);
                return expansion.next() == id;
            });
    }

    [[nodiscard]] bool is_overridden(LocalTime id) const {
        const auto at = std::lower_bound(series_.overrides.begin(), series_.overrides.end(), id,
                                         [](const Override& override, LocalTime value) {
                                             return override.recurrence_id < value;
                                         });
        return at != series_.overrides.end() && at->recurrence_id == id;
    }

    bool visit(const Item& item, const Length& length, LocalTime start, LocalTime id,
               bool is_override) {
        budget_.spend(steps_per_occurrence);
        const Zone& zone = item.resolve(floating_);
        Occurrence found{&item, id, zone.to_utc(start), {}, is_override};
        found.end = end_of(item, length, start, found.start, zone);
        if (item.match == Match::never) return false;
        if (item.match == Match::always) found.start = beginning_of_time;
        if (std::min(found.start, found.end) > to_ || std::max(found.start, found.end) < from_)
            return false;
        return sink_(found);
    }

    const Series& series_;
    UtcTime from_;
    UtcTime to_;
    const Zone& floating_;
    Budget& budget_;
    const OccurrenceSink& sink_;
    std::vector<Piece> pieces_;
};

}  // namespace

const Zone& Item::resolve(const Zone& floating) const {
    switch (form) {
    case Form::utc:
        return *Zone::utc();
    case Form::zoned:
        return *zone;
    default:
        return floating;
    }
}

UtcTime end_of(const Item& item, const Length& length, LocalTime start, UtcTime start_utc,
               const Zone& zone) {
    if (item.match == Match::created || item.match == Match::always) return end_of_time;
    if (length.exact || length.amount.days.count() == 0) return start_utc + length.amount.time;
    return zone.add(start, length.amount);
}

bool matches(Match row, UtcTime start, UtcTime end, UtcTime from, UtcTime to) {
    switch (row) {
    case Match::interval:
        return from < end && to > start;
    case Match::point:
        return from <= start && to > start;
    case Match::todo_duration:
        return from <= end && (to > start || to >= end);
    case Match::todo_due:
        return (from < end || from <= start) && (to > start || to >= end);
    case Match::due:
        return from < end && to >= end;
    case Match::created_completed:
        return (from <= start || from <= end) && (to >= start || to >= end);
    case Match::completed:
        return from <= start && to >= start;
    case Match::created:
        return to > start;
    case Match::free_busy:
        return from <= end && to > start;
    case Match::always:
        return true;
    case Match::never:
        return false;
    }
    return false;
}

bool walk(const Series& series, UtcTime from, UtcTime to, const Zone& floating, Budget& budget,
          const OccurrenceSink& sink) {
    return Walk(series, from, to, floating, budget, sink).run();
}

}  // namespace kalends::ical
