#pragma once
// Which vCard version an Accept header asks for. RFC 6352 5.1.1; RFC 9110 12.5.1.

#include "vcard/card.hpp"

#include <optional>
#include <string_view>

namespace kalends::carddav {

/// The version of the media range that is wanted most: "text/vcard; version=4.0". Nothing where any
/// will do: then a card is given as it is stored.
std::optional<vcard::Version> accepted_version(std::string_view accept);

}  // namespace kalends::carddav
