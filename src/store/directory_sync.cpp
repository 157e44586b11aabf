#include "store/directory_sync.hpp"

#include "store/collection_rows_private.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace kalends::store {
namespace {

constexpr std::size_t batch = 500;

// Whoever writes what a directory says holds the first; a whole synchronisation the second.
const Statement lock_directory_sql{"lock_directory", "SELECT pg_advisory_xact_lock(7311906244032)"};
const Statement try_sync_turn_sql{"try_sync_turn", "SELECT pg_try_advisory_lock(7311906244033)"};
const Statement end_sync_turn_sql{"end_sync_turn", "SELECT pg_advisory_unlock(7311906244033)"};

// $1 null: all.
const Statement known_principals_sql{"known_principals", R"sql(
    SELECT p.principal_id, p.source = 1, p.disabled, p.gone IS NOT NULL, p.uuid::text, p.kind, p.login,
           p.display_name, coalesce(a.addresses, ''), coalesce(d.locale, ''), coalesce(d.time_zone, ''),
           coalesce(d.stamp, ''), p.closed
      FROM principal p
      LEFT JOIN principal_detail d ON d.principal_id = p.principal_id
      LEFT JOIN LATERAL (SELECT string_agg(address, E'\n' ORDER BY position, address) AS addresses
                           FROM address WHERE principal_id = p.principal_id) AS a ON true
     WHERE p.kind <= 3 AND ($1::bigint[] IS NULL OR p.principal_id = ANY ($1))
     ORDER BY p.principal_id)sql"};

const Statement former_logins_sql{"former_logins", R"sql(
    SELECT login, principal_id FROM login_alias WHERE $1::text IS NULL OR login = $1)sql"};

const Statement ids_near_sql{"ids_near", R"sql(
    SELECT principal_id FROM principal WHERE uuid = $1::text::uuid
     UNION SELECT principal_id FROM principal WHERE login = $2
     UNION SELECT principal_id FROM login_alias WHERE login = $2
     UNION SELECT principal_id FROM address WHERE address = ANY ($3::text[]))sql"};

const Statement is_from_directory_sql{"is_from_directory", R"sql(
    SELECT FROM principal WHERE principal_id = $1 AND source = 1)sql"};

const Statement insert_principals_sql{"insert_principals", R"sql(
    WITH made AS (
        INSERT INTO principal (uuid, kind, login, display_name, source, disabled, closed)
        SELECT g.uuid::uuid, g.kind, g.login, g.name, 1, g.closed, g.closed
          FROM unnest($1::text[], $2::smallint[], $3::text[], $4::text[], $5::boolean[])
               AS g (uuid, kind, login, name, closed)
         WHERE NOT EXISTS (SELECT FROM login_alias a WHERE a.login = g.login)
        ON CONFLICT DO NOTHING RETURNING principal_id, uuid, kind),
    homes AS (INSERT INTO home (home_id) SELECT principal_id FROM made)
    SELECT principal_id, uuid::text, kind FROM made)sql"};

const Statement insert_all_roots_sql{"insert_all_roots", R"sql(
    INSERT INTO collection (home_id, parent_id, kind, name)
    SELECT id, 0, root.kind, root.name
      FROM unnest($1::bigint[]) AS id,
           (VALUES (3, 'calendars'), (4, 'addressbooks'), (5, 'files')) AS root (kind, name))sql"};

const Statement insert_default_collections_sql{"insert_default_collections", R"sql(
    INSERT INTO collection (home_id, parent_id, kind, name, components)
    SELECT root.home_id, root.collection_id, given.kind, given.name, given.components
      FROM unnest($2::smallint[], $3::smallint[], $4::text[], $5::integer[])
           AS given (root_kind, kind, name, components)
      JOIN collection root ON root.home_id = ANY ($1::bigint[]) AND root.parent_id = 0
                          AND root.kind = given.root_kind)sql"};

const Statement insert_default_properties_sql{"insert_default_properties", R"sql(
    INSERT INTO property (home_id, collection_id, ns, local, xml, text)
    SELECT c.home_id, c.collection_id, given.ns, given.local, given.xml, given.text
      FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
           AS given (collection, ns, local, xml, text)
      JOIN collection c ON c.home_id = ANY ($1::bigint[]) AND c.parent_id <> 0 AND c.name = given.collection)sql"};

const Statement keep_former_logins_sql{"keep_former_logins", R"sql(
    INSERT INTO login_alias (login, principal_id)
    SELECT p.login, p.principal_id
      FROM unnest($1::bigint[], $2::text[]) AS g (id, login)
      JOIN principal p ON p.principal_id = g.id AND p.login <> g.login
    ON CONFLICT DO NOTHING)sql"};

const Statement drop_taken_back_logins_sql{"drop_taken_back_logins", R"sql(
    DELETE FROM login_alias a USING unnest($1::bigint[], $2::text[]) AS g (id, login)
     WHERE a.principal_id = g.id AND a.login = g.login)sql"};

// Who was disabled by an operator here stays so.
const Statement update_principals_sql{"update_principals", R"sql(
    UPDATE principal p
       SET login = g.login, display_name = g.name, gone = NULL,
           disabled = g.closed OR (p.disabled AND NOT p.closed),
           closed = g.closed AND (p.closed OR NOT p.disabled),
           credential_seq = p.credential_seq +
               (p.login <> g.login OR p.disabled <> (g.closed OR (p.disabled AND NOT p.closed)))::integer
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::boolean[]) AS g (id, login, name, closed)
     WHERE p.principal_id = g.id AND p.source = 1
       AND NOT EXISTS (SELECT FROM principal o WHERE o.login = g.login AND o.principal_id <> p.principal_id))sql"};

