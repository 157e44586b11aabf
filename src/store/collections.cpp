#include "store/collections.hpp"

#include "store/collection_rows_private.hpp"
#include "store/objects.hpp"
#include "store/sharing_private.hpp"

#include <stdexcept>

namespace kalends::store {
namespace {

const Statement lock_home_sql{"lock_home",
                              "UPDATE home SET modseq = modseq + 1 WHERE home_id = $1 RETURNING 1"};

const Statement log_home_change_sql{"log_home_change",
                                    "INSERT INTO change_log (node, home_id) VALUES ($1, $2)"};

const Statement insert_roots_sql{"insert_roots", R"sql(
    INSERT INTO collection (home_id, parent_id, kind, name)
    VALUES ($1, 0, 3, 'calendars'), ($1, 0, 4, 'addressbooks'), ($1, 0, 5, 'files'))sql"};

const Statement root_of_kind_sql{"root_of_kind", R"sql(
    SELECT collection_id FROM collection WHERE home_id = $1 AND parent_id = 0 AND kind = $2)sql"};

const Statement touch_parent_sql{"touch_parent", R"sql(
    UPDATE collection SET modseq = modseq + 1, modified = floor(extract(epoch FROM clock_timestamp()))::bigint
     WHERE home_id = $1 AND collection_id = $2 RETURNING modseq)sql"};

const Statement insert_collection_sql{"insert_collection", R"sql(
    WITH made AS (
        INSERT INTO collection (home_id, parent_id, kind, name, components, member_modseq, target_home, target_id,
                                automatic)
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
         WHERE NOT name_is_taken($1, $2, $4, 0) RETURNING collection_id),
    revived AS (
        DELETE FROM tombstone t USING made WHERE t.home_id = $1 AND t.collection_id = $2 AND t.name = $4
           AND t.was_collection)
    SELECT collection_id FROM made)sql"};

const Statement lock_collection_sql{"lock_collection", R"sql(
    SELECT acl_seq, modseq FROM collection WHERE home_id = $1 AND collection_id = $2 FOR UPDATE)sql"};

const Statement touch_collection_sql{"touch_collection", R"sql(
    UPDATE collection SET modified = floor(extract(epoch FROM clock_timestamp()))::bigint
     WHERE home_id = $1 AND collection_id = $2)sql"};

const Statement delete_collection_sql{"delete_collection", R"sql(
    DELETE FROM collection WHERE home_id = $1 AND collection_id IN (SELECT tree_of($1, $2)))sql"};

const Statement bury_member_sql{"bury_member", R"sql(
    INSERT INTO tombstone (home_id, collection_id, name, modseq, deleted, was_collection)
    SELECT $1, c.parent_id, c.name, $3, floor(extract(epoch FROM clock_timestamp()))::bigint, true
      FROM collection c WHERE c.home_id = $1 AND c.collection_id = $2)sql"};

const Statement parent_of_sql{"parent_of", R"sql(
    SELECT parent_id FROM collection WHERE home_id = $1 AND collection_id = $2)sql"};

const Statement touch_member_sql{"touch_member", R"sql(
    UPDATE collection SET member_modseq = $3 WHERE home_id = $1 AND collection_id = $2)sql"};

const Statement make_decisions_stale_sql{"make_decisions_stale", R"sql(
    UPDATE collection SET acl_seq = acl_seq + 1 WHERE home_id = $1)sql"};

const Statement remove_properties_sql{"remove_properties", R"sql(
    DELETE FROM property
     WHERE home_id = $1 AND collection_id = $2 AND object_id = $3
       AND (ns, local) IN (SELECT * FROM unnest($4::text[], $5::text[])))sql"};

// Of two settings of one property the last counts.
const Statement insert_properties_sql{"insert_properties", R"sql(
    INSERT INTO property (home_id, collection_id, object_id, ns, local, xml, text)
    SELECT $1, $2, $3, ns, local, xml, text
      FROM (SELECT DISTINCT ON (ns, local) *
              FROM unnest($4::text[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY
                   AS given (ns, local, xml, text, place)
             ORDER BY ns, local, place DESC) AS last
     ORDER BY place)sql"};

const Statement find_object_id_sql{"find_object_id", R"sql(
    SELECT object_id FROM object WHERE home_id = $1 AND collection_id = $2 AND name = $3)sql"};

const Statement move_object_modseq_sql{"move_object_modseq", R"sql(
    WITH moved AS (
        UPDATE collection SET modseq = modseq + 1, modified = floor(extract(epoch FROM clock_timestamp()))::bigint
         WHERE home_id = $1 AND collection_id = $2
        RETURNING modseq, object_count, bytes, modified),
    object_moved AS (
        UPDATE object o
           SET modseq = (SELECT modseq FROM moved),
               has_properties = EXISTS (SELECT FROM property p
                                         WHERE p.home_id = $1 AND p.collection_id = $2 AND p.object_id = $3)
         WHERE o.home_id = $1 AND o.collection_id = $2 AND o.object_id = $3),
    told AS (
        INSERT INTO change_log (node, home_id, collection_id, modseq, object_count, bytes, modified)
        SELECT $4, $1, $2, modseq, object_count, bytes, modified FROM moved)
    SELECT modseq, object_count, bytes, modified FROM moved)sql"};

void write_properties(Connection& connection, PrincipalId home, CollectionId in, ObjectId object,
                      const PropertyChanges& changes) {
    ArrayText gone_ns, gone_local, ns, local, xml, text;
    for (const auto& [each_ns, each_local] : changes.remove) {
        if (!is_storable(each_ns) || !is_storable(each_local)) continue;
        gone_ns.add(std::string_view{each_ns});
        gone_local.add(std::string_view{each_local});
    }
    for (const auto& each : changes.set) {
        for (const auto* part : {&each.ns, &each.local, &each.xml, &each.text})
            require_storable(*part);
        gone_ns.add(std::string_view{each.ns});
        gone_local.add(std::string_view{each.local});
        ns.add(std::string_view{each.ns});
        local.add(std::string_view{each.local});
        xml.add(std::string_view{each.xml});
        text.add(std::string_view{each.text});
    }
    connection.run(remove_properties_sql, home, in, object, gone_ns, gone_local);
    if (!changes.set.empty())
        connection.run(insert_properties_sql, home, in, object, ns, local, xml, text);
}

/// Locks the parent of a member, and moves its modseq, which it gives. Nothing for a root, and
/// where it is gone.
std::optional<std::int64_t> move_parent(Connection& connection, PrincipalId home,
                                        CollectionId member) {
    const auto parent = connection.run(parent_of_sql, home, member);
    if (parent.empty() || parent.number(0, 0) == 0) return std::nullopt;
    return move_modseq(connection, home, CollectionId{parent.number(0, 0)});
}

}  // namespace

void require_storable(std::string_view text) {
    if (!is_storable(text))
        throw std::invalid_argument("a property or name is not UTF-8 or has a NUL");
}

Changed lock_collection(Connection& connection, PrincipalId home, CollectionId in,
                        std::int64_t acl_seq, std::optional<std::int64_t> modseq) {
    const auto rows = connection.run(lock_collection_sql, home, in);
    if (rows.empty()) return Changed::not_found;
    const bool as_it_was =
        rows.number(0, 0) == acl_seq && (!modseq || rows.number(0, 1) == *modseq);
    return as_it_was ? Changed::done : Changed::stale;
}

std::optional<ObjectId> find_object_id(Connection& connection, PrincipalId home, CollectionId in,
                                       std::string_view name) {
    const auto found = connection.run(find_object_id_sql, home, in, name);
    if (found.empty()) return std::nullopt;
    return ObjectId{found.number(0, 0)};
}

ContentChange content_change(const Result& row, PrincipalId home, CollectionId in) {
    return {.home = home,
            .collection = in,
            .modseq = row.number(0, 0),
            .object_count = row.number(0, 1),
            .bytes = row.number(0, 2),
            .modified = row.number(0, 3)};
}

void insert_roots(Connection& connection, PrincipalId home) {
    connection.run(insert_roots_sql, home);
}

std::optional<std::int64_t> move_modseq(Connection& connection, PrincipalId home,
                                        CollectionId collection) {
    const auto moved = connection.run(touch_parent_sql, home, collection);
    if (moved.empty()) return std::nullopt;
    return moved.number(0, 0);
}

void bury_member(Connection& connection, PrincipalId home, CollectionId member) {
    if (const auto modseq = move_parent(connection, home, member))
        connection.run(bury_member_sql, home, member, *modseq);
}

std::int64_t acl_seq_of(Connection& connection, PrincipalId home, CollectionId collection) {
    const auto rows = connection.run(lock_collection_sql, home, collection);
    return rows.empty() ? 0 : rows.number(0, 0);
}

void drop_collection(Connection& connection, PrincipalId home, CollectionId collection) {
    bury_member(connection, home, collection);
    connection.run(delete_collection_sql, home, collection);
}

void remove_collection(Connection& connection, PrincipalId home, CollectionId collection,
                       Audience& audience) {
    add_readers(connection, home, collection, audience);
    if (!keep_what_is_bound(connection, home, collection)) return;
    refuse_shares(connection, home, collection);
    drop_collection(connection, home, collection);
}

void make_way(Connection& connection, const std::string& node, PrincipalId home,
              CollectionId collection, Audience& audience) {
    remove_collection(connection, home, collection, audience);
    log_home_change(connection, node, home);
    log_change_for(connection, node, audience);
}

void touch_member(Connection& connection, PrincipalId home, CollectionId member) {
    if (const auto modseq = move_parent(connection, home, member))
        connection.run(touch_member_sql, home, member, *modseq);
}

void make_decisions_stale(Connection& connection, PrincipalId home) {
    connection.run(make_decisions_stale_sql, home);
}

bool lock_home(Connection& connection, PrincipalId home) {
    return !connection.run(lock_home_sql, home).empty();
}

void log_home_change(Connection& connection, const std::string& node, PrincipalId home) {
    connection.run(log_home_change_sql, node, home);
}

CollectionId root_of(Connection& connection, PrincipalId home, CollectionKind home_kind) {
    const auto rows = connection.run(root_of_kind_sql, home, static_cast<int>(home_kind));
    return {rows.empty() ? 0 : rows.number(0, 0)};
}

Changed insert_collection(Connection& connection, PrincipalId home, const NewCollection& collection,
                          CollectionId* made) {
    require_storable(collection.name);
    if (collection.name.empty() || collection.name.size() > max_name_bytes)
        throw std::invalid_argument("a collection's name must have 1 to 1000 bytes");
    CollectionId parent = collection.parent;
    if (parent.value == 0) parent = root_of(connection, home, home_of(collection.kind));
    const auto modseq = move_modseq(connection, home, parent);
    if (!modseq) return Changed::not_found;
    std::optional<std::int64_t> target_home, target;
    if (collection.target) {
        target_home = collection.target->home.value;
        target = collection.target->collection.value;
    }
    const auto row =
        connection.run(insert_collection_sql, home, parent, static_cast<int>(collection.kind),
                       collection.name, collection.components, *modseq, target_home, target,
                       collection.target && collection.target->automatic);
    if (row.empty()) return Changed::exists;
    const CollectionId id{row.number(0, 0)};
    if (!collection.properties.empty())
        write_properties(connection, home, id, {}, {collection.properties, {}});
    if (made != nullptr) *made = id;
    return Changed::done;
}

Changed create_collection(Database& db, const NewCollection& collection) {
    return changing_home(db, collection.home, [&](Connection& connection) {
        if (collection.parent_acl_seq) {
            const Changed locked = lock_collection(connection, collection.home, collection.parent,
                                                   *collection.parent_acl_seq);
            if (locked != Changed::done) return locked;
        }
        return insert_collection(connection, collection.home, collection);
    });
}

Changed change_properties(Database& db, PrincipalId home, CollectionId in, std::int64_t acl_seq,
                          const PropertyChanges& changes,
                          const std::vector<ChangesElsewhere>& elsewhere) {
    return changing_home(db, home, [&](Connection& connection) {
        const auto change = [&](CollectionId id, std::int64_t seq, const PropertyChanges& what) {
            const Changed locked = lock_collection(connection, home, id, seq);
            if (locked != Changed::done) return locked;
            write_properties(connection, home, id, {}, what);
            connection.run(touch_collection_sql, home, id);
            touch_member(connection, home, id);
            return Changed::done;
        };
        auto changed = change(in, acl_seq, changes);
        for (const auto& each : elsewhere)
            if (changed == Changed::done)
                changed = change(each.collection, each.acl_seq, each.changes);
        return changed;
    });
}

Changed delete_collection(Database& db, PrincipalId home, CollectionId in, std::int64_t acl_seq,
                          std::optional<std::int64_t> modseq) {
    return changing_home(db, home, [&](Connection& connection, Audience& audience) {
        const Changed locked = lock_collection(connection, home, in, acl_seq, modseq);
        if (locked == Changed::done) remove_collection(connection, home, in, audience);
        return locked;
    });
}

Changed change_object_properties(Database& db, PrincipalId home, CollectionId in,
                                 std::int64_t acl_seq, const std::string& name,
                                 const PropertyChanges& changes) {
    if (!is_storable(name)) return Changed::not_found;
    auto& inner = db.inner();
    ContentChange moved;
    const auto changed = writing(inner, home, [&](Connection& connection) {
        Transaction transaction{connection};
        const Changed locked = lock_collection(connection, home, in, acl_seq);
        if (locked != Changed::done) return locked;
        const auto object = find_object_id(connection, home, in, name);
        if (!object) return Changed::not_found;
        write_properties(connection, home, in, *object, changes);
        const auto row = connection.run(move_object_modseq_sql, home, in, *object, inner.node);
        moved = content_change(row, home, in);
        transaction.commit();
        return Changed::done;
    });
    if (changed == Changed::done) inner.committed(moved);
    return changed;
}

}  // namespace kalends::store
