#include "store/acl.hpp"

#include "store/collection_rows_private.hpp"
#include "store/groups_private.hpp"

#include <algorithm>

namespace kalends::store {
namespace {

const Statement hold_principals_sql{"hold_principals", R"sql(
    SELECT principal_id FROM principal WHERE principal_id = ANY ($1::bigint[])
     ORDER BY principal_id FOR KEY SHARE)sql"};

const Statement principals_of_aces_sql{"principals_of_aces", R"sql(
    SELECT DISTINCT principal_id FROM ace
     WHERE home_id = $1 AND collection_id = $2 AND object_id = $3 AND principal_id IS NOT NULL)sql"};

const Statement delete_aces_sql{"delete_aces", R"sql(
    DELETE FROM ace WHERE home_id = $1 AND collection_id = $2 AND object_id = $3)sql"};

const Statement insert_aces_sql{"insert_aces", R"sql(
    INSERT INTO ace (home_id, collection_id, object_id, position, subject, principal_id, inverted, deny, privileges)
    SELECT $1, $2, $3, place, subject, principal, inverted, deny, privileges
      FROM unnest($4::smallint[], $5::bigint[], $6::boolean[], $7::boolean[], $8::bigint[]) WITH ORDINALITY
           AS given (subject, principal, inverted, deny, privileges, place))sql"};

// That object; for the collection itself (0) all that have entries of their own. Each gets a number
// of its own, since a page of a sync may end between them.
const Statement move_guarded_objects_sql{"move_guarded_objects", R"sql(
    WITH guarded AS MATERIALIZED (
        SELECT o.object_id, row_number() OVER (ORDER BY o.object_id) AS place FROM object o
         WHERE o.home_id = $1 AND o.collection_id = $2 AND (o.object_id = $3 OR ($3 = 0 AND o.has_acl))),
    moved AS (
        UPDATE collection c
           SET modseq = c.modseq + (SELECT count(*) FROM guarded),
               modified = floor(extract(epoch FROM clock_timestamp()))::bigint
         WHERE c.home_id = $1 AND c.collection_id = $2 AND EXISTS (SELECT FROM guarded)
        RETURNING c.modseq)
    UPDATE object o
       SET modseq = moved.modseq - guarded.place + 1,
           has_acl = EXISTS (SELECT FROM ace a WHERE a.home_id = $1 AND a.collection_id = $2
                                AND a.object_id = o.object_id)
      FROM moved, guarded
     WHERE o.home_id = $1 AND o.collection_id = $2 AND o.object_id = guarded.object_id)sql"};

std::vector<PrincipalId> principals_in(const std::vector<access::Ace>& aces) {
    std::vector<PrincipalId> found;
    for (const auto& ace : aces)
        if (ace.who == access::Who::principal) found.push_back({ace.principal});
    std::ranges::sort(found);
    found.erase(std::unique(found.begin(), found.end()), found.end());
    return found;
}

/// Whether all of them are there, and will be until the end of the transaction.
bool hold(Connection& connection, const std::vector<PrincipalId>& principals) {
    auto ids = array_of(principals);
    const auto held = connection.run(hold_principals_sql, ids);
    return static_cast<std::size_t>(held.rows()) == principals.size();
}

void replace(Connection& connection, PrincipalId home, CollectionId in, ObjectId object,
             const std::vector<access::Ace>& aces) {
    ArrayText subjects, principals, inverted, deny, privileges;
    for (const auto& ace : aces) {
        subjects.add(static_cast<std::int64_t>(ace.who));
        if (ace.who == access::Who::principal)
            principals.add(ace.principal);
        else
            principals.add_null();
        inverted.add(ace.inverted);
        deny.add(ace.deny);
        privileges.add(static_cast<std::int64_t>(ace.privileges));
    }
    connection.run(delete_aces_sql, home, in, object);
    if (!aces.empty())
        connection.run(insert_aces_sql, home, in, object, subjects, principals, inverted, deny,
                       privileges);
}

}  // namespace

Changed set_aces(Database& db, PrincipalId home, CollectionId in, std::int64_t acl_seq,
                 const std::string& object, const std::vector<access::Ace>& aces) {
    if (!is_storable(object)) return Changed::not_found;
    return changing_home(db, home, [&](Connection& connection, Audience& audience) {
        const Changed locked = lock_collection(connection, home, in, acl_seq);
        if (locked != Changed::done) return locked;
        ObjectId id;
        if (!object.empty()) {
            const auto found = find_object_id(connection, home, in, object);
            if (!found) return Changed::not_found;
            id = *found;
        }
        auto named = principals_in(aces);
        if (!hold(connection, named)) return Changed::stale;
        const auto before = connection.run(principals_of_aces_sql, home, in, id);
        for (int row = 0; row < before.rows(); ++row) named.push_back({before.number(row, 0)});
        replace(connection, home, in, id, aces);
        connection.run(move_guarded_objects_sql, home, in, id);
        if (object.empty()) touch_member(connection, home, in);
        make_decisions_stale(connection, home);
        audience = audience_of(connection, named);
        return Changed::done;
    });
}

}  // namespace kalends::store
