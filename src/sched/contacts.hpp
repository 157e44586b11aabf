#pragma once
// The cards in somebody's own address books, by mail address.

#include "store/database.hpp"
#include "store/objects.hpp"

#include <functional>
#include <string>

namespace kalends::sched {

/// Calls `look` with cards that have the address ("jane@example.com") in EMAIL, until it says
/// false. It may be called with one that has not.
void each_card_with(store::Database& database, const store::Home& owner, const std::string& address,
                    const std::function<bool(const store::ObjectView&)>& look);

}  // namespace kalends::sched
