#pragma once
// Large files: their bytes are in pieces, written and read one by one, so that a file of any size
// takes constant memory.

#include "store/objects.hpp"

#include <cstddef>
#include <functional>
#include <string>

namespace kalends::store {

inline constexpr std::size_t chunk_bytes = 256UL * 1024;

/// Gives the piece of a file at a position, counted from 0: each has chunk_bytes, the last may be
/// shorter; empty behind it. May be asked again from the beginning, after a deadlock.
using Pieces = std::function<std::string(std::int64_t position)>;

/// put() for a file whose bytes `pieces` gives; `object.data` is empty.
WriteOutcome put_file(Database& db, PutObject object, const Pieces& pieces);

/// The piece at `position` (counted from 0) of ObjectView::content_id; empty if it is not there
/// (any more).
std::string file_piece(Database& db, PrincipalId home, std::int64_t content_id,
                       std::int64_t position);

}  // namespace kalends::store
