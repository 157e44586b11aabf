#pragma once
// What RFC 8264 and 8265 ask of Unicode, from utf8proc.

#include <optional>
#include <string>
#include <string_view>

namespace kalends::directory {

/// Normalization Form C; nothing if it is not UTF-8.
std::optional<std::string> nfc(std::string_view text);

}  // namespace kalends::directory
