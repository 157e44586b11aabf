#pragma once
// What a client may store in an address book: the preconditions of RFC 6352 6.3.2.1. Strict in what
// makes a card useless to others (no name, no UID, bytes that are no text), lenient in the rest:
// clients err a lot.

#include "vcard/card.hpp"

#include <stdexcept>
#include <string>
#include <string_view>

namespace kalends::vcard {

/// The precondition that the data violate.
enum class Fault {
    supported_address_data,  ///< another format: no vCard at all, or a version other than 3.0
                             ///< and 4.0
    valid_address_data,      ///< a vCard, but not as RFC 6350, RFC 2426 or RFC 6352 5.1 has it
};

/// "valid-address-data": the local name of the precondition element.
const char* precondition_name(Fault fault);

/// Refused: what() is a sentence that names line and property.
class CardError : public std::runtime_error {
public:
    CardError(Fault fault, const std::string& sentence)
        : std::runtime_error{sentence}, fault_{fault} {}
    [[nodiscard]] Fault fault() const { return fault_; }

private:
    Fault fault_;
};

/// Whether a Content-Type (with or without parameters, empty if none was sent) may carry a vCard:
/// text/vcard, and text/x-vcard, text/directory and a few that say nothing. RFC 6350 10.1.
bool is_supported_media_type(std::string_view content_type);

/// What a client may store: the lines and the facts by which it is stored.
struct Accepted {
    Card card;
    std::string uid;        ///< its value, unescaped
    bool is_group = false;  ///< KIND or X-ADDRESSBOOKSERVER-KIND is "group"
};

/// All checks in a row on the body of a PUT: UTF-8 (when unfolded) without control characters, one
/// card, its version, FN and UID (RFC 6352 5.1), how often a property may occur. Throws CardError.
Accepted accept(std::string_view bytes, const Limits& limits = {});

}  // namespace kalends::vcard
