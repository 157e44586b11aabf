#pragma once
// The instances of an object that is being changed: by which key they are known, which component
// describes one, and how one gets a component of its own. RFC 5545 3.8.4.4.

#include "ical/budget.hpp"
#include "ical/document.hpp"
#include "ical/time.hpp"
#include "ical/zone.hpp"

#include <compare>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::itip {

/// The original start of an instance. The master (or an object that does not recur) has none.
/// Two spellings of one moment (UTC, a zone) are the same key; a floating time and a date are
/// themselves.
struct InstanceKey {
    ical::UtcTime start{};  ///< a floating time or a date: its digits as if UTC
    bool is_date = false;
    bool floating = false;
    friend auto operator<=>(const InstanceKey&,
                            const InstanceKey&) = default;  // NOLINT(modernize-use-nullptr): its 0
};

/// A VCALENDAR of one UID, to be changed. Finding an override costs the logarithm of their number;
/// what changes many at once takes many at once.
class Series {
public:
    /// Throws ical::ParseError, ical::ValueError (a RECURRENCE-ID or date that is none).
    explicit Series(std::string_view bytes);

    /// Lines may be changed through it, but not which components there are.
    ical::Part& calendar() { return calendar_; }
    [[nodiscard]] const ical::Part& calendar() const { return calendar_; }

    /// "VEVENT"; empty if there is none.
    [[nodiscard]] const std::string& kind() const { return kind_; }

    /// Its VEVENTs (VTODOs …), in the order of the text.
    [[nodiscard]] std::vector<ical::Part*> components();
    [[nodiscard]] std::vector<const ical::Part*> components() const;

    /// nullptr: there are only components for single instances.
    [[nodiscard]] ical::Part* master();
    [[nodiscard]] const ical::Part* master() const;

    /// The component with that RECURRENCE-ID; nullptr if there is none.
    [[nodiscard]] ical::Part* override_of(const InstanceKey& key);
    [[nodiscard]] const ical::Part* override_of(const InstanceKey& key) const;

    /// The same, or the master for no key.
    [[nodiscard]] ical::Part* component_of(const std::optional<InstanceKey>& key);
    [[nodiscard]] const ical::Part* component_of(const std::optional<InstanceKey>& key) const;

    /// All of them, ordered.
    [[nodiscard]] std::vector<InstanceKey> overrides() const;

    /// Of its RECURRENCE-ID; nothing without one.
    [[nodiscard]] std::optional<InstanceKey> key_of(const ical::Part& component) const;

    /// Of a date or time of that line: its value, or one of many of an EXDATE.
    [[nodiscard]] InstanceKey key_of(const ical::Line& line, std::string_view value) const;

    /// Where the master starts (a VTODO without DTSTART: is due); nothing without either.
    [[nodiscard]] std::optional<InstanceKey> start() const;

    /// Whether the master's RRULE, RDATE and DTSTART make that instance, and no EXDATE takes it
    /// away. Throws ical::TooExpensive.
    [[nodiscard]] bool has_instance(const InstanceKey& key, ical::Budget& budget) const;

    /// All such instances in [from, to), ordered. Throws ical::TooExpensive for more than
    /// `max_instances`.
    [[nodiscard]] std::vector<InstanceKey> instances(ical::UtcTime from, ical::UtcTime to,
                                                     ical::Budget& budget,
                                                     std::size_t max_instances) const;
    [[nodiscard]] bool is_excluded(const InstanceKey& key) const;
    /// What the EXDATEs of the master say.
    [[nodiscard]] std::set<InstanceKey> excluded() const;
    [[nodiscard]] bool recurs() const;

    /// A component for that instance as the master describes it: with RECURRENCE-ID, moved times,
    /// without RRULE, RDATE, EXDATE. There must be a master. Not put into the calendar.
    [[nodiscard]] ical::Part derive(const InstanceKey& key) const;

    /// Puts it in, in the place of the one for that instance (or of the master).
    void put(ical::Part component);
    void remove_override(const InstanceKey& key);

    /// Removes all components for which that is true: nothing as key is the master.
    using Choice = std::function<bool(const std::optional<InstanceKey>&, const ical::Part&)>;
    void remove_if(const Choice& unwanted);

    /// An EXDATE in the form of the master's DTSTART. Nothing where there is no master.
    void exclude(const InstanceKey& key);
    void exclude(const std::set<InstanceKey>& keys);

    /// Takes them out of the EXDATEs.
    void readmit(const std::set<InstanceKey>& keys);

    /// The key in the form of the master's DTSTART: the text behind RECURRENCE-ID, parameters
    /// included (";TZID=Europe/Berlin:20260131T120000"). In UTC without a master.
    [[nodiscard]] std::string written(const InstanceKey& key) const;

    /// Copies the VTIMEZONEs of `other` whose TZID it lacks: components of it are to be put in.
    void adopt_zones(const Series& other);

    /// Drops each VTIMEZONE that nothing refers to any more.
    void drop_unused_zones();

    [[nodiscard]] std::string text() const { return ical::to_text(calendar_); }

private:
    struct ZoneTable;
    void index();
    [[nodiscard]] const ical::Zone* zone_of(const ical::Line& line) const;
    [[nodiscard]] const ical::Line* start_line() const;
    [[nodiscard]] std::string written_as(const ical::Line& form, const InstanceKey& key) const;
    [[nodiscard]] ical::Component probe() const;

    ical::Part calendar_;
    std::string kind_;
    std::shared_ptr<const ZoneTable> zones_;
    std::optional<std::size_t> master_;             // in calendar_.parts, as these …
    std::map<InstanceKey, std::size_t> overrides_;  // … are
};

/// "20260131T120000Z", "20260131T120000" or "20260131": a key by itself.
std::string format(const InstanceKey& key);

}  // namespace kalends::itip
