#pragma once
// Parts of transactions that make and change collections, for collections.cpp and principals.cpp.

#include "store/collections.hpp"
#include "store/groups_private.hpp"

#include <type_traits>

namespace kalends::store {

/// Locks the home and moves its modseq. False: there is none.
bool lock_home(Connection& connection, PrincipalId home);

/// Locks a collection and compares what the access decision stood on, and if given, its modseq.
Changed lock_collection(Connection& connection, PrincipalId home, CollectionId in,
                        std::int64_t acl_seq, std::optional<std::int64_t> modseq = std::nullopt);

/// Nothing if there is none of that name.
std::optional<ObjectId> find_object_id(Connection& connection, PrincipalId home, CollectionId in,
                                       std::string_view name);

/// From one row: modseq, object_count, bytes and modified of the collection after a change.
ContentChange content_change(const Result& row, PrincipalId home, CollectionId in);

/// Makes the three roots of a new home.
void insert_roots(Connection& connection, PrincipalId home);

/// The root of a home for that kind.
CollectionId root_of(Connection& connection, PrincipalId home, CollectionKind home_kind);

/// Makes a collection in a locked home, and gives its id as `made`. Throws std::invalid_argument.
Changed insert_collection(Connection& connection, PrincipalId home, const NewCollection& collection,
                          CollectionId* made = nullptr);

/// The collection's modseq, moved and locked; nothing if it is gone.
std::optional<std::int64_t> move_modseq(Connection& connection, PrincipalId home,
                                        CollectionId collection);

/// Leaves a tombstone for a member in its parent, whose modseq moves.
void bury_member(Connection& connection, PrincipalId home, CollectionId member);

/// Of a collection that is there.
std::int64_t acl_seq_of(Connection& connection, PrincipalId home, CollectionId collection);

/// Deletes a collection of a locked home with all below it, and leaves a tombstone in its parent.
void drop_collection(Connection& connection, PrincipalId home, CollectionId collection);

/// The same where its user wants it so: what has another binding in the home stays there (RFC
/// 5842 2.4), a binding to what somebody shares is not made again, and `audience` is told, who have
/// bindings to what goes.
void remove_collection(Connection& connection, PrincipalId home, CollectionId collection,
                       Audience& audience);

/// The same for an object that takes its place, and tells other nodes. Caches of this one are for
/// the caller: the home's, and those of `audience`.
void make_way(Connection& connection, const std::string& node, PrincipalId home,
              CollectionId collection, Audience& audience);

/// The member has changed as such: the parent's modseq moves, and with it what a sync gives.
void touch_member(Connection& connection, PrincipalId home, CollectionId member);

/// What writes below the home were decided on has changed: those under way will be decided again.
void make_decisions_stale(Connection& connection, PrincipalId home);

/// Whether PostgreSQL can hold them. Throws std::invalid_argument.
void require_storable(std::string_view text);

/// Tells other nodes, when the transaction commits, to read the home again.
void log_home_change(Connection& connection, const std::string& node, PrincipalId home);

/// Runs `work(Connection&)`, or `work(Connection&, Audience&)` where others see what it changes,
/// with the home locked, and commits if it is done.
template <class Work> Changed changing_home(Database& db, PrincipalId home, Work&& work) {
    auto& inner = db.inner();
    Audience audience;
    const auto run = [&](Connection& connection) {
        audience = {};
        Transaction transaction{connection};
        if (!lock_home(connection, home)) return Changed::not_found;
        Changed result = Changed::done;
        if constexpr (std::is_invocable_v<Work, Connection&, Audience&>)
            result = work(connection, audience);
        else
            result = work(connection);
        if (result != Changed::done) return result;
        log_home_change(connection, inner.node, home);
        log_change_for(connection, inner.node, audience);
        transaction.commit();
        return result;
    };
    auto changed = Changed::done;
    try {
        changed = writing(inner, home, run);
    } catch (const OutcomeUnknown&) {
        forget(inner, audience);
        throw;
    }
    if (changed != Changed::done) return changed;
    inner.committed_home(home);
    forget(inner, audience);
    return changed;
}

}  // namespace kalends::store
