#include "directory/ldap/pool.hpp"

#include "base/clock.hpp"

namespace kalends::directory::ldap {

Pool::Lease Pool::take(Deadline deadline) {
    std::unique_lock lock(mutex_);
    if (!came_free_.wait_until(lock, deadline, [this] { return free_ > 0; }))
        throw DirectoryUnavailable("all connections to the directory are busy (ldap.connections)");
    --free_;
    if (idle_.empty()) return {*this, {}};
    auto pair = std::move(idle_.back());
    idle_.pop_back();
    return {*this, std::move(pair)};
}

void Pool::give_back(Pair pair) noexcept {
    {
        const std::lock_guard lock(mutex_);
        ++free_;
        if (pair.searching || pair.binding) idle_.push_back(std::move(pair));
    }
    came_free_.notify_one();
}

/// What is left must do for a new connection.
Deadline Pool::half_way_to(Deadline deadline) {
    const auto now = clock::steady();
    return now + (deadline - now) / 2;
}

}  // namespace kalends::directory::ldap
