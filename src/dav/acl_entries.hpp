#pragma once
// The access control entries that hold for a resource, as they are shown: protected ones, its own,
// and those that it inherits. RFC 3744 5.5.

#include "dav/acl_body.hpp"
#include "dav/resource.hpp"

#include <string>
#include <vector>

namespace kalends::dav {

/// In the order in which they decide. What View::privileges() decides by, in words.
std::vector<AceElement> entries_of(const View& view, const Resource& resource);

/// The hrefs of the collections from which it inherits, the nearest first. RFC 3744 5.7.
std::vector<std::string> inherits_from(const Resource& resource);

}  // namespace kalends::dav
