#pragma once
// Compiled time zones as they are in files: TZif (RFC 8536), and the rule for the future at its end
// (POSIX TZ). What tzdata says beyond offsets, names and daylight time, is for VTIMEZONEs.

#include "ical/time.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::ical {

/// What clocks show for a while: "CEST".
struct ZonePhase {
    std::chrono::seconds offset{};
    bool daylight = false;
    std::string name;
};

/// When in each year the clock changes: the local time before the change.
struct YearlyChange {
    enum class Kind { julian, zero_based, weekday } kind = Kind::weekday;
    int day = 0;
    int month = 0;
    int week = 0;  ///< of its weekday in the month; 5: the last
    std::chrono::seconds time = std::chrono::hours{2};  ///< may be on another day

    [[nodiscard]] LocalTime in(int year) const;
};

/// "CET-1CEST,M3.5.0,M10.5.0/3"
struct FutureRule {
    ZonePhase standard;
    ZonePhase daylight;
    bool changes = false;
    YearlyChange to_daylight;
    YearlyChange to_standard;
};

struct Tzif {
    struct Change {
        UtcTime at;
        std::size_t to = 0;  ///< in `phases`
    };
    std::vector<ZonePhase> phases;     ///< the first holds before all changes
    std::vector<Change> changes;       ///< in order
    std::optional<FutureRule> future;  ///< after the last of them
};

/// Reads a file of version 2 or later; nothing for anything else.
std::optional<Tzif> parse_tzif(std::string_view file);

/// Appends the changes by the future's rule, which must have some, in these years: those after the
/// last that is there.
void unroll(Tzif& tzif, int first_year, int last_year);

/// The observances of a VTIMEZONE that says the same from 1970 on, before which the tz database
/// promises nothing. RFC 5545 3.6.5.
std::string observances_of(const Tzif& tzif);

}  // namespace kalends::ical
