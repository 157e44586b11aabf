#pragma once
// Whether a text is iCalendar as RFC 5545 has it: strict where a client would misread it, lenient
// where real clients err without harm. docs/decisions/0003-ical-validation.md says what is let pass
// and why.

#include "ical/lines.hpp"
#include "ical/object.hpp"

#include <string_view>

namespace kalends::ical {

/// Checks the bytes (UTF-8 when unfolded, no control characters but tab), VERSION, how often each
/// property of RFC 5545 occurs in its component, the values of the well-known ones, and that every
/// TZID is defined by a VTIMEZONE or known to the system. X- and other names pass. Throws
/// ObjectError (supported_calendar_data or valid_calendar_data).
void validate(std::string_view bytes, const Component& calendar);

/// The one calendar in `bytes`, which is valid: parse and validate. Throws ObjectError.
Component parse_valid(std::string_view bytes, const Limits& limits = {});

/// What a client may store: tree and facts.
struct Accepted {
    Component calendar;
    CalendarObject object;
};

/// All checks in a row on the body of a PUT: parse, validate, inspect. Throws ObjectError.
Accepted accept(std::string_view bytes, const Limits& limits = {});

/// The one VTIMEZONE of a calendar-timezone property or a <C:timezone> (RFC 4791 5.2.2, 9.8):
/// `bytes` must be valid iCalendar that holds exactly that. Throws ObjectError.
Component accept_time_zone(std::string_view bytes);

}  // namespace kalends::ical
