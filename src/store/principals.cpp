#include "store/principals.hpp"

#include "store/collection_rows_private.hpp"
#include "store/principal_rows_private.hpp"

#include <stdexcept>

namespace kalends::store {
namespace {

const Statement insert_principal_sql{"insert_principal", R"sql(
    INSERT INTO principal (kind, login, display_name, administrator)
    SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM login_alias WHERE login = $2)
    ON CONFLICT (login) DO NOTHING RETURNING principal_id)sql"};

const Statement insert_home_sql{"insert_home", "INSERT INTO home (home_id) VALUES ($1)"};

const Statement insert_address_sql{"insert_address", R"sql(
    INSERT INTO address (address, principal_id, position) VALUES ($1, $2, $3)
    ON CONFLICT (address) DO NOTHING RETURNING 1)sql"};

const Statement set_credential_sql{"set_credential", R"sql(
    INSERT INTO credential (principal_id, hash) VALUES ($1, $2)
    ON CONFLICT (principal_id) DO UPDATE
       SET hash = excluded.hash, changed = floor(extract(epoch FROM clock_timestamp()))::bigint)sql"};

const Statement raise_credential_seq_sql{"raise_credential_seq", R"sql(
    UPDATE principal SET credential_seq = credential_seq + 1, disabled = coalesce($2, disabled),
           closed = closed AND $2::boolean IS NULL
     WHERE principal_id = $1 RETURNING 1)sql"};

// Locks the collections in their order before the cascade does in any.
const Statement delete_principal_sql{"delete_principal", R"sql(
    WITH locked AS MATERIALIZED (
        SELECT FROM collection WHERE home_id = $1 ORDER BY collection_id FOR UPDATE)
    DELETE FROM principal WHERE principal_id = $1 AND (SELECT count(*) FROM locked) >= 0 RETURNING 1)sql"};

const Statement list_principals_sql{"list_principals", R"sql(
    SELECT p.principal_id, p.uuid::text, p.kind, p.login, p.display_name, p.disabled, p.administrator,
           p.credential_seq
      FROM principal p WHERE p.kind = $1 AND p.login > $2 ORDER BY p.login LIMIT $3)sql"};

const Statement search_principals_sql{"search_principals", R"sql(
    SELECT p.principal_id, p.uuid::text, p.kind, p.login, p.display_name, p.disabled, p.administrator,
           p.credential_seq
      FROM principal p,
           LATERAL (SELECT count(*) AS terms, count(*) FILTER (WHERE CASE t.place
                        WHEN 1 THEN lower(coalesce(nullif(p.display_name, ''), p.login)) LIKE t.pattern
                        WHEN 2 THEN m.addressed
                        WHEN 3 THEN p.login LIKE t.pattern
                        WHEN 4 THEN m.addressed OR p.login LIKE t.pattern OR lower(p.display_name) LIKE t.pattern
                        WHEN 5 THEN (ARRAY['individual', 'group', 'resource', 'room'])[p.kind + 1] LIKE t.pattern
                    END) AS hits
                      FROM (SELECT place, lower(pattern) AS pattern
                              FROM unnest($2::integer[], $3::text[]) AS given (place, pattern)) AS t,
                   LATERAL (SELECT EXISTS (SELECT FROM address a WHERE a.principal_id = p.principal_id
                                              AND a.address LIKE t.pattern) AS addressed) AS m) AS found
     WHERE p.kind = ANY ($1::smallint[]) AND NOT p.disabled AND p.login > $6
       AND found.hits >= CASE WHEN $4::boolean THEN 1 ELSE found.terms END
     ORDER BY p.login LIMIT $5)sql"};

const Statement addresses_of_sql{"addresses_of", R"sql(
    SELECT principal_id, address FROM address WHERE principal_id = ANY ($1::bigint[])
     ORDER BY principal_id, position, address)sql"};

const Statement principal_of_address_sql{"principal_of_address", R"sql(
    SELECT principal_id FROM address WHERE address = $1)sql"};

const Statement password_hash_sql{"password_hash", R"sql(
    SELECT hash FROM credential WHERE principal_id = $1)sql"};

void check(const NewPrincipal& principal) {
    if (principal.login.empty()) throw std::invalid_argument("a principal needs a login");
    for (const auto* text : {&principal.login, &principal.display_name, &principal.password_hash})
        if (!is_storable(*text))
            throw std::invalid_argument("a principal's login or name is not UTF-8");
    for (const auto& address : principal.addresses)
        if (address.empty() || !is_storable(address))
            throw std::invalid_argument("an address is not UTF-8");
}

/// Nothing: the login or an address is taken.
std::optional<PrincipalId> insert_principal(Connection& connection, const NewPrincipal& principal) {
    const auto made =
        connection.run(insert_principal_sql, static_cast<int>(principal.kind), principal.login,
                       principal.display_name, principal.administrator);
    if (made.empty()) return std::nullopt;
    const PrincipalId id{made.number(0, 0)};
    for (std::size_t i = 0; i < principal.addresses.size(); ++i)
        if (connection.run(insert_address_sql, principal.addresses[i], id, i).empty())
            return std::nullopt;
    connection.run(insert_home_sql, id);
    insert_roots(connection, id);
    if (!principal.password_hash.empty())
        connection.run(set_credential_sql, id, principal.password_hash);
    for (const auto& collection : principal.collections)
        if (insert_collection(connection, id, collection) != Changed::done)
            throw std::invalid_argument("two collections of a new home have the same name");
    return id;
}

/// Changes what a login depends on, so that what is remembered of it ends everywhere.
bool change_credential(Database& db, PrincipalId principal, std::optional<bool> disabled,
                       const std::string* hash) {
    auto& inner = db.inner();
    const bool found = writing(inner, principal, [&](Connection& connection) {
        Transaction transaction{connection};
        if (!raise_credential_seq(connection, principal, disabled)) return false;
        if (hash != nullptr) connection.run(set_credential_sql, principal, *hash);
        log_home_change(connection, inner.node, principal);
        transaction.commit();
        return true;
    });
    if (found) inner.committed_home(principal);
    return found;
}

/// For LIKE: the text itself, and what may stand around it.
std::string like_pattern(const PrincipalTerm& term) {
    using How = PrincipalTerm::How;
    std::string pattern;
    if (term.how == How::contains || term.how == How::ends_with) pattern += '%';
    for (const char c : term.text) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    if (term.how == How::contains || term.how == How::starts_with) pattern += '%';
    return pattern;
}

void add_addresses(Connection& connection, std::vector<Principal>& principals) {
    ArrayText ids;
    for (const auto& principal : principals) ids.add(principal.id.value);
    const auto rows = connection.run(addresses_of_sql, ids);
    for (int row = 0; row < rows.rows(); ++row)
        for (auto& principal : principals)
            if (principal.id.value == rows.number(row, 0))
                principal.addresses.push_back(rows.string(row, 1));
}

std::vector<Principal> principals_of(Connection& connection, const Result& rows) {
    std::vector<Principal> principals;
    principals.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        principals.push_back({.id = {rows.number(row, 0)},
                              .uuid = rows.string(row, 1),
                              .kind = static_cast<PrincipalKind>(rows.number(row, 2)),
                              .login = rows.string(row, 3),
                              .display_name = rows.string(row, 4),
                              .addresses = {},
                              .groups = {},
                              .proxy_read = {},
                              .proxy_write = {},
                              .owner = {},
                              .disabled = rows.boolean(row, 5),
                              .administrator = rows.boolean(row, 6),
                              .credential_seq = rows.number(row, 7)});
    add_addresses(connection, principals);
    return principals;
}

}  // namespace

