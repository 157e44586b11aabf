#pragma once
// Entity tags of objects. An object that is given in other bytes than the stored ones has a strong
// tag of its own (RFC 9110 8.8.3.3): the stored one, a '~' and the name of the variant.

#include <string>
#include <string_view>

namespace kalends::dav {

/// Quoted, as in the ETag field. `etag` is what the store keeps: hexadecimal digits. `variant`:
/// empty for the stored bytes.
std::string entity_tag(std::string_view etag, std::string_view variant = {});

/// What the store keeps of the state that an opaque tag (without quotes) stands for.
std::string_view state_of(std::string_view opaque);

}  // namespace kalends::dav
