#pragma once
// Search filters as text. RFC 4515.

#include "directory/ldap/profile.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::directory::ldap {

/// A value as it stands in a filter: '*', '(', ')', '\', NUL and what is not ASCII are escaped.
/// RFC 4515 3.
std::string escaped(std::string_view value);

/// Who may log in and has that login.
std::string filter_for_login(const Mapping& mapping, std::string_view login);

/// Who may log in and has that address.
std::string filter_for_address(const Mapping& mapping, std::string_view address);

/// Everything that is read; other entries are none of our business.
std::string filter_for_all(const Mapping& mapping);

}  // namespace kalends::directory::ldap
