#pragma once
// Addresses of Kalends' own, at which the mail system hands over what is for no person:
// mail.bounces with a tag that says what it is about. RFC 5233.

#include <string>
#include <string_view>

namespace kalends::sched {

/// "bounce+17@example.com" of "bounce@example.com" and "17".
std::string with_tag(std::string_view bounces, std::string_view tag);

/// "17" of "bounce+17@example.com", in lower case; empty for an address that is not `bounces` with
/// a tag.
std::string tag_in(std::string_view address, std::string_view bounces);

}  // namespace kalends::sched
