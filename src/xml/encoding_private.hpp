#pragma once
// What the bytes of a document are before libxml2 sees them. XML 1.0 4.3.3, RFC 4918 19: UTF-8 and
// UTF-16 must be understood; ISO-8859-1 is understood because it costs nothing. All else is
// refused, so that no conversion library meets bytes from the network.

#include <optional>
#include <string>
#include <string_view>

namespace kalends::xml {

/// A document in UTF-8 without a byte order mark: a piece of what came, or a copy where it had to
/// be converted.
struct Utf8Document {
    std::string_view bytes;
    std::string converted;  ///< what `bytes` points into, if not what came
};

/// Fills `document`. Throws ParseError: an encoding that is not supported, bytes that are not in
/// it, a NUL.
void read_encoding(std::string_view bytes, Utf8Document& document);

/// The line, from 1, in which `offset` lies.
std::size_t line_at(std::string_view bytes, std::size_t offset);

}  // namespace kalends::xml
