#pragma once
// What a calendar is to dav.

#include "dav/collection_type.hpp"

namespace kalends::caldav {

const dav::CollectionType& calendar_type();

/// "VEVENT" for store::vevent …; empty for anything that is not one bit.
std::string_view component_name(store::Component component);

/// The bit of a component that calendars hold; 0 for others.
unsigned component_bit(std::string_view name);

}  // namespace kalends::caldav