const Statement close_principals_sql{"close_principals", R"sql(
    UPDATE principal
       SET gone = extract(epoch FROM clock_timestamp())::bigint, closed = closed OR NOT disabled,
           credential_seq = credential_seq + (NOT disabled)::integer, disabled = true
     WHERE principal_id = ANY ($1::bigint[]) AND source = 1 AND gone IS NULL)sql"};

const Statement remove_addresses_sql{"remove_addresses", R"sql(
    DELETE FROM address a
     WHERE a.principal_id = ANY ($1::bigint[])
       AND NOT EXISTS (SELECT FROM unnest($2::bigint[], $3::text[]) AS wanted (id, address)
                        WHERE wanted.id = a.principal_id AND wanted.address = a.address))sql"};

const Statement add_addresses_sql{"add_addresses", R"sql(
    INSERT INTO address (principal_id, address, position)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::integer[])
    ON CONFLICT (address) DO UPDATE SET position = excluded.position
     WHERE address.principal_id = excluded.principal_id AND address.position <> excluded.position)sql"};

const Statement set_details_sql{"set_details", R"sql(
    INSERT INTO principal_detail (principal_id, locale, time_zone, stamp)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[])
    ON CONFLICT (principal_id) DO UPDATE
       SET locale = excluded.locale, time_zone = excluded.time_zone, stamp = excluded.stamp)sql"};

const Statement set_photo_sql{"set_photo", R"sql(
    INSERT INTO principal_detail (principal_id, photo)
    SELECT principal_id, CASE WHEN $2::bytea <> '' THEN $2::bytea END FROM principal WHERE principal_id = $1
    ON CONFLICT (principal_id) DO UPDATE SET photo = excluded.photo)sql"};

const Statement directory_memberships_sql{"directory_memberships", R"sql(
    SELECT m.group_id, m.member_id
      FROM principal_member m
      JOIN principal g ON g.principal_id = m.group_id AND g.source = 1 AND g.kind = 1
      JOIN principal p ON p.principal_id = m.member_id AND p.source = 1)sql"};

