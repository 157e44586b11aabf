#pragma once
// Percent-encoding of URL paths. RFC 3986 2.1.

#include <optional>
#include <string>
#include <string_view>

namespace kalends::percent {

/// The bytes that `text` stands for; nothing if an escape is broken or stands for NUL.
std::optional<std::string> decode(std::string_view text);

/// One path segment: everything but unreserved characters, sub-delims, ':' and '@' is escaped; so
/// are
/// '&' and ''', which XML would have to escape once more.
std::string encode_segment(std::string_view bytes);

/// Appends encode_segment(bytes) to `to`.
void append_segment(std::string& to, std::string_view bytes);

}  // namespace kalends::percent
