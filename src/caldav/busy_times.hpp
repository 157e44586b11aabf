#pragma once
// The busy times of a calendar as far as the user may see them.

#include "dav/resource.hpp"
#include "ical/freebusy.hpp"

namespace kalends::caldav {

/// Adds those of the objects in `calendar` on which the user has CALDAV:read-free-busy. Throws
/// ical::TooExpensive.
void add_busy_times(const dav::View& view, const dav::Resource& calendar, ical::FreeBusy& busy);

}  // namespace kalends::caldav