const Statement add_memberships_sql{"add_memberships", R"sql(
    INSERT INTO principal_member (group_id, member_id)
    SELECT g.principal_id, p.principal_id
      FROM unnest($1::bigint[], $2::bigint[]) AS given (group_id, member_id)
      JOIN principal g ON g.principal_id = given.group_id
      JOIN principal p ON p.principal_id = given.member_id
    ON CONFLICT DO NOTHING)sql"};

const Statement remove_memberships_sql{"remove_memberships", R"sql(
    DELETE FROM principal_member m USING unnest($1::bigint[], $2::bigint[]) AS given (group_id, member_id)
     WHERE m.group_id = given.group_id AND m.member_id = given.member_id)sql"};

using Wanted = std::pair<PrincipalId, DirectoryPrincipal>;

std::vector<std::string> lines(std::string_view joined) {
    std::vector<std::string> result;
    while (!joined.empty()) {
        const auto end = std::min(joined.find('\n'), joined.size());
        result.emplace_back(joined.substr(0, end));
        joined.remove_prefix(std::min(end + 1, joined.size()));
    }
    return result;
}

KnownPrincipal known_of(const Result& rows, int row) {
    return {.id = {rows.number(row, 0)},
            .from_directory = rows.boolean(row, 1),
            .disabled = rows.boolean(row, 2),
            .gone = rows.boolean(row, 3),
            .is = {.uuid = rows.string(row, 4),
                   .kind = static_cast<PrincipalKind>(rows.number(row, 5)),
                   .login = rows.string(row, 6),
                   .display_name = rows.string(row, 7),
                   .addresses = lines(rows.text(row, 8)),
                   .locale = rows.string(row, 9),
                   .time_zone = rows.string(row, 10),
                   .stamp = rows.string(row, 11),
                   .closed = rows.boolean(row, 12)}};
}

KnownPrincipals known_of(const Result& principals, const Result& former) {
    KnownPrincipals known;
    known.principals.reserve(static_cast<std::size_t>(principals.rows()));
    for (int row = 0; row < principals.rows(); ++row)
        known.principals.push_back(known_of(principals, row));
    for (int row = 0; row < former.rows(); ++row)
        known.former_logins.emplace_back(former.string(row, 0), PrincipalId{former.number(row, 1)});
    return known;
}

/// Calls `work` with at most `batch` of them at a time.
template <class T, class Work> void in_batches(const std::vector<T>& all, Work&& work) {
    for (std::size_t at = 0; at < all.size(); at += batch)
        work(std::span<const T>{all}.subspan(at, std::min(batch, all.size() - at)));
}

/// One transaction that nobody else who writes what a directory says is in; `work` gives those
/// whose homes have changed.
template <class Work> void changing(Database& db, Work&& work) {
    auto& inner = db.inner();
    const auto audience = writing(inner, {}, [&](Connection& connection) {
        Transaction transaction{connection};
        connection.run(lock_directory_sql);
        const Audience changed = work(connection);
        log_change_for(connection, inner.node, changed);
        transaction.commit();
        return changed;
    });
    forget(inner, audience);
}

void insert_homes(Connection& connection, ArrayText& ids, const std::vector<NewCollection>& home) {
    ArrayText roots, kinds, names, components, owners, ns, local, xml, text;
    for (const auto& each : home) {
        roots.add(static_cast<std::int64_t>(home_of(each.kind)));
        kinds.add(static_cast<std::int64_t>(each.kind));
        names.add(std::string_view{each.name});
        components.add(static_cast<std::int64_t>(each.components));
        for (const auto& property : each.properties) {
            owners.add(std::string_view{each.name});
            ns.add(std::string_view{property.ns});
            local.add(std::string_view{property.local});
            xml.add(std::string_view{property.xml});
            text.add(std::string_view{property.text});
        }
    }
    connection.run(insert_default_collections_sql, ids, roots, kinds, names, components);
    connection.run(insert_default_properties_sql, ids, owners, ns, local, xml, text);
}

