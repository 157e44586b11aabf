#pragma once
// The live properties of RFC 6352.

#include "dav/live_property.hpp"

#include <span>

namespace kalends::carddav {

std::span<const dav::LiveProperty> properties();

}  // namespace kalends::carddav
