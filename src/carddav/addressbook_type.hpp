#pragma once
// What an address book is to dav.

#include "dav/collection_type.hpp"

namespace kalends::carddav {

const dav::CollectionType& addressbook_type();

}  // namespace kalends::carddav
