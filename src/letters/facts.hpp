#pragma once
// What an iTIP message tells, as far as a letter says it.

#include "ical/recurrence.hpp"
#include "ical/zone.hpp"
#include "itip/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::letters {

struct Person {
    std::string name;      ///< CN, or the address
    std::string address;   ///< without mailto:
    std::string partstat;  ///< "ACCEPTED"
    bool is_optional = false;
};

/// Local times of the zone that is named.
struct When {
    ical::LocalTime start{};
    ical::LocalTime end{};  ///< of days: the day after the last
    bool is_date = false;
    std::string zone;  ///< "Europe/Berlin"; empty for days and floating times
    friend bool operator==(const When&, const When&) = default;
};

struct Facts {
    itip::Method method = itip::Method::request;
    std::string title;
    std::string place;
    std::string description;
    std::string comment;
    std::optional<Person> organizer;
    std::vector<Person> attendees;
    std::optional<When> when;
    std::optional<ical::Rule> rule;  ///< UNTIL is a local time of the zone
    bool recurs_otherwise = false;   ///< several rules, or dates that are listed
    bool is_cancelled = false;       ///< STATUS
    std::vector<When> instances;     ///< where it tells of single ones and not of the whole
};

/// Of a VCALENDAR with a METHOD. Times are those of `zone`; nullptr: of the zone in which the
/// meeting is planned. Throws ical::ParseError, ical::ValueError.
Facts facts_of(std::string_view message, const ical::Zone* zone);

}  // namespace kalends::letters
