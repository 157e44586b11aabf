#pragma once
// The live properties of RFC 4791, RFC 7809 and Apple's for calendars.

#include "dav/live_property.hpp"

#include <span>

namespace kalends::caldav {

std::span<const dav::LiveProperty> properties();

/// Those of scheduling. RFC 6638, RFC 7953.
std::span<const dav::LiveProperty> scheduling_properties();

}  // namespace kalends::caldav
