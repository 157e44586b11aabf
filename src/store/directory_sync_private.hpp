#pragma once
// How what a directory says is written: some rows at a time, by one node at a time.

#include "store/collection_rows_private.hpp"

#include <algorithm>
#include <span>
#include <vector>

namespace kalends::store {

/// In a transaction: waits for others that write what a directory says.
void lock_directory(Connection& connection);

/// Calls `work` with at most `batch` of them at a time.
template <class T, class Work> void in_batches(const std::vector<T>& all, Work&& work) {
    constexpr std::size_t batch = 500;
    for (std::size_t at = 0; at < all.size(); at += batch)
        work(std::span<const T>{all}.subspan(at, std::min(batch, all.size() - at)));
}

/// One transaction that nobody else who writes what a directory says is in; `work` gives those
/// whose homes have changed.
template <class Work> void changing(Database& db, Work&& work) {
    auto& inner = db.inner();
    Audience audience = writing(inner, {}, [&](Connection& connection) {
        Transaction transaction{connection};
        lock_directory(connection);
        Audience changed = work(connection);
        log_change_for(connection, inner.node, changed);
        transaction.commit();
        return changed;
    });
    forget(inner, audience);
}

}  // namespace kalends::store
