#pragma once
// Properties of objects: the live ones from the row, and those that clients set on it (dead
// properties).

#include "dav/body.hpp"
#include "dav/resource.hpp"

#include <optional>
#include <string>

namespace kalends::dav {

/// The object that a resource names; nothing if there is none.
std::optional<store::Object> find_object(const View& view, const Resource& resource);

/// The same, or 404.
store::Object require_object(const View& view, const Resource& resource);

/// Says where an object is stored: as this resource, on the decision that was made for it.
void set_place(const View& view, const Resource& resource, store::PutObject& object);

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
