#pragma once
// What stands on the line of one attendee, and what of an attendee's object is the organizer's to
// know.

#include "ical/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::itip {

/// When an attendee answered last, as a parameter of ATTENDEE: in the organizer's object the
/// DTSTAMP of the reply, in the attendee's own the time of the change. RFC 5546 2.1.5 wants it
/// remembered. It is in no message.
inline constexpr std::string_view answered_parameter = "X-CALENDARSERVER-DTSTAMP";

/// The SEQUENCE with which the organizer last asked an attendee, as a parameter of ATTENDEE. Both
/// sides know by it whether an answer and a question have crossed: to the organizer answers to an
/// older SEQUENCE are void, and an attendee whom a message does not ask anew keeps his answer. It
/// is in messages; without it (an organizer on another server) one has to guess. RFC 6638 3.2.8.
inline constexpr std::string_view asked_parameter = "X-CALENDARSERVER-RESET-PARTSTAT";

/// The attendee's words to the organizer, in the attendee's object and in replies, …
inline constexpr std::string_view private_comment = "X-CALENDARSERVER-PRIVATE-COMMENT";
/// … and in the organizer's object, one line for each attendee.
inline constexpr std::string_view attendee_comment = "X-CALENDARSERVER-ATTENDEE-COMMENT";

/// Whether that property or parameter of an attendee, an extension, goes to the organizer and from
/// him to all. None is known by which people live; test suites of clients try it.
bool is_public_extension(std::string_view name);

/// Whether both lines mean the same user: by their addresses, or by the EMAIL of one of them.
bool is_same_user(const ical::Line& a, const ical::Line& b);

/// All values of a parameter (upper case name).
std::vector<std::string> parameter_values(const ical::Line& line, std::string_view name);

/// Makes the parameter of `to` that of `from`: all its values, or none.
void copy_parameter(const ical::Line& from, std::string_view name, ical::Line& to);

/// The line in one spelling, for comparisons.
std::string spelled(const ical::Line& line);

/// What instances with a component of their own may cost: each repeats all lines of the master.
class Growth {
public:
    /// Throws ical::TooExpensive.
    void add(const ical::Part& component);

private:
    std::size_t lines_ = 0;
};

}  // namespace kalends::itip
