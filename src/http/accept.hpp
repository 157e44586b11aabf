#pragma once
// What a client can show: RFC 9110 12.5.1.

#include <string_view>

namespace kalends::http {

/// How much the client would like `media_type` ("text/html"), in thousandths, by the value of
/// Accept: the most specific range that fits counts. 0 is not at all; 1000 for each type where
/// nothing is said.
int quality_of(std::string_view accept, std::string_view media_type);

}  // namespace kalends::http
