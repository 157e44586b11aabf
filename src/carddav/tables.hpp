#pragma once
// What this room brings to the registry.

#include "dav/live_property.hpp"

namespace kalends::carddav {

dav::Tables tables();

}  // namespace kalends::carddav
