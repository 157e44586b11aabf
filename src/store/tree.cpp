#include "store/tree.hpp"

#include "store/collection_rows_private.hpp"
#include "store/object_rows_private.hpp"

#include <map>

namespace kalends::store {
namespace {

const Statement lock_both_sql{"lock_both_collections", R"sql(
    SELECT collection_id, acl_seq FROM collection
     WHERE home_id = $1 AND collection_id IN ($2, $3) ORDER BY collection_id FOR NO KEY UPDATE)sql"};

const Statement object_to_move_sql{"object_to_move", R"sql(
    SELECT o.object_id, o.etag, o.size, o.uid, conditions_met(o.etag, $4, $5, $6, $7), o.has_acl,
           EXISTS (SELECT FROM lock l WHERE l.home_id = $1 AND l.collection_id = $2 AND l.name = $3)
      FROM object o WHERE o.home_id = $1 AND o.collection_id = $2 AND o.name = $3)sql"};

// What stands in the way at the destination: an object or a collection of the new name, or another
// object with the UID.
const Statement in_the_way_sql{"in_the_way", R"sql(
    SELECT (SELECT uid FROM object WHERE home_id = $1 AND collection_id = $2 AND name = $3),
           EXISTS (SELECT FROM collection WHERE home_id = $1 AND parent_id = $2 AND name = $3),
           (SELECT name FROM object WHERE home_id = $1 AND collection_id = $2 AND name <> $3 AND object_id <> $5
               AND left(uid, 600) = left($4, 600) AND uid <> ''),
           EXISTS (SELECT FROM object WHERE home_id = $1 AND collection_id = $2 AND name = $3
               AND schedule_tag IS NOT NULL))sql"};

// $3: its number in the collection that it leaves.
const Statement take_out_sql{"take_object_out", R"sql(
    WITH moved AS (
        UPDATE collection
           SET modseq = modseq + 1, object_count = object_count - 1, bytes = bytes - $4,
               modified = floor(extract(epoch FROM clock_timestamp()))::bigint
         WHERE home_id = $1 AND collection_id = $2 RETURNING modseq, object_count, bytes, modified),
    buried AS (
        INSERT INTO tombstone (home_id, collection_id, name, modseq, deleted)
        SELECT $1, $2, $3, modseq, modified FROM moved),
    unlocked AS (
        DELETE FROM lock WHERE home_id = $1 AND collection_id = $2 AND name = $3),
    told AS (
        INSERT INTO change_log (node, home_id, collection_id, modseq, object_count, bytes, modified)
        SELECT $5, $1, $2, modseq, object_count, bytes, modified FROM moved)
    SELECT modseq, object_count, bytes, modified FROM moved)sql"};

const Statement put_in_sql{"put_object_in", R"sql(
    WITH moved AS (
        UPDATE collection
           SET modseq = modseq + 1, object_count = object_count + 1, bytes = bytes + $6,
               modified = floor(extract(epoch FROM clock_timestamp()))::bigint
         WHERE home_id = $1 AND collection_id = $2 RETURNING modseq, object_count, bytes, modified),
    revived AS (
        DELETE FROM tombstone
         WHERE home_id = $1 AND collection_id = $2 AND name = $3 AND NOT was_collection),
    object_moved AS (
        UPDATE object SET collection_id = $2, name = $3, modseq = (SELECT modseq FROM moved)
         WHERE home_id = $1 AND collection_id = $5 AND object_id = $4),
    properties_moved AS (
        UPDATE property SET collection_id = $2 WHERE home_id = $1 AND collection_id = $5 AND object_id = $4),
    aces_moved AS (
        UPDATE ace SET collection_id = $2 WHERE home_id = $1 AND collection_id = $5 AND object_id = $4),
    told AS (
        INSERT INTO change_log (node, home_id, collection_id, modseq, object_count, bytes, modified)
        SELECT $7, $1, $2, modseq, object_count, bytes, modified FROM moved)
    SELECT modseq, object_count, bytes, modified FROM moved)sql"};

const Statement move_collection_sql{"move_collection", R"sql(
    WITH revived AS (
        DELETE FROM tombstone WHERE home_id = $1 AND collection_id = $3 AND name = $4 AND was_collection)
    UPDATE collection c SET parent_id = $3, name = $4, member_modseq = p.modseq
      FROM collection p
     WHERE c.home_id = $1 AND c.collection_id = $2 AND p.home_id = $1 AND p.collection_id = $3
    RETURNING 1)sql"};

const Statement name_is_taken_sql{"name_is_taken", R"sql(
    SELECT name_is_taken($1, $2, $3, $4))sql"};

const Statement used_bytes_sql{"used_bytes", R"sql(
    SELECT coalesce(sum(bytes), 0)::bigint FROM collection WHERE home_id = $1)sql"};

const Statement bytes_below_sql{"bytes_below", R"sql(
    SELECT coalesce(sum(bytes), 0)::bigint FROM collection
     WHERE home_id = $1 AND collection_id IN (SELECT tree_of($1, $2)))sql"};

// From $1, $2 to $3, $4.
const Statement copy_objects_sql{"copy_objects", R"sql(
    WITH copied AS (
        INSERT INTO object (home_id, collection_id, modseq, first_start, last_end, created, modified, size, content_id,
                            recurring, has_properties, name, uid, component, etag, digest, search, media_type, data)
        SELECT $3, $4, 1 + row_number() OVER (ORDER BY object_id), first_start, last_end, moment, moment, size,
               CASE WHEN content_id IS NOT NULL THEN nextval('file_content') END, recurring, has_properties, name, uid,
               component, etag, digest, search, media_type, data
          FROM object, (SELECT floor(extract(epoch FROM clock_timestamp()))::bigint AS moment) AS now
         WHERE home_id = $1 AND collection_id = $2
        RETURNING size)
    UPDATE collection
       SET (modseq, object_count, bytes) = (SELECT 1 + count(*), count(*), coalesce(sum(size), 0) FROM copied)
     WHERE home_id = $3 AND collection_id = $4)sql"};

const Statement copy_object_parts_sql{"copy_object_parts", R"sql(
    WITH pair AS (
        SELECT o.object_id AS old_id, n.object_id AS new_id, o.content_id AS old_content, n.content_id AS new_content
          FROM object o JOIN object n ON n.home_id = $3 AND n.collection_id = $4 AND n.name = o.name
         WHERE o.home_id = $1 AND o.collection_id = $2 AND (o.has_properties OR o.content_id IS NOT NULL)),
    chunks AS (
        INSERT INTO file_chunk (home_id, content_id, position, data)
        SELECT $3, pair.new_content, f.position, f.data
          FROM pair JOIN file_chunk f ON f.home_id = $1 AND f.content_id = pair.old_content)
    INSERT INTO property (home_id, collection_id, object_id, ns, local, xml, text)
    SELECT $3, $4, pair.new_id, p.ns, p.local, p.xml, p.text
      FROM pair JOIN property p ON p.home_id = $1 AND p.collection_id = $2 AND p.object_id = pair.old_id)sql"};

const Statement lock_collection_for_copy_sql{"lock_collection_for_copy", R"sql(
    SELECT 1 FROM collection WHERE home_id = $1 AND collection_id = $2 FOR KEY SHARE)sql"};

WriteOutcome failed(Wrote why, std::string name = {}) {
    return {.wrote = why, .modseq = 0, .etag = {}, .conflicting_name = std::move(name)};
}

/// Both in the order of their ids; `created` if they are as they were when the move was decided.
Wrote lock_both(Connection& connection, const MoveObject& wanted) {
    const auto rows = connection.run(lock_both_sql, wanted.home, wanted.from, wanted.to);
    if (rows.rows() != (wanted.from == wanted.to ? 1 : 2)) return Wrote::no_collection;
    for (int row = 0; row < rows.rows(); ++row) {
        const CollectionId id{rows.number(row, 0)};
        if ((id == wanted.from && rows.number(row, 1) != wanted.from_acl_seq) ||
            (id == wanted.to && rows.number(row, 1) != wanted.to_acl_seq))
            return Wrote::stale;
    }
    return Wrote::created;
}

class ObjectMove {
public:
    ObjectMove(Database::Inner& inner, Connection& connection, const MoveObject& wanted)
        : inner_(inner), connection_(connection), wanted_(wanted) {}

