#pragma once
// What a client can show, and what its user can read: RFC 9110 12.5.1, 12.5.4.

#include <string>
#include <string_view>
#include <vector>

namespace kalends::http {

/// How much the client would like `media_type` ("text/html"), in thousandths, by the value of
/// Accept: the most specific range that fits counts. 0 is not at all; 1000 for each type where
/// nothing is said.
int quality_of(std::string_view accept, std::string_view media_type);

/// The languages of an Accept-Language ("de-AT"), those that are liked best first; at most ten.
/// Those that are not wanted at all, and "*", are left out.
std::vector<std::string> languages_of(std::string_view accept_language);

}  // namespace kalends::http
