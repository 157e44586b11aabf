#pragma once
// Where a POST makes a new member of a collection, under a name that the server chooses. RFC 5995.

#include "dav/path.hpp"

#include <string_view>

namespace kalends::dav {

/// The collection's own URL with this query.
inline constexpr std::string_view add_member_query = "add-member";
inline constexpr unsigned takes_new_members = collections | folder | file_home;

}  // namespace kalends::dav
