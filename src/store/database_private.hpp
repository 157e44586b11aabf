#pragma once
// What a Database consists of, and how the functions of this room use it.

#include "base/log.hpp"
#include "store/cache_private.hpp"
#include "store/combiner_private.hpp"
#include "store/contents_private.hpp"
#include "store/database.hpp"
#include "store/follower_private.hpp"
#include "store/members_private.hpp"
#include "store/notifier_private.hpp"
#include "store/objects.hpp"
#include "store/pool_private.hpp"

#include <atomic>
#include <optional>
#include <string>
#include <type_traits>

namespace kalends::store {

struct Database::Inner {
    explicit Inner(Settings given);

    Settings settings;
    std::string node;  ///< of this process, among those of the database
    std::string epoch;
    std::string secret;
    Pool pool;
    Cache cache;
    MembersCache members;
    Contents contents;
    Notifier notifier;
    Follower follower;
    Combiner<const PutObject*, WriteOutcome> combiner;
    std::atomic<std::uint64_t> statements{0}, batches{0}, batched_writes{0};

    /// What is in memory of a collection, up to date; nullptr if nothing is. Never blocks.
    MembersPtr members_in_memory(PrincipalId home, CollectionId in);
    /// The same, brought up to date from the database; read into memory if it is not there and
    /// `make`. nullptr where that can't be: too large, or gone.
    MembersPtr members_of(Database& db, PrincipalId home, CollectionId in, bool make);

    /// After a commit, before the answer: this node's cache, then the others.
    void committed(const ContentChange& change);
    void committed_home(PrincipalId home);

    /// What `read(Connection&)` gives, kept in the cache: also under `login`, where it is not
    /// empty.
    template <class Read> HomePtr fill(Database& db, std::string_view login, Read&& read);

private:
    void run_batch(const Combiner<const PutObject*, WriteOutcome>::Batch& batch);
};

/// Unavailable for what trying again may mend; SqlError, a mistake of ours, goes on as it is.
[[noreturn]] void rethrow_read_failure();
/// The same after a write: a lost connection leaves its outcome unknown, so that the cache forgets
/// the home.
[[noreturn]] void rethrow_write_failure(Database::Inner& inner, PrincipalId home);
bool is_transient(const SqlError& error, int attempt);

/// Runs `work(Connection&)`, again if the connection turns out to be lost: only for what changes
/// nothing. Throws Unavailable.
template <class Work> auto reading(Database::Inner& inner, Work&& work) {
    try {
        inner.statements.fetch_add(1, std::memory_order_relaxed);
        try {
            auto lease = inner.pool.take();
            return work(*lease);
        } catch (const ConnectionLost&) {
            inner.pool.drop_idle();
        }
        auto lease = inner.pool.take();
        return work(*lease);
    } catch (const std::exception&) {
        rethrow_read_failure();
    }
}

/// Runs `work(Connection&)`, one transaction of `home`, again after a deadlock. Throws Unavailable,
/// OutcomeUnknown.
template <class Work> auto writing(Database::Inner& inner, PrincipalId home, Work&& work) {
    try {
        inner.statements.fetch_add(1, std::memory_order_relaxed);
        for (int attempt = 1;; ++attempt) {
            try {
                auto lease = inner.pool.take();
                return work(*lease);
            } catch (const SqlError& error) {
                if (!is_transient(error, attempt)) throw;
            }
        }
    } catch (const std::exception&) {
        rethrow_write_failure(inner, home);
    }
}

/// As writing(), for several homes; there is one.
template <class Work>
auto writing_all(Database::Inner& inner, const std::vector<PrincipalId>& homes, Work&& work) {
    try {
        return writing(inner, homes.front(), std::forward<Work>(work));
    } catch (const OutcomeUnknown&) {
        for (const auto home : homes) inner.committed_home(home);
        throw;
    }
}

/// Whether PostgreSQL can hold it: UTF-8 without NUL. What it can't hold can't be found either.
bool is_storable(std::string_view text);

/// Nothing if nobody has, or had, that login.
std::optional<PrincipalId> find_principal(Connection& connection, std::string_view login);

struct HomeRead {
    HomePtr home;               ///< nullptr if there is none
    bool bindings_hold = true;  ///< else mend_bindings() is due
};

/// Reads a home in one snapshot.
HomeRead read_home(Connection& connection, PrincipalId id, std::size_t max_shared);

/// In the transaction that is open.
HomePtr read_in_transaction(Connection& connection, PrincipalId id);

/// Stores objects in one transaction; those of one collection in order.
std::vector<WriteOutcome> put_together(Database::Inner& inner,
                                       const std::vector<const PutObject*>& objects);

}  // namespace kalends::store