    WriteOutcome run() {
        if (wanted_.in_place_of) lock_home(connection_, wanted_.home);
        const auto locked = lock_both(connection_, wanted_);
        if (locked != Wrote::created) return failed(locked);
        const auto& conditions = wanted_.preconditions;
        const auto object =
            connection_.run(object_to_move_sql, wanted_.home, wanted_.from, wanted_.name,
                            conditions.must_exist, conditions.must_not_exist,
                            tag_list(conditions.if_match), tag_list(conditions.if_none_match));
        if (object.empty()) return failed(Wrote::not_found);
        if (!object.boolean(0, 4)) return failed(Wrote::precondition_failed);
        whole_home = object.boolean(0, 5) || object.boolean(0, 6) || wanted_.in_place_of;
        if (wanted_.in_place_of)
            make_way(connection_, inner_.node, wanted_.home, *wanted_.in_place_of, audience);

        const auto other =
            connection_.run(in_the_way_sql, wanted_.home, wanted_.to, wanted_.new_name,
                            object.text(0, 3), object.number(0, 0));
        if (other.boolean(0, 1)) return failed(Wrote::is_collection);
        if (!other.is_null(0, 2)) return failed(Wrote::uid_conflict, other.string(0, 2));
        const bool replaces = !other.is_null(0, 0);
        if (replaces && !wanted_.overwrite) return failed(Wrote::precondition_failed);
        if (replaces && other.text(0, 0) != object.text(0, 3))  // RFC 4791 5.3.2.1
            return failed(Wrote::uid_changed, wanted_.new_name);
        if (other.boolean(0, 3)) return failed(Wrote::scheduled);
        if (replaces) remove_replaced();
        move(object.number(0, 0), object.number(0, 2));
        return {.wrote = replaces || wanted_.in_place_of ? Wrote::replaced : Wrote::created,
                .modseq = changes.back().modseq,
                .etag = object.string(0, 1),
                .conflicting_name = {}};
    }

