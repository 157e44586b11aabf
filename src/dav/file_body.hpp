#pragma once
// The bytes of a large file, streamed.

#include "http/message.hpp"
#include "store/database.hpp"
#include "store/ids.hpp"

#include <cstdint>

namespace kalends::dav {

/// `length` bytes of a content (store::ObjectView::content_id) from `first` on, a piece a pull. It
/// throws where a piece is gone, since the file was stored anew: bytes of two files are never
/// mixed.
http::BodySource file_body(store::Database& database, store::PrincipalId home,
                           std::int64_t content_id, std::uint64_t first, std::uint64_t length);

}  // namespace kalends::dav
