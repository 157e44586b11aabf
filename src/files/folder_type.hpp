#pragma once
// What a plain collection accepts: any file.

#include "dav/collection_type.hpp"

namespace kalends::files {

const dav::CollectionType& folder_type();

}  // namespace kalends::files
