#pragma once
// Conditional requests that write: If-Match, If-None-Match, If-Unmodified-Since. RFC 9110 13. What
// a GET does with them is in its own files, the If header of WebDAV in locks.

#include "base/clock.hpp"
#include "dav/resource.hpp"
#include "http/message.hpp"
#include "store/objects.hpp"

#include <string>

namespace kalends::dav {

/// What a GET would send as ETag and Last-Modified.
struct Validators {
    std::string etag;
    clock::Seconds modified;
};

/// The conditions on an object, for the store to check after its lock. A date becomes the etag of
/// what has not been modified since.
store::Preconditions store_preconditions(const View& view, const http::Request& request,
                                         const Resource& object);

/// Whether there are any.
bool has_conditions(const http::Request& request);

/// Throws DavError 412 if the conditions do not hold for a collection or an object. Nothing is said
/// of an object that is not there, nor of other resources. To be called when all else that can fail
/// has been looked at: that goes first. RFC 9110 13.2.1.
void require_conditions(const View& view, const http::Request& request, const Resource& target);

/// The same for an object that has been read, and of which `target` is the resource.
void require_conditions(const View& view, const http::Request& request, const Resource& target,
                        const store::Object& object);

/// The same for what is about to be made.
void require_conditions_of_new(const http::Request& request);

}  // namespace kalends::dav
