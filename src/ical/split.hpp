#pragma once
// Import and export: a file with many components becomes calendar objects, one per UID, and back.
// RFC 4791 4.1.

#include "ical/lines.hpp"
#include "ical/zone.hpp"

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::ical {

/// One object for a PUT: a VCALENDAR with all components of one UID and the VTIMEZONEs they use;
/// the lines are those of the file, byte for byte.
struct SplitObject {
    std::string uid;
    std::string component;  ///< VEVENT …
    std::string data;
    std::vector<std::size_t> lines;  ///< where its components begin in the file
    bool uid_made = false;  ///< the file had none; made from the content: the same at every import
};

/// An entry that could not be taken.
struct Skipped {
    std::size_t line = 0;
    std::string reason;
};

struct SplitFile {
    std::string name;                  ///< X-WR-CALNAME or NAME, unescaped; empty without one
    std::vector<SplitObject> objects;  ///< in the order of the file
    std::vector<Skipped> skipped;
};

/// What one import may cost.
inline constexpr Limits import_limits{10, 20'000'000, 40'000'000};

/// Throws ParseError if the file cannot be read as iCalendar at all. METHOD and the properties that
/// describe the calendar as a whole do not go into the objects. Of two components with the same UID
/// and RECURRENCE-ID the one with the higher SEQUENCE, then the later DTSTAMP, is kept, and the
/// other reported.
SplitFile split(std::string_view file, const Limits& limits = import_limits);

/// One VCALENDAR from many objects. A VTIMEZONE comes once; one that has the TZID of another, but
/// different offsets between 1970 and 2038, is given a new TZID, in the lines that refer to it too.
class Joiner {
public:
    explicit Joiner(std::string_view calendar_name = {});

    /// Adds the components of one stored object. Throws ParseError if it is none.
    void add(std::string_view object);

    /// What has come since the last take(), so that an export of any size needs little memory.
    std::string take();

    /// The end of the file: take() and END:VCALENDAR.
    std::string finish();

private:
    struct Written {
        ZonePtr zone;
        std::string tzid;  ///< its name in this file
    };
    const Written* agreeing(const std::string& tzid, const Zone& zone) const;
    std::string name_for(const Component& vtimezone, bool& is_new);

    std::string text_;
    std::map<std::string, std::vector<Written>> zones_;  // by TZID in the objects
};

}  // namespace kalends::ical
