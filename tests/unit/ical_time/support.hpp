#pragma once
// Short ways to write calendar objects and times in these tests.

#include "ical/budget.hpp"
#include "ical/lines.hpp"
#include "ical/time.hpp"
#include "ical/zone.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace kalends::ical::testing {

/// A VCALENDAR around lines that end in \n.
inline std::string vcalendar(const std::string& lines) {
    return "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:test\n" + lines + "END:VCALENDAR\n";
}

/// One component with a UID in a VCALENDAR.
inline std::string object(const std::string& component, const std::string& lines) {
    return vcalendar("BEGIN:" + component + "\nUID:1\n" + lines + "END:" + component + "\n");
}

inline std::string vevent(const std::string& lines) { return object("VEVENT", lines); }

/// "20260131T120000Z"
inline UtcTime utc(std::string_view text) {
    const auto value = parse_date_time(text);
    if (!value || !value->is_utc) throw std::logic_error("not a time in UTC: " + std::string(text));
    return UtcTime{value->local.time_since_epoch()};
}

/// "20260131T120000"
inline LocalTime local(std::string_view text) { return parse_date_or_time(text).value().local; }

inline const Zone& zone(std::string_view name) {
    const Zone* found = TzData::system().find(name);
    if (found == nullptr) throw std::logic_error("no zone " + std::string(name));
    return *found;
}

}  // namespace kalends::ical::testing
