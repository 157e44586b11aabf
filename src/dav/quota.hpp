#pragma once
// How much a home may hold. RFC 4331.

#include "dav/resource.hpp"

#include <cstdint>

namespace kalends::dav {

/// Bytes of all objects of a home.
std::int64_t used_bytes(const store::Home& home);

/// Throws DavError 507 with DAV:quota-not-exceeded (RFC 4331 6) if the object `name` can't become
/// `size` bytes. Nodes learn of each other's writes with a delay, so that a home may come to hold a
/// little more.
void require_room(const View& view, const Resource& collection, const std::string& name,
                  std::size_t size);

}  // namespace kalends::dav
