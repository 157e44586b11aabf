#pragma once
// URLs in angle brackets, as they stand in header fields. RFC 4918 10.1, 10.4.2.

#include <optional>
#include <string_view>

namespace kalends::dav {

/// Takes a Coded-URL, such as `<urn:uuid:…>`, from the beginning of `text`, and gives what is in
/// the brackets. Nothing, and `text` as it was, if it does not begin with one: an absolute URI
/// without white space.
std::optional<std::string_view> take_coded_url(std::string_view& text);

/// The same for a Resource-Tag, which may also be an absolute path: `</dav/calendars/>`.
std::optional<std::string_view> take_resource_tag(std::string_view& text);

}  // namespace kalends::dav
