#pragma once
// Of several properties of one name, the one that its owner likes best. RFC 6350 5.3, RFC
// 2426 3.2.1.

#include "vcard/card.hpp"

#include <string_view>

namespace kalends::vcard {

/// nullptr if there is none of that name (upper case).
const Property* preferred(const Card& card, std::string_view name);

/// Whether it has that mail address ("jane@example.com") in EMAIL.
bool has_address(const Card& card, std::string_view address);

}  // namespace kalends::vcard