void write_addresses(Connection& connection, std::span<const Wanted> changed) {
    ArrayText ids, addresses, positions;
    for (const auto& [id, to] : changed)
        for (std::size_t i = 0; i < to.addresses.size(); ++i) {
            ids.add(id.value);
            addresses.add(std::string_view{to.addresses[i]});
            positions.add(static_cast<std::int64_t>(i));
        }
    connection.run(add_addresses_sql, ids, addresses, positions);
}

void write_details(Connection& connection, std::span<const Wanted> changed) {
    ArrayText ids, locales, zones, stamps;
    for (const auto& [id, to] : changed) {
        ids.add(id.value);
        locales.add(std::string_view{to.locale});
        zones.add(std::string_view{to.time_zone});
        stamps.add(std::string_view{to.stamp});
    }
    connection.run(set_details_sql, ids, locales, zones, stamps);
}

std::vector<PrincipalId> ids_of(std::span<const Wanted> changed) {
    std::vector<PrincipalId> ids;
    ids.reserve(changed.size());
    for (const auto& each : changed) ids.push_back(each.first);
    return ids;
}

Audience make(Connection& connection, std::span<const DirectoryPrincipal> wanted,
              const std::vector<NewCollection>& home) {
    ArrayText uuids, kinds, logins, names, closed;
    std::map<std::string_view, const DirectoryPrincipal*> by_uuid;
    for (const auto& each : wanted) {
        uuids.add(std::string_view{each.uuid});
        kinds.add(static_cast<std::int64_t>(each.kind));
        logins.add(std::string_view{each.login});
        names.add(std::string_view{each.display_name});
        closed.add(each.closed);
        by_uuid.emplace(each.uuid, &each);
    }
    const auto rows = connection.run(insert_principals_sql, uuids, kinds, logins, names, closed);
    ArrayText all, with_home;
    std::vector<Wanted> made;
    made.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) {
        const PrincipalId id{rows.number(row, 0)};
        made.emplace_back(id, *by_uuid.at(rows.text(row, 1)));
        all.add(id.value);
        if (made.back().second.kind != PrincipalKind::group) with_home.add(id.value);
    }
    connection.run(insert_all_roots_sql, all);
    insert_homes(connection, with_home, home);
    write_addresses(connection, made);
    write_details(connection, made);
    return {.everybody = false, .principals = ids_of(made)};
}

/// So that an address can go from one to another, whoever of them comes first.
void remove_addresses(Connection& connection, std::span<const Wanted> changed) {
    auto all = array_of(ids_of(changed));
    ArrayText ids, addresses;
    for (const auto& [id, to] : changed)
        for (const auto& address : to.addresses) {
            ids.add(id.value);
            addresses.add(std::string_view{address});
        }
    connection.run(remove_addresses_sql, all, ids, addresses);
}

Audience change(Connection& connection, std::span<const Wanted> changed) {
    ArrayText ids, logins, names, closed;
    for (const auto& [id, to] : changed) {
        ids.add(id.value);
        logins.add(std::string_view{to.login});
        names.add(std::string_view{to.display_name});
        closed.add(to.closed);
    }
    connection.run(keep_former_logins_sql, ids, logins);
    connection.run(drop_taken_back_logins_sql, ids, logins);
    connection.run(update_principals_sql, ids, logins, names, closed);
    write_addresses(connection, changed);
    write_details(connection, changed);
    return {.everybody = false, .principals = ids_of(changed)};
}

Audience change_members(Connection& connection, const Statement& statement,
                        std::span<const Membership> memberships) {
    ArrayText groups, members;
    std::vector<PrincipalId> changed;
    changed.reserve(memberships.size());
    for (const auto& [group, member] : memberships) {
        groups.add(group.value);
        members.add(member.value);
        changed.push_back(member);
    }
    connection.run(statement, groups, members);
    return audience_of(connection, changed);
}

