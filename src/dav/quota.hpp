#pragma once
// How much a home holds. RFC 4331.

#include "store/home.hpp"

#include <cstdint>

namespace kalends::dav {

/// Of all objects of a home, as the cache knows it.
std::int64_t used_bytes(const store::Home& home);

}  // namespace kalends::dav
