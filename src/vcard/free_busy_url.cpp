#include "vcard/free_busy_url.hpp"

#include "base/text.hpp"
#include "vcard/preferred.hpp"

namespace kalends::vcard {

std::string free_busy_url(const Card& card, std::string_view address) {
    if (!has_address(card, address)) return "";
    const auto* best = preferred(card, "FBURL");
    return best != nullptr ? std::string(text::trim(text_of(*best))) : "";
}

}  // namespace kalends::vcard