class HeldTurn final : public SyncTurn {
public:
    explicit HeldTurn(Database::Inner& inner) : lease_(inner.pool.take()) {
        held_ = lease_->run(try_sync_turn_sql).boolean(0, 0);
    }
    ~HeldTurn() override {
        try {
            if (held_) lease_->run(end_sync_turn_sql);
        } catch (const std::exception&) {  // the connection is gone, and the lock with it
            held_ = false;
        }
    }
    HeldTurn(const HeldTurn&) = delete;
    HeldTurn& operator=(const HeldTurn&) = delete;
    [[nodiscard]] bool held() const { return held_; }

private:
    Pool::Lease lease_;
    bool held_ = false;
};

}  // namespace

KnownPrincipals known_principals(Database& db) {
    return reading(db.inner(), [](Connection& connection) {
        return known_of(connection.run(known_principals_sql, std::nullopt),
                        connection.run(former_logins_sql, std::nullopt));
    });
}

KnownPrincipals principals_near(Database& db, const DirectoryPrincipal& one) {
    ArrayText addresses;
    for (const auto& address : one.addresses) addresses.add(std::string_view{address});
    return reading(db.inner(), [&](Connection& connection) {
        const auto rows = connection.run(ids_near_sql, one.uuid, one.login, addresses);
        ArrayText ids;
        for (int row = 0; row < rows.rows(); ++row) ids.add(rows.number(row, 0));
        return known_of(connection.run(known_principals_sql, ids),
                        connection.run(former_logins_sql, one.login));
    });
}

bool is_from_directory(Database& db, PrincipalId principal) {
    return reading(db.inner(), [&](Connection& connection) {
        return !connection.run(is_from_directory_sql, principal).empty();
    });
}

void write_changes(Database& db, const DirectoryChanges& changes,
                   const std::vector<NewCollection>& home) {
    in_batches(changes.gone, [&](std::span<const PrincipalId> part) {
        changing(db, [&](Connection& connection) {
            Audience audience{.everybody = false, .principals = {part.begin(), part.end()}};
            auto ids = array_of(audience.principals);
            connection.run(close_principals_sql, ids);
            return audience;
        });
    });
    in_batches(changes.change, [&](std::span<const Wanted> part) {
        changing(db, [&](Connection& connection) {
            remove_addresses(connection, part);
            return Audience{};
        });
    });
    in_batches(changes.change, [&](std::span<const Wanted> part) {
        changing(db, [&](Connection& connection) { return change(connection, part); });
    });
    in_batches(changes.make, [&](std::span<const DirectoryPrincipal> part) {
        changing(db, [&](Connection& connection) { return make(connection, part, home); });
    });
}

void set_photo(Database& db, PrincipalId principal, const std::string& photo) {
    writing(db.inner(), {}, [&](Connection& connection) {
        return connection.run(set_photo_sql, principal, photo).rows();
    });
}

std::vector<Membership> directory_memberships(Database& db) {
    return reading(db.inner(), [](Connection& connection) {
        const auto rows = connection.run(directory_memberships_sql);
        std::vector<Membership> memberships;
        memberships.reserve(static_cast<std::size_t>(rows.rows()));
        for (int row = 0; row < rows.rows(); ++row)
            memberships.emplace_back(PrincipalId{rows.number(row, 0)},
                                     PrincipalId{rows.number(row, 1)});
        return memberships;
    });
}

void change_memberships(Database& db, const std::vector<Membership>& add,
                        const std::vector<Membership>& remove) {
    in_batches(remove, [&](std::span<const Membership> part) {
        changing(db, [&](Connection& connection) {
            return change_members(connection, remove_memberships_sql, part);
        });
    });
    in_batches(add, [&](std::span<const Membership> part) {
        changing(db, [&](Connection& connection) {
            return change_members(connection, add_memberships_sql, part);
        });
    });
}

std::unique_ptr<SyncTurn> take_sync_turn(Database& db) {
    try {
        auto turn = std::make_unique<HeldTurn>(db.inner());
        if (!turn->held()) return nullptr;
        return turn;
    } catch (const std::exception&) {
        rethrow_read_failure();
    }
}

}  // namespace kalends::store
