#pragma once
// The tables of live properties of this room; dav_tables() joins them.

#include "dav/live_property.hpp"

#include <span>

namespace kalends::dav {

std::span<const LiveProperty> core_properties();       ///< RFC 4918 15, RFC 3253, RFC 5842
std::span<const LiveProperty> acl_properties();        ///< RFC 3744, RFC 5397
std::span<const LiveProperty> lock_properties();       ///< RFC 4918 15.8, 15.10
std::span<const LiveProperty> principal_properties();  ///< RFC 3744 4, calendarserver caldav-proxy
std::span<const LiveProperty> sharing_properties();    ///< calendarserver caldav-sharing 5.2
std::span<const LiveProperty> sync_properties();       ///< RFC 6578, ctag, RFC 4331

}  // namespace kalends::dav
