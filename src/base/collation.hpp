#pragma once
// Collations for text-match. RFC 4790, RFC 5051; RFC 4791 7.5.1, RFC 6352 8.3.1.

#include <optional>
#include <string>
#include <string_view>

namespace kalends {

enum class Collation {
    octet,            ///< i;octet
    ascii_casemap,    ///< i;ascii-casemap
    unicode_casemap,  ///< i;unicode-casemap
};

/// By its identifier; nothing if we do not have it (then: supported-collation). "default" is
/// ascii-casemap for calendars and unicode-casemap for address books, so the caller decides that.
std::optional<Collation> collation_named(std::string_view name);

/// `text` in the form in which it is compared byte for byte: two texts are equal in the collation
/// when their keys are, and one contains another when its key does. Text that is not UTF-8 is its
/// own key.
std::string collation_key(Collation collation, std::string_view text);

}  // namespace kalends
