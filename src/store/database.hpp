#pragma once
// The door to PostgreSQL: a pool of connections, the cache of homes, and what keeps it true on
// several nodes. The functions of objects.hpp, collections.hpp, changes.hpp and principals.hpp take
// it as their first argument.

#include "store/errors.hpp"
#include "store/home.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace kalends::store {

struct Settings {
    std::string dsn;               ///< as libpq takes it
    std::size_t connections = 24;  ///< of the pool, opened as needed
    std::chrono::milliseconds wait_for_connection{5000};
    std::size_t cached_homes = 20'000;
    std::size_t cached_member_bytes = 32U << 20U;   ///< of collections' members, without their data
    std::size_t cached_content_bytes = 24U << 20U;  ///< of objects' data
    std::chrono::milliseconds statement_timeout{
        30'000};                                   ///< after which PostgreSQL ends a statement
    std::chrono::milliseconds poll_interval{400};  ///< of change_log, when no NOTIFY comes
    std::chrono::milliseconds notify_interval{5};  ///< between two NOTIFY of this node
    std::size_t max_batch = 64;                    ///< writes that share a transaction
    std::size_t max_batches = 2;                   ///< such transactions at a time
    std::size_t max_shared = 500;                  ///< bindings to what others share, in one home
};

struct Statistics {
    std::uint64_t cache_hits = 0, cache_misses = 0, cached_homes = 0;
    std::uint64_t member_hits = 0, member_misses = 0;
    std::uint64_t connections = 0, connections_in_use = 0;
    std::uint64_t statements = 0, batches = 0, batched_writes = 0;
    std::uint64_t notifications_received = 0, listener_reconnects = 0;
};

class Database {
public:
    /// Connects, checks the schema's version (throws SchemaMismatch, Unavailable) and starts the
    /// listener.
    explicit Database(Settings settings);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    /// The home of a login (canonical form), from the cache or the database; nullptr if there is
    /// none.
    HomePtr home(std::string_view login);
    HomePtr home(PrincipalId id);

    /// The same from the cache alone: nullptr may also mean "not here". Never blocks on the
    /// database.
    HomePtr cached_home(std::string_view login);
    HomePtr cached_home(PrincipalId id);

    /// Drops what the cache knows of a home: after an outcome that says that it was stale.
    void forget(PrincipalId home);

    /// Identifies this database for sync-tokens: a restored backup has another.
    [[nodiscard]] const std::string& epoch() const;

    /// A key of this database for hash::hmac_sha256: what is signed by it was made here. What it
    /// signs says what it is for. Never to be shown.
    [[nodiscard]] const std::string& secret() const;

    /// A statement that must succeed: for /healthz. Throws Unavailable.
    void ping();

    [[nodiscard]] Statistics statistics() const;

    struct Inner;
    Inner& inner() { return *inner_; }  ///< for the functions of this room

private:
    std::unique_ptr<Inner> inner_;
};

}  // namespace kalends::store