    std::vector<ContentChange> changes;
    bool whole_home = false;  ///< access control or locks moved or went with it
    Audience audience;

private:
    void remove_replaced() {
        const auto outcome = erase_one(connection_, inner_.node,
                                       {.home = wanted_.home,
                                        .collection = wanted_.to,
                                        .acl_seq = wanted_.to_acl_seq,
                                        .name = wanted_.new_name,
                                        .preconditions = {}});
        whole_home = whole_home || outcome.whole_home;
    }

    void move(std::int64_t object, std::int64_t size) {
        const auto out = connection_.run(take_out_sql, wanted_.home, wanted_.from, wanted_.name,
                                         size, inner_.node);
        changes.push_back(content_change(out, wanted_.home, wanted_.from));
        const auto in = connection_.run(put_in_sql, wanted_.home, wanted_.to, wanted_.new_name,
                                        object, wanted_.from, size, inner_.node);
        changes.push_back(content_change(in, wanted_.home, wanted_.to));
        if (whole_home) log_home_change(connection_, inner_.node, wanted_.home);
    }

    Database::Inner& inner_;
    Connection& connection_;
    const MoveObject& wanted_;
};

void remove_replaced(Connection& connection, const std::string& node, PrincipalId home,
                     CollectionId parent, const std::string& name, const Replaced& replaced,
                     Audience& audience) {
    if (replaced.collection) remove_collection(connection, home, *replaced.collection, audience);
    if (replaced.object)
        (void)erase_one(connection, node,
                        {.home = home,
                         .collection = parent,
                         .acl_seq = acl_seq_of(connection, home, parent),
                         .name = name,
                         .preconditions = {}});
}

/// Copies a collection, and what is below it, into a parent of a locked home.
class TreeCopy {
public:
    TreeCopy(Connection& connection, const CopyCollection& wanted)
        : connection_(connection), wanted_(wanted) {}

    Changed run() {
        const auto source = wanted_.from->find(wanted_.collection);
        return source ? copy(*source, wanted_.to, wanted_.new_name) : Changed::not_found;
    }

private:
    /// What has several names in the tree gets as many there (RFC 5842 2.3): the first is the copy,
    /// the others are bindings to it. What is in other homes is not copied with it.
    Changed copy_member(const Collection& member, CollectionId parent) {
        if (!member.target) return copy_once(member, parent, member.name);
        if (member.target->home != member.home) return Changed::done;
        const auto target = wanted_.from->find(member.target->collection);
        return target ? copy_once(*target, parent, member.name) : Changed::done;
    }

    Changed copy_once(const Collection& source, CollectionId parent, const std::string& name) {
        const auto made = copies_.find(source.id);
        if (made == copies_.end()) return copy(source, parent, name);
        return insert_collection(connection_, wanted_.home,
                                 {.home = wanted_.home,
                                  .parent = parent,
                                  .kind = CollectionKind::binding,
                                  .name = name,
                                  .target = BindingTarget{wanted_.home, made->second}});
    }

