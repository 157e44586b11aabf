#pragma once
// The report sync-collection, RFC 6578.

#include "dav/live_property.hpp"

namespace kalends::dav {

http::Response sync_collection(const View& view, const http::Request& request,
                               const Resource& target, const Body& body);

}  // namespace kalends::dav
