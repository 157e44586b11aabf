#pragma once
// Delivery reports (RFC 3464), those of internationalized mail (RFC 6533) too.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::mail {

struct RecipientReport {
    std::string original_recipient = {};  ///< the address without its type; empty: not said
    std::string final_recipient = {};
    std::string action = {};           ///< failed, delayed, delivered, relayed or expanded
    std::string status = {};           ///< RFC 3463: "5.1.1"; empty: not said, or no status
    std::string diagnostic_code = {};  ///< what a server said, for people
};

struct DeliveryReport {
    std::string envelope_id = {};  ///< ENVID of what was sent; empty: not said
    std::string message_id = {};   ///< of what was sent, if the report brings its header
    std::vector<RecipientReport> recipients = {};
};

/// The content of message/delivery-status or message/global-delivery-status. Recipients without a
/// known action are left out. Nothing if that leaves none, or if there are more than
/// `max_recipients`. Throws TooMuch for a header beyond its limits.
std::optional<DeliveryReport> parse_delivery_status(std::string_view content,
                                                    std::size_t max_recipients);

}  // namespace kalends::mail
