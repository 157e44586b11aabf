#pragma once
// How much a home may hold. RFC 4331.

#include "dav/resource.hpp"

#include <cstdint>

namespace kalends::dav {

/// Bytes of all objects of a home.
std::int64_t used_bytes(const store::Home& home);

}  // namespace kalends::dav
