#include "store/locks.hpp"

#include "store/collection_rows_private.hpp"

namespace kalends::store {
namespace {

const Statement forget_expired_locks_sql{"forget_expired_locks", R"sql(
    DELETE FROM lock WHERE home_id = $1 AND expires < floor(extract(epoch FROM clock_timestamp()))::bigint)sql"};

const Statement insert_lock_sql{"insert_lock", R"sql(
    INSERT INTO lock (home_id, collection_id, name, token, exclusive, deep, principal_id, owner, root, timeout, expires)
    VALUES ($1, $2, $3, $4::text::uuid, $5, $6, $7, $8, $9, $10,
            floor(extract(epoch FROM clock_timestamp()))::bigint + $10))sql"};

const Statement refresh_lock_sql{"refresh_lock", R"sql(
    UPDATE lock SET timeout = $3, expires = floor(extract(epoch FROM clock_timestamp()))::bigint + $3
     WHERE home_id = $1 AND token = $2::text::uuid AND expires >= floor(extract(epoch FROM clock_timestamp()))::bigint
    RETURNING 1)sql"};

const Statement delete_lock_sql{"delete_lock", R"sql(
    DELETE FROM lock WHERE home_id = $1 AND token = $2::text::uuid RETURNING 1)sql"};

}  // namespace

Changed add_lock(Database& db, PrincipalId home, const Lock& lock, std::int64_t acl_seq) {
    return changing_home(db, home, [&](Connection& connection) {
        const auto locked = lock_collection(connection, home, lock.collection, acl_seq);
        if (locked != Changed::done) return locked;
        connection.run(forget_expired_locks_sql, home);
        connection.run(insert_lock_sql, home, lock.collection, lock.name, lock.token,
                       lock.exclusive, lock.deep, lock.principal, lock.owner, lock.root,
                       lock.timeout.count());
        make_decisions_stale(connection, home);
        return Changed::done;
    });
}

Changed refresh_lock(Database& db, PrincipalId home, const std::string& token,
                     std::chrono::seconds timeout) {
    return changing_home(db, home, [&](Connection& connection) {
        const auto found = connection.run(refresh_lock_sql, home, token, timeout.count());
        return found.empty() ? Changed::not_found : Changed::done;
    });
}

Changed remove_lock(Database& db, PrincipalId home, const std::string& token) {
    return changing_home(db, home, [&](Connection& connection) {
        const auto found = connection.run(delete_lock_sql, home, token);
        if (found.empty()) return Changed::not_found;
        make_decisions_stale(connection, home);
        return Changed::done;
    });
}

}  // namespace kalends::store
