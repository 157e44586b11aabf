#pragma once
// The tables of all protocol rooms, joined once, and the reference page that is written from them.

#include "dav/live_property.hpp"

#include <string>

namespace kalends::app {

/// Of dav, caldav and carddav. Throws std::logic_error for two rows of one name on one kind of
/// resource.
dav::Registry make_registry();

/// docs/properties.md: every live property and report, where it is and which section says so.
std::string property_reference(const dav::Registry& registry);

}  // namespace kalends::app
