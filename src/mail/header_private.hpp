#pragma once
// Header fields of a message or a part (RFC 5322 2.2), over its bytes.

#include "mail/read.hpp"

namespace kalends::mail {

/// A header and what comes after it.
struct Split {
    std::vector<Field> header;
    std::string_view body;
};

/// A line that is no field ends the header, as an empty line does. Throws TooMuch.
Split split_header(std::string_view entity, const Limits& limits);

/// The value of the first field of that name; null if there is none.
const std::string* find_field(const std::vector<Field>& header, std::string_view name);

}  // namespace kalends::mail