    Changed copy(const Collection& source, CollectionId parent, const std::string& name) {
        if (connection_.run(lock_collection_for_copy_sql, source.home, source.id).empty())
            return Changed::not_found;
        NewCollection made{.home = wanted_.home,
                           .parent = parent,
                           .kind = is_home(source.kind) ? CollectionKind::folder : source.kind,
                           .name = name,
                           .components = source.components,
                           .properties = source.properties};
        CollectionId id;
        if (const auto result = insert_collection(connection_, wanted_.home, made, &id);
            result != Changed::done)
            return result;
        copies_.emplace(source.id, id);
        if (!wanted_.deep) return Changed::done;
        connection_.run(copy_objects_sql, source.home, source.id, wanted_.home, id);
        connection_.run(copy_object_parts_sql, source.home, source.id, wanted_.home, id);
        for (const auto& member : wanted_.from->children(source.id)) {
            if (const auto result = copy_member(*member, id); result != Changed::done)
                return result;
        }
        return Changed::done;
    }

    Connection& connection_;
    const CopyCollection& wanted_;
    std::map<CollectionId, CollectionId> copies_;
};

bool has_room(Connection& connection, const CopyCollection& wanted) {
    if (wanted.quota == 0 || !wanted.deep) return true;
    const auto more =
        connection.run(bytes_below_sql, wanted.from->principal.id, wanted.collection).number(0, 0);
    const auto used = connection.run(used_bytes_sql, wanted.home).number(0, 0);
    return more == 0 || used + more <= wanted.quota;
}

/// Runs `make(connection)` where the parent is as it was decided on, and what has the name is gone.
template <class Wanted, class Make>
Changed at_place(Database& db, const Wanted& wanted, const Make& make) {
    require_storable(wanted.new_name);
    return changing_home(db, wanted.home, [&](Connection& connection, Audience& audience) {
        const auto locked = lock_collection(connection, wanted.home, wanted.to, wanted.to_acl_seq);
        if (locked != Changed::done) return locked;
        remove_replaced(connection, db.inner().node, wanted.home, wanted.to, wanted.new_name,
                        wanted.replaced, audience);
        return Changed{make(connection)};
    });
}

}  // namespace

WriteOutcome move_object(Database& db, const MoveObject& wanted) {
    if (!is_storable(wanted.name)) return failed(Wrote::not_found);
    require_storable(wanted.new_name);
    auto& inner = db.inner();
    std::vector<ContentChange> changes;
    bool whole_home = false;
    Audience audience;
    auto outcome = writing(inner, wanted.home, [&](Connection& connection) {
        Transaction transaction{connection};
        ObjectMove move{inner, connection, wanted};
        auto result = move.run();
        if (is_stored(result.wrote)) transaction.commit();
        changes = std::move(move.changes);
        whole_home = move.whole_home;
        audience = std::move(move.audience);
        return result;
    });
    if (!is_stored(outcome.wrote)) return outcome;
    for (const auto& change : changes) inner.committed(change);
    if (whole_home) inner.committed_home(wanted.home);
    forget(inner, audience);
    return outcome;
}

Changed move_collection(Database& db, const MoveCollection& wanted) {
    require_storable(wanted.new_name);
    auto& inner = db.inner();
    return changing_home(db, wanted.home, [&](Connection& connection, Audience& audience) {
        const auto locked = lock_collection(connection, wanted.home, wanted.collection,
                                            wanted.acl_seq, wanted.modseq);
        if (locked != Changed::done) return locked;
        remove_replaced(connection, inner.node, wanted.home, wanted.to, wanted.new_name,
                        wanted.replaced, audience);
        const auto modseq = move_modseq(connection, wanted.home, wanted.to);
        if (!modseq) return Changed::not_found;
        if (connection
                .run(name_is_taken_sql, wanted.home, wanted.to, wanted.new_name, wanted.collection)
                .boolean(0, 0))
            return Changed::exists;
        bury_member(connection, wanted.home, wanted.collection);
        const auto moved = connection.run(move_collection_sql, wanted.home, wanted.collection,
                                          wanted.to, wanted.new_name);
        if (moved.empty()) return Changed::not_found;
        make_decisions_stale(connection, wanted.home);
        return Changed::done;
    });
}

Changed bind_collection(Database& db, const BindCollection& wanted) {
    return at_place(db, wanted, [&](Connection& connection) {
        return insert_collection(connection, wanted.home,
                                 {.home = wanted.home,
                                  .parent = wanted.to,
                                  .kind = CollectionKind::binding,
                                  .name = wanted.new_name,
                                  .target = wanted.target});
    });
}

Changed copy_collection(Database& db, const CopyCollection& wanted) {
    return at_place(db, wanted, [&](Connection& connection) {
        return has_room(connection, wanted) ? TreeCopy{connection, wanted}.run() : Changed::no_room;
    });
}

}  // namespace kalends::store
