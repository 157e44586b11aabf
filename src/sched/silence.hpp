#pragma once
// Calendars of which nobody is told.

#include "store/objects.hpp"
#include "xml/name.hpp"

namespace kalends::sched {

/// A property of a calendar: with "true" nobody is told of what is written there, as when it is
/// being filled from elsewhere.
inline constexpr xml::NameView silent_property{"urn:kalends", "silent"};
bool is_silent(const store::Collection& calendar);

}  // namespace kalends::sched
