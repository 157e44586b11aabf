#pragma once
// Keeps the cache true when other processes write: listens for NOTIFY, and looks at change_log
// after one and every poll_interval whatever happens.
//
// What was committed since the last look is what the last look's snapshot did not see; that misses
// no transaction that took its number early and committed late. While looks fail, the cache gives
// nothing (Cache::set_current).

#include "store/cache_private.hpp"
#include "store/connection_private.hpp"
#include "store/database.hpp"
#include "store/notifier_private.hpp"

#include <atomic>
#include <deque>
#include <memory>
#include <string>
#include <thread>

namespace kalends::store {

class Follower {
public:
    /// The first look is made before the constructor returns. Throws Unavailable.
    Follower(const Settings& settings, std::string node, Cache& cache, const Notifier& notifier);
    ~Follower();
    Follower(const Follower&) = delete;
    Follower& operator=(const Follower&) = delete;

    std::atomic<std::uint64_t> notifications{0}, reconnects{0};

private:
    enum class Heard { nothing, others, stop };

    void work();
    Heard wait(std::chrono::steady_clock::time_point until);
    void lose();
    void listen();
    void look();
    void apply(const Result& rows);
    void prune();

    const Settings& settings_;
    std::string node_;
    Cache& cache_;
    const Notifier& notifier_;
    std::unique_ptr<Connection> listening_;
    std::unique_ptr<Connection> looking_;
    std::string snapshot_;        // of the last look; empty: there was none on this connection
    std::int64_t looked_at_ = 0;  // by the database's clock
    std::int64_t pruned_at_ = 0;
    std::deque<std::pair<std::int64_t, std::string>>
        horizons_;  // when, and the oldest transaction then
    bool failing_ = false;
    int stop_event_ = -1;
    std::thread thread_;
};

}  // namespace kalends::store
