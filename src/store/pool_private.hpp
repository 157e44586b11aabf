#pragma once
// The connections of this process: opened as needed, kept, replaced when they broke.

#include "store/connection_private.hpp"
#include "store/database.hpp"

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace kalends::store {

class Pool {
public:
    explicit Pool(const Settings& settings) : settings_(settings) {}

    /// A connection for one transaction; goes back to the pool with the lease.
    class Lease {
    public:
        Lease(Pool& pool, std::unique_ptr<Connection> connection)
            : pool_(pool), connection_(std::move(connection)) {}
        ~Lease() { pool_.give_back(std::move(connection_)); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;
        Connection& operator*() { return *connection_; }
        Connection* operator->() { return connection_.get(); }

    private:
        Pool& pool_;
        std::unique_ptr<Connection> connection_;
    };

    /// Waits for one to come free, but not longer than the settings say. Throws Unavailable.
    Lease take();

    /// Closes the idle connections: after the server went away they are of no use.
    void drop_idle();

    [[nodiscard]] std::size_t open() const;
    [[nodiscard]] std::size_t in_use() const;

private:
    std::unique_ptr<Connection> take_idle();
    void give_back(std::unique_ptr<Connection> connection) noexcept;

    const Settings& settings_;
    mutable std::mutex mutex_;
    std::condition_variable came_free_;
    std::vector<std::unique_ptr<Connection>> idle_;  // the last one used is on top, and warm
    std::size_t open_ = 0;                           // idle, in use, or being opened
};

}  // namespace kalends::store
