#pragma once
// Messages in inboxes that nobody has cleared away.

#include <cstddef>
#include <cstdint>

namespace kalends::store {

class Database;

/// Deletes those that came before `time` (seconds since 1970), each as its owner would. Returns how
/// many.
std::size_t prune_inboxes(Database& db, std::int64_t time);

}  // namespace kalends::store
