#pragma once
// What a report returns of a card: all of it or chosen properties, in the version asked for. RFC
// 6352 10.4.

#include "vcard/card.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::vcard {

/// RFC 6352 10.4.2.
struct PropSelection {
    std::string name;      ///< "TEL" in any group, or "home.TEL"; without a case
    bool novalue = false;  ///< name and parameters only
};

/// A <CR:address-data> in a request.
struct DataRequest {
    std::optional<std::vector<PropSelection>> props;  ///< none: all
    std::optional<Version> version;                   ///< v3_0 or v4_0; none: as stored

    /// The stored bytes are the answer, whatever the card.
    [[nodiscard]] bool is_everything() const { return !props && !version; }
};

/// The part of `bytes` (which `card` was parsed from) that is asked for. BEGIN, VERSION and END are
/// always in it. Lines that need no change are copied byte for byte.
std::string retrieve(std::string_view bytes, const Card& card, const DataRequest& request);

/// The same where the card was not parsed yet: it is only if it has to be. Throws ParseError.
std::string retrieve(std::string_view bytes, const DataRequest& request);

}  // namespace kalends::vcard
