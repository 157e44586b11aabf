#pragma once
// Cards in another version: 4.0 as 3.0 for clients that ask for it (Apple's), 3.0 as 4.0, and 2.1
// as either for import. RFC 6352 5.1.1; RFC 6350 appendix A lists what changed.

#include "vcard/card.hpp"

#include <string>
#include <string_view>

namespace kalends::vcard {

/// The card (which was parsed from `bytes`) in version 3.0 or 4.0. Lines that mean the same in both
/// are copied byte for byte; what the other version lacks goes into the X- properties that clients
/// use for it; an AGENT of 2.1 is dropped. The same version: the same bytes.
std::string to_version(std::string_view bytes, const Card& card, Version version);

}  // namespace kalends::vcard
