#pragma once
// Who acts for somebody: the members of the two groups that each principal has for that.
// calendarserver caldav-proxy 5.2.

#include "dav/property_changes.hpp"
#include "dav/resource.hpp"

#include <vector>

namespace kalends::dav {

/// PROPPATCH of `proxy`, whose DAV:group-member-set its owner and administrators may set. 207.
http::Response change_proxies(const View& view, const Resource& proxy,
                              std::vector<PropertyChange> changes);

}  // namespace kalends::dav
