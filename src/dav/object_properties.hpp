#pragma once
// Properties of objects: the live ones from the row, and those that clients set on it (dead
// properties).

#include "dav/body.hpp"
#include "dav/resource.hpp"

#include <string>

namespace kalends::dav {

/// The members of a fetched object as a row.
store::ObjectView view_of(const store::Object& object);

/// append_response() for an object, with its dead properties where it has any; nothing if the user
/// may not read it.
void append_object_response(const View& view, const Resource& object, const Asked& asked,
                            std::string& to);

/// The same under the href that the client wrote.
void append_object_response(const View& view, const Resource& object, std::string_view href,
                            const Asked& asked, std::string& to);

}  // namespace kalends::dav
