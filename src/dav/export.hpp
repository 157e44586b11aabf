#pragma once
// All objects of a collection as one file, as clients that subscribe to a calendar fetch it.

#include "dav/multistatus.hpp"
#include "dav/resource.hpp"

#include <string>

namespace kalends::dav {

/// The objects that the user may read, in the order of their names and in constant memory; `name`
/// is what the file calls the collection.
Producer exported(const View& view, const Resource& collection, const std::string& name);

}  // namespace kalends::dav
