#pragma once
// From the bytes of a calendar object to the row that is stored: with the time digest, the bounds
// for the time index and the ETag.

#include "ical/lines.hpp"
#include "ical/object.hpp"
#include "store/objects.hpp"

#include <string>

namespace kalends::sched {

/// `calendar` was parsed from `data`, and `object` are its facts. Without a place. Throws
/// ical::TooExpensive, ical::ValueError.
store::PutObject stored_form(std::string data, const ical::Component& calendar,
                             const ical::CalendarObject& object);

/// The same for what the server has written itself. Throws also ical::ParseError,
/// ical::ObjectError.
store::PutObject stored_form(std::string data);

}  // namespace kalends::sched
