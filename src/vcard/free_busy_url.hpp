#pragma once
// Where the person on a card publishes when they are busy. RFC 2739 2.3.1, RFC 6350 6.9.1.

#include "vcard/card.hpp"

#include <string>
#include <string_view>

namespace kalends::vcard {

/// The preferred FBURL of a card that has the mail address (A-Z like a-z); empty if it has not, or
/// has no FBURL.
std::string free_busy_url(const Card& card, std::string_view address);

}  // namespace kalends::vcard
