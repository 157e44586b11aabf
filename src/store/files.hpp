#pragma once
// Large files: their bytes are in pieces, written and read one by one, so that a file of any size takes
// constant memory.

#include "store/objects.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace kalends::store {

inline constexpr std::size_t chunk_bytes = 256UL * 1024;

/// Gives the bytes of a file, chunk_bytes at a time (the last piece may be shorter); empty at the
/// end.
using Pieces = std::function<std::string()>;

/// put() for a file whose bytes `pieces` gives; `object.data` is empty.
WriteOutcome put_file(Database& db, PutObject object, const Pieces& pieces);

/// The piece at `position` (counted from 0) of ObjectView::content_id; empty if it is not there
/// (any more).
std::string file_piece(Database& db, PrincipalId home, std::int64_t content_id,
                       std::int64_t position);

}  // namespace kalends::store
