#pragma once
// Time zones: the system's tzdata, the VTIMEZONE that a calendar object brings along, Windows'
// names, UTC. RFC 5545 3.3.5, 3.6.5; RFC 7809 (zones by reference); RFC 8536 (TZif); CLDR's
// windowsZones.

#include "ical/lines.hpp"
#include "ical/time.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kalends::ical {

class Zone;
using ZonePtr = std::shared_ptr<const Zone>;

/// Offsets from UTC over all time. Immutable; threads may share it.
class Zone {
public:
    /// From `at` on the offset is `offset`.
    struct Transition {
        UtcTime at;
        std::chrono::seconds offset;
    };

    /// `initial` holds before the first transition. Where `repeats`, the 400 years before the last
    /// transition go on for ever: the Gregorian calendar, weekdays included, repeats after 400
    /// years, and so do the rules of a zone.
    Zone(std::string name, std::chrono::seconds initial, std::vector<Transition> transitions,
         bool repeats = false);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] std::chrono::seconds offset_at(UtcTime moment) const;
    [[nodiscard]] LocalTime to_local(UtcTime moment) const;

    /// A time that a clock skips or shows twice has the offset from before the change: skipped ones
    /// come out later by the gap, of the doubled ones it is the first. RFC 5545 3.3.5.
    [[nodiscard]] UtcTime to_utc(LocalTime local) const;

    /// `local` plus the nominal days, then the exact time. RFC 5545 3.3.6.
    [[nodiscard]] UtcTime add(LocalTime local, const Duration& length) const {
        return to_utc(local + length.days) + length.time;
    }

    /// Whether both have the same offsets from `from` until before `to`.
    [[nodiscard]] bool agrees_with(const Zone& other, UtcTime from, UtcTime to) const;

    static const ZonePtr& utc();

private:
    [[nodiscard]] std::int64_t folded(std::int64_t moment, std::int64_t limit) const;

    std::string name_;
    std::vector<std::int64_t> utc_from_;  ///< of each transition
    std::vector<std::int64_t>
        local_from_;  ///< the first local time that has its offset, by the rule of to_utc()
    std::vector<std::int32_t>
        offsets_;  ///< one more than transitions; the first is what holds before them
    bool repeats_;
};

/// The zones of a zoneinfo directory, read on first use and kept. Threads may share it.
class TzData {
public:
    explicit TzData(std::string directory);
    ~TzData();
    TzData(const TzData&) = delete;
    TzData& operator=(const TzData&) = delete;

    /// By IANA name ("Europe/Berlin", links too), exactly; nullptr if there is none, for a name
    /// that is none (".." and the like are never looked for) and for a broken file. The pointer
    /// stays good as long as this object.
    [[nodiscard]] const Zone* find(std::string_view name) const;

    /// By what clients call it: an IANA name, with a prefix
    /// ("/freeassociation.sourceforge.net/Tzfile/Europe/Berlin",
    /// "/mozilla.org/20050126_1/Europe/Berlin"), Windows' names in their spellings ("W. Europe
    /// Standard Time",
    /// "(UTC+01:00) Amsterdam, Berlin, Bern, Rome, Stockholm, Vienna"), "UTC", "GMT", "Z". nullptr
    /// if unknown.
    [[nodiscard]] const Zone* resolve(std::string_view tzid) const;

    /// A VTIMEZONE for what resolve() finds, under that TZID: all its changes since 1970, and the
    /// rule by which they go on. Empty if unknown. RFC 5545 3.6.5.
    [[nodiscard]] std::string vtimezone(std::string_view tzid) const;

    /// Which tzdata it is, "2025b"; empty where the directory does not tell.
    [[nodiscard]] const std::string& version() const { return version_; }

    /// The system's: $TZDIR, or where Debian has it.
    static const TzData& system();

private:
    struct Cache;
    std::string directory_;
    std::string version_;
    std::unique_ptr<Cache> cache_;
};

/// What TzData::system() resolves; nullptr if it does not know it.
ZonePtr system_zone(std::string_view tzid);

/// The IANA name for a Windows time zone name in any of its spellings; empty if unknown.
std::string_view iana_name_of_windows_zone(std::string_view windows_name);

/// A VTIMEZONE reduced to what it says about offsets: no spaces, ASCII, the same for the same
/// behaviour written the same way. Throws ValueError on one that says nothing (no observance) or
/// nonsense.
std::string zone_text(const Component& vtimezone);

/// The zone that a zone_text() means; compiled once and kept in a bounded cache of the process.
/// Throws ValueError.
ZonePtr zone_of_text(std::string_view text);

/// The zone of a VTIMEZONE component. Throws ValueError.
ZonePtr zone_of(const Component& vtimezone);

/// The zone in a CALDAV:calendar-timezone, an iCalendar object with one VTIMEZONE. Throws
/// ParseError, ValueError.
ZonePtr zone_of_calendar_timezone(std::string_view icalendar);

/// Its TZID. Throws ParseError, ValueError. RFC 7809 3.1.5.
std::string tzid_of_calendar_timezone(std::string_view icalendar);

/// The CALDAV:calendar-timezone for a zone that is known by this name; empty if it is not. RFC 7809
/// 3.1.5.
std::string calendar_timezone(std::string_view tzid, const TzData& tzdata = TzData::system());

/// The zones of one calendar object: its own VTIMEZONEs first, then tzdata and Windows' names.
class Zones {
public:
    /// Keeps a reference to both. Its VTIMEZONEs are read when they are asked for.
    explicit Zones(const Component& calendar, const TzData& tzdata = TzData::system());

    /// nullptr if nobody knows it. A VTIMEZONE that makes no sense counts as none, as long as the
    /// name is known elsewhere.
    [[nodiscard]] const Zone* find(std::string_view tzid) const;

    /// Whether find(tzid) is the object's own VTIMEZONE.
    [[nodiscard]] const Component* own(std::string_view tzid) const;
    [[nodiscard]] const TzData& tzdata() const { return tzdata_; }

private:
    struct Entry {
        std::string tzid;
        const Zone* zone;
        ZonePtr kept;
    };
    const Component& calendar_;
    const TzData& tzdata_;
    mutable std::vector<Entry> found_;
};

/// The moment that a property with one DATE or DATE-TIME value means; a floating time or a date is
/// read in `floating`. A TZID that nobody knows counts as floating. Throws ValueError.
UtcTime moment_of(const Property& property, const Zones& zones, const Zone& floating);

}  // namespace kalends::ical
