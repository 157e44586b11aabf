#pragma once
// Small functions on text that every room needs. "ascii" in a name: other bytes stay as they are.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::text {

/// Without spaces, tabs, CR and LF at both ends.
std::string_view trim(std::string_view text);

/// The parts between separators; "a,,b" has three, "" has one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string lower_ascii(std::string_view text);

/// A JSON string (RFC 8259 7), for lines that scripts read.
std::string json_quoted(std::string_view text);
std::string upper_ascii(std::string_view text);

/// Equal when A-Z and a-z are the same: names of headers, properties, parameters.
bool iequals(std::string_view a, std::string_view b);

/// Whether `text` contains `part`, A-Z and a-z being the same.
bool icontains(std::string_view text, std::string_view part);

/// Well-formed UTF-8 (no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

/// Characters (code points) of UTF-8.
std::size_t code_points(std::string_view text);

/// A decimal number without sign, spaces or anything after it; nothing if it is not one or too
/// large.
std::optional<long long> to_number(std::string_view digits);

/// With `&`, `<`, `>` and control characters escaped for a log line or a message; at most `max`
/// bytes.
std::string printable(std::string_view bytes, std::size_t max = 200);

std::string base64_encode(std::string_view bytes);

/// Nothing if it is not base64 (white space is not allowed).
std::optional<std::string> base64_decode(std::string_view text);

/// The alphabet of URLs and without padding (RFC 4648 5, RFC 7515 2). Nothing if it is not that.
std::optional<std::string> base64url_decode(std::string_view text);

/// The same alphabet, without padding.
std::string base64url_encode(std::string_view bytes);

std::string to_hex(std::string_view bytes);

/// The number of single-byte edits from one to the other, for suggestions ("did you mean ...").
std::size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace kalends::text
