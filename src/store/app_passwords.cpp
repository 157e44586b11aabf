#include "store/app_passwords.hpp"

#include "store/collection_rows_private.hpp"
#include "store/principal_rows_private.hpp"

namespace kalends::store {
namespace {

// The principal's row is locked, so that two at once are counted.
const Statement add_app_password_sql{"add_app_password", R"sql(
    WITH locked AS MATERIALIZED (SELECT FROM principal WHERE principal_id = $2 FOR UPDATE)
    INSERT INTO app_password (app_password_id, principal_id, name, read_only, hash)
    SELECT $1, $2, $3, $4, $5 FROM locked
     WHERE (SELECT count(*) FROM app_password WHERE principal_id = $2) < $6
    RETURNING 1)sql"};

const Statement find_app_password_sql{"find_app_password", R"sql(
    SELECT principal_id, hash, read_only FROM app_password WHERE app_password_id = $1)sql"};

const Statement app_password_used_sql{"app_password_used", R"sql(
    UPDATE app_password SET last_used = floor(extract(epoch FROM clock_timestamp()))::bigint, last_peer = $2
     WHERE app_password_id = $1 RETURNING 1)sql"};

const Statement list_app_passwords_sql{"list_app_passwords", R"sql(
    SELECT app_password_id, name, read_only, created, last_used, last_peer
      FROM app_password WHERE principal_id = $1 ORDER BY created, name, app_password_id)sql"};

const Statement revoke_app_password_sql{"revoke_app_password", R"sql(
    DELETE FROM app_password WHERE principal_id = $1 AND app_password_id = $2 RETURNING 1)sql"};

}  // namespace

bool add_app_password(Database& db, PrincipalId principal, const AppPassword& password,
                      const std::string& hash) {
    if (!is_storable(password.name)) return false;
    return writing(db.inner(), {}, [&](Connection& connection) {
        return !connection
                    .run(add_app_password_sql, password.id, principal, password.name,
                         password.read_only, hash, max_app_passwords)
                    .empty();
    });
}

std::optional<StoredAppPassword> find_app_password(Database& db, const std::string& id) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(find_app_password_sql, id);
    });
    if (rows.empty()) return std::nullopt;
    return StoredAppPassword{.principal = {rows.number(0, 0)},
                             .hash = rows.string(0, 1),
                             .read_only = rows.boolean(0, 2)};
}

bool app_password_used(Database& db, const std::string& id, const std::string& peer) {
    return writing(db.inner(), {}, [&](Connection& connection) {
        return !connection.run(app_password_used_sql, id, peer).empty();
    });
}

std::vector<AppPassword> list_app_passwords(Database& db, PrincipalId principal) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(list_app_passwords_sql, principal);
    });
    std::vector<AppPassword> passwords;
    passwords.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        passwords.push_back({.id = rows.string(row, 0),
                             .name = rows.string(row, 1),
                             .read_only = rows.boolean(row, 2),
                             .created = rows.number(row, 3),
                             .last_used = rows.number(row, 4),
                             .last_peer = rows.string(row, 5)});
    return passwords;
}

bool revoke_app_password(Database& db, PrincipalId principal, const std::string& id) {
    auto& inner = db.inner();
    const bool found = writing(inner, principal, [&](Connection& connection) {
        Transaction transaction{connection};
        if (connection.run(revoke_app_password_sql, principal, id).empty()) return false;
        raise_credential_seq(connection, principal);
        log_home_change(connection, inner.node, principal);
        transaction.commit();
        return true;
    });
    if (found) inner.committed_home(principal);
    return found;
}

}  // namespace kalends::store
