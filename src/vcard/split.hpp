#pragma once
// Import: a file of many cards becomes single cards, each as accept() takes it.

#include "vcard/card.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::vcard {

/// One card for a PUT. Its lines are those of the file, byte for byte, but for a UID that had to be
/// made and for 2.1, which becomes 3.0.
struct SplitCard {
    std::string uid;
    std::string data;
    std::size_t line = 0;   ///< where it begins in the file
    bool uid_made = false;  ///< the file had none; made from the content: the same at every import
};

/// A card that could not be taken.
struct Skipped {
    std::size_t line = 0;
    std::string reason;
};

struct SplitFile {
    std::vector<SplitCard> cards;  ///< in the order of the file
    std::vector<Skipped> skipped;
};

/// Every card of the file; one that is broken does not keep the next ones out. Of two with the same
/// UID the later one is kept, and the other reported. Throws ParseError if no card begins in it.
SplitFile split(std::string_view file, const Limits& limits = {});

}  // namespace kalends::vcard