std::vector<std::string> lines(std::string_view joined) {
    std::vector<std::string> result;
    while (!joined.empty()) {
        const auto end = std::min(joined.find('\n'), joined.size());
        result.emplace_back(joined.substr(0, end));
        joined.remove_prefix(std::min(end + 1, joined.size()));
    }
    return result;
}

bool raise_credential_seq(Connection& connection, PrincipalId principal,
                          std::optional<bool> disabled) {
    return !connection.run(raise_credential_seq_sql, principal, disabled).empty();
}

std::optional<PrincipalId> create_principal(Database& db, const NewPrincipal& principal) {
    check(principal);
    auto& inner = db.inner();
    return writing(inner, {}, [&](Connection& connection) {
        Transaction transaction{connection};
        const auto id = insert_principal(connection, principal);
        if (id) transaction.commit();
        return id;
    });
}

std::vector<Principal> list_principals(Database& db, PrincipalKind kind, const std::string& after,
                                       std::size_t limit) {
    return reading(db.inner(), [&](Connection& connection) {
        return principals_of(
            connection, connection.run(list_principals_sql, static_cast<int>(kind), after, limit));
    });
}

std::vector<Principal> search_principals(Database& db, const PrincipalSearch& search,
                                         std::size_t limit) {
    ArrayText kinds, places, patterns;
    if (!is_storable(search.after)) return {};
    for (const auto kind : search.kinds) kinds.add(static_cast<std::int64_t>(kind));
    for (const auto& term : search.terms) {
        if (!is_storable(term.text)) return {};
        places.add(static_cast<std::int64_t>(term.in));
        patterns.add(std::string_view{like_pattern(term)});
    }
    return reading(db.inner(), [&](Connection& connection) {
        return principals_of(connection,
                             connection.run(search_principals_sql, kinds, places, patterns,
                                            search.any_of, limit, search.after));
    });
}

std::optional<PrincipalId> principal_of_address(Database& db, const std::string& address) {
    if (!is_storable(address)) return std::nullopt;
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(principal_of_address_sql, address);
    });
    if (rows.empty()) return std::nullopt;
    return PrincipalId{rows.number(0, 0)};
}

std::optional<std::string> password_hash(Database& db, PrincipalId principal) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(password_hash_sql, principal);
    });
    if (rows.empty()) return std::nullopt;
    return rows.string(0, 0);
}

bool set_password_hash(Database& db, PrincipalId principal, const std::string& hash) {
    return change_credential(db, principal, std::nullopt, &hash);
}

bool set_disabled(Database& db, PrincipalId principal, bool disabled) {
    return change_credential(db, principal, disabled, nullptr);
}

bool delete_principal(Database& db, PrincipalId principal) {
    auto& inner = db.inner();
    const bool found = writing(inner, principal, [&](Connection& connection) {
        Transaction transaction{connection};
        if (connection.run(delete_principal_sql, principal).empty()) return false;
        // Entries about it are gone from other homes too, and it may have been a group.
        log_home_change(connection, inner.node, {});
        transaction.commit();
        return true;
    });
    if (!found) return false;
    inner.cache.clear();
    inner.notifier.poke();
    return true;
}

}  // namespace kalends::store
