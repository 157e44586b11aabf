#pragma once
// The tables of all protocol rooms, joined once, and the reference page that is written from them.

#include "caldav/tables.hpp"
#include "dav/live_property.hpp"

#include <string>

namespace kalends::app {

/// Of dav, caldav and carddav. `types` live as long as it. Throws std::logic_error for two rows of
/// one name on one kind of resource.
dav::Registry make_registry(const caldav::Types& types);

/// docs/properties.md: every live property and report, where it is and which section says so.
std::string property_reference(const dav::Registry& registry);

}  // namespace kalends::app
