#pragma once
// What plain WebDAV brings to the registry of dav: folders and files. RFC 4918.

#include "dav/live_property.hpp"

namespace kalends::files {

dav::Tables tables();

}  // namespace kalends::files
