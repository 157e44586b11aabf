#pragma once
// Content lines of text/calendar and text/vcard. RFC 5545 3.1, RFC 6350 3.2.

#include <string>
#include <string_view>

namespace kalends {

/// Appends `line` folded at 75 octets, never inside a UTF-8 character, with CRLF at the end.
void append_folded(std::string& to, std::string_view line);

}  // namespace kalends
