#pragma once
// Storing the body of a request as an object: what PUT and POST share. Small ones are stored as
// they came, files of any size in pieces, never whole in memory.

#include "dav/collection_type.hpp"
#include "dav/resource.hpp"
#include "http/message.hpp"
#include "store/objects.hpp"

#include <cstdint>

namespace kalends::dav {

/// Throws DavError for more bytes than an object of this type may have: 403 with the type's
/// precondition, 413 where it has none.
void require_size(const View& view, const CollectionType& type, std::uint64_t bytes);

/// Stores the body as `target`, an object, under `conditions`. Throws DavError for what can't be
/// stored there.
store::WriteOutcome store_body(const View& view, const http::Request& request,
                               const Resource& target, const store::Preconditions& conditions);

/// The answer to it, with the ETag, and the object where the client prefers that. Throws DavError
/// for an outcome that is none.
http::Response stored(const View& view, const http::Request& request, const Resource& target,
                      const store::WriteOutcome& outcome);

}  // namespace kalends::dav
