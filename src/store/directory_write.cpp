// Writing what a directory says of principals: in sets, some hundreds in a transaction.

#include "store/directory_sync.hpp"
#include "store/directory_sync_private.hpp"

#include <map>

namespace kalends::store {
namespace {

const Statement lock_directory_sql{"lock_directory", "SELECT pg_advisory_xact_lock(7311906244032)"};
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
       SET gone = floor(extract(epoch FROM clock_timestamp()))::bigint, closed = closed OR NOT disabled,
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

using Wanted = std::pair<PrincipalId, DirectoryPrincipal>;

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

}  // namespace

void lock_directory(Connection& connection) { connection.run(lock_directory_sql); }

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

}  // namespace kalends::store
