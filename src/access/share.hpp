#pragma once
// Access control as people speak of it: who may see when the owner is busy, who may read, who may
// write. Pure; what it makes are ordinary entries.

#include "access/decide.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace kalends::access {

enum class Level { nothing, free_busy, reader, writer };

/// What that takes. Whoever may read also sees what he may do, so that clients can show it.
Privileges privileges_of(Level level);

struct Share {
    std::int64_t principal = 0;
    Level level = Level::nothing;
    friend bool operator==(const Share&, const Share&) = default;
};

/// Whom the entries name and what they grant each, in their order. What comes to somebody by a
/// group, or by being logged in, is not told as his.
std::vector<Share> shares_in(std::span<const Ace> aces);

/// The entries with that level for the principal, in place of all that they said of it alone.
std::vector<Ace> shared(std::span<const Ace> aces, const Share& share);

}  // namespace kalends::access
