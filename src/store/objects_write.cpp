// Storing and deleting objects. Each is one statement: a function in sql/schema.sql locks the
// collection, checks and writes.

#include "store/collection_rows_private.hpp"
#include "store/object_rows_private.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace kalends::store {
namespace {

const Statement put_objects_sql{"put_objects", R"sql(
    SELECT outcome, modseq, etag, conflicting_name, object_count, bytes, modified, object_id
      FROM put_objects($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
                       $20, $21, $22, $23, $24))sql"};

// What put_objects does for each of them alone, for those that are taken to be new: one that is
// there already has no row in the answer. OFFSET 0: a tombstone is looked for by its name.
const Statement insert_objects_sql{"insert_objects", R"sql(
    WITH given AS (
        SELECT *, row_number() OVER (PARTITION BY collection_id ORDER BY place) AS step
          FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bigint[],
                      $8::bigint[], $9::boolean[], $10::text[], $11::text[], $12::text[], $13::text[],
                      $14::boolean[], $15::bytea[])
               WITH ORDINALITY AS each (home_id, collection_id, name, uid, component, first_start, last_end,
                                        recurring, etag, digest, search, schedule_tag, has_properties, data,
                                        place)),
    made AS (
        INSERT INTO object (home_id, collection_id, modseq, first_start, last_end, created, modified, size,
                            recurring, name, uid, component, etag, digest, search, schedule_tag,
                            has_properties, data)
        SELECT g.home_id, g.collection_id, c.modseq + g.step, g.first_start, g.last_end, moment, moment,
               length(g.data), g.recurring, g.name, g.uid, g.component, g.etag, g.digest, g.search,
               nullif(g.schedule_tag, ''), g.has_properties, g.data
          FROM given g JOIN collection c USING (home_id, collection_id),
               (SELECT floor(extract(epoch FROM clock_timestamp()))::bigint) AS now (moment)
         ORDER BY g.place
            ON CONFLICT DO NOTHING
        RETURNING home_id, collection_id, name, object_id, modseq, size, modified),
    revived AS (
        DELETE FROM tombstone
         USING (SELECT found.ctid AS place
                  FROM made CROSS JOIN LATERAL (
                       SELECT t.ctid FROM tombstone t
                        WHERE t.home_id = made.home_id AND t.collection_id = made.collection_id
                          AND t.name = made.name AND NOT t.was_collection OFFSET 0) AS found) AS gone
         WHERE tombstone.ctid = gone.place),
    moved AS (
        UPDATE collection c
           SET modseq = sums.modseq, object_count = c.object_count + sums.object_count,
               bytes = c.bytes + sums.bytes, modified = sums.modified
          FROM (SELECT home_id, collection_id, max(modseq) AS modseq, count(*) AS object_count,
                       sum(size) AS bytes, max(modified) AS modified
                  FROM made GROUP BY home_id, collection_id) AS sums
         WHERE c.home_id = sums.home_id AND c.collection_id = sums.collection_id
        RETURNING c.home_id, c.collection_id, c.modseq, c.object_count, c.bytes, c.modified),
    logged AS (
        INSERT INTO change_log (node, home_id, collection_id, modseq, object_count, bytes, modified)
        SELECT $1, home_id, collection_id, modseq, object_count, bytes, modified FROM moved)
    SELECT given.place, moved.modseq, moved.object_count, moved.bytes, moved.modified, made.object_id
      FROM given JOIN made USING (home_id, collection_id, name)
      JOIN moved USING (home_id, collection_id))sql"};

const Statement delete_object_sql{"delete_object", R"sql(
    SELECT outcome, modseq, etag, conflicting_name, object_count, bytes, modified, whole_home
      FROM delete_object($1, $2, $3, $4, $5, $6, $7, $8, $9, $10))sql"};

struct NamedOutcome {
    std::string_view name;
    Wrote wrote;
};
constexpr std::array outcomes{
    NamedOutcome{"created", Wrote::created},
    NamedOutcome{"replaced", Wrote::replaced},
    NamedOutcome{"unchanged", Wrote::unchanged},
    NamedOutcome{"deleted", Wrote::deleted},
    NamedOutcome{"precondition_failed", Wrote::precondition_failed},
    NamedOutcome{"no_room", Wrote::no_room},
    NamedOutcome{"is_collection", Wrote::is_collection},
    NamedOutcome{"uid_conflict", Wrote::uid_conflict},
    NamedOutcome{"uid_changed", Wrote::uid_changed},
    NamedOutcome{"not_found", Wrote::not_found},
    NamedOutcome{"no_collection", Wrote::no_collection},
    NamedOutcome{"scheduled", Wrote::scheduled},
    NamedOutcome{"access_unsaid", Wrote::access_unsaid},
    NamedOutcome{"locked", Wrote::locked},
    NamedOutcome{"stale", Wrote::stale},
};

Wrote outcome_named(std::string_view name) {
    const auto* found = std::ranges::find(outcomes, name, &NamedOutcome::name);
    if (found == outcomes.end()) throw std::logic_error("unknown outcome of a write");
    return found->wrote;
}

bool changes_something(Wrote wrote) {
    return wrote == Wrote::created || wrote == Wrote::replaced || wrote == Wrote::deleted;
}

WriteOutcome outcome_of(const Result& rows, int row) {
    return {.wrote = outcome_named(rows.text(row, 0)),
            .modseq = rows.number(row, 1),
            .etag = rows.string(row, 2),
            .conflicting_name = rows.string(row, 3)};
}

WriteOutcome stored_as(const Result& rows, int row) {
    auto outcome = outcome_of(rows, row);
    if (!rows.is_null(row, 7)) outcome.id = {rows.number(row, 7)};
    return outcome;
}

ContentChange change_of(const Result& rows, int row, PrincipalId home, CollectionId in) {
    return {.home = home,
            .collection = in,
            .modseq = rows.number(row, 1),
            .object_count = rows.number(row, 4),
            .bytes = rows.number(row, 5),
            .modified = rows.number(row, 6)};
}

/// The bounds are kept so small that the seven days of the time indexes can be added to them.
std::int64_t start_of(const TimeBounds& time) {
    constexpr std::int64_t far = std::int64_t{1} << 60U;
    return std::clamp(time.first_start, -far, far);
}

void check(const PutObject& object) {
    if (object.name.empty() || object.name.size() > max_name_bytes)
        throw std::invalid_argument("an object's name must have 1 to 1000 bytes");
    for (const auto* text : {&object.name, &object.uid, &object.component, &object.etag,
                             &object.digest, &object.search, &object.media_type})
        if (!is_storable(*text)) throw std::invalid_argument("an object is not UTF-8 or has a NUL");
}

/// The parameters of put_objects: a column for each member.
struct Columns {
    ArrayText homes, collections, acl_seqs, quotas, names, uids, components, starts, ends;
    ArrayText recurring, must_exist, must_not_exist, if_match, if_none_match;
    ArrayText etags, digests, searches, media_types, sizes, content_ids, schedule_tags,
        with_properties;
    ArrayBytes data;

    void add(const PutObject& object) {
        homes.add(object.home.value);
        collections.add(object.collection.value);
        if (object.acl_seq == PutObject::any_acl_seq)
            acl_seqs.add_null();
        else
            acl_seqs.add(object.acl_seq);
        quotas.add(object.quota);
        names.add(object.name);
        uids.add(object.uid);
        components.add(object.component);
        if (object.time) {
            starts.add(start_of(*object.time));
            ends.add(std::max(object.time->last_end, start_of(*object.time)));
        } else {
            starts.add_null();
            ends.add_null();
        }
        recurring.add(object.time && object.time->recurring);
        must_exist.add(object.preconditions.must_exist);
        must_not_exist.add(object.preconditions.must_not_exist);
        add(if_match, tag_list(object.preconditions.if_match));
        add(if_none_match, tag_list(object.preconditions.if_none_match));
        etags.add(object.etag);
        digests.add(object.digest);
        searches.add(object.search);
        media_types.add(object.media_type);
        if (object.content) {
            sizes.add(object.content->size);
            content_ids.add(object.content->id);
        } else {
            sizes.add(static_cast<std::int64_t>(object.data.size()));
            content_ids.add_null();
        }
        add(schedule_tags, object.schedule_tag);
        with_properties.add(!object.properties.empty());
        data.add(object.data);
    }

    Result run(Connection& connection, const std::string& node) {
        return connection.run(put_objects_sql, node, homes, collections, acl_seqs, quotas, names,
                              uids, components, starts, ends, recurring, must_exist, must_not_exist,
                              if_match, if_none_match, etags, digests, searches, media_types, sizes,
                              content_ids, schedule_tags, with_properties, data);
    }

private:
    static void add(ArrayText& to, const std::optional<std::string>& text) {
        if (text)
            to.add(std::string_view{*text});
        else
            to.add_null();
    }
};

}  // namespace

std::vector<Put> put_many(Connection& connection, const std::string& node,
                          const std::vector<const PutObject*>& objects) {
    std::vector<std::size_t> order(objects.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    // By id, so that all nodes lock collections in the same order.
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return objects[i]->collection; });
    Columns c;
    for (const auto i : order) c.add(*objects[i]);
    const auto rows = c.run(connection, node);
    std::vector<Put> done(objects.size());
    for (int row = 0; row < rows.rows(); ++row) {
        const auto i = order.at(static_cast<std::size_t>(row));
        done[i] = {stored_as(rows, row),
                   change_of(rows, row, objects[i]->home, objects[i]->collection)};
    }
    return done;
}

std::optional<std::vector<Put>> insert_many(Connection& connection, const std::string& node,
                                            std::span<const PutObject> objects) {
    Columns c;
    for (const auto& object : objects) {
        check(object);
        c.add(object);
    }
    const auto rows =
        connection.run(insert_objects_sql, node, c.homes, c.collections, c.names, c.uids,
                       c.components, c.starts, c.ends, c.recurring, c.etags, c.digests, c.searches,
                       c.schedule_tags, c.with_properties, c.data);
    if (rows.rows() != static_cast<int>(objects.size())) return std::nullopt;
    std::vector<Put> done(objects.size());
    for (int row = 0; row < rows.rows(); ++row) {
        const auto place = static_cast<std::size_t>(rows.number(row, 0) - 1);
        const auto& object = objects[place];
        done[place] = {.outcome = {.wrote = Wrote::created,
                                   .modseq = rows.number(row, 1),
                                   .etag = object.etag,
                                   .conflicting_name = {},
                                   .id = ObjectId{rows.number(row, 5)}},
                       .change = {.home = object.home,
                                  .collection = object.collection,
                                  .modseq = rows.number(row, 1),
                                  .object_count = rows.number(row, 2),
                                  .bytes = rows.number(row, 3),
                                  .modified = rows.number(row, 4)}};
    }
    return done;
}

std::vector<WriteOutcome> put_together(Database::Inner& inner,
                                       const std::vector<const PutObject*>& objects) {
    std::vector<PrincipalId> homes;
    homes.reserve(objects.size());
    for (const auto* object : objects) homes.push_back(object->home);
    auto done = writing_all(inner, homes, [&](Connection& connection) {
        return put_many(connection, inner.node, objects);
    });
    std::vector<WriteOutcome> outcomes;
    outcomes.reserve(objects.size());
    std::map<CollectionId, ContentChange> changes;  // the last one of each collection
    for (auto& [outcome, change] : done) {
        if (changes_something(outcome.wrote)) changes[change.collection] = change;
        outcomes.push_back(std::move(outcome));
    }
    for (const auto& [collection, change] : changes) inner.committed(change);
    return outcomes;
}

std::optional<std::string> tag_list(const std::vector<std::string>& tags) {
    if (tags.empty()) return std::nullopt;
    std::string list;
    for (const auto& tag : tags) {
        const bool plain = std::ranges::all_of(tag, [](char c) { return c > ' ' && c < '\x7f'; });
        if (plain && !tag.empty()) list += (list.empty() ? "" : "\n") + tag;
    }
    return list;
}

namespace {

/// What goes may change access control: what the decision stood on is compared before.
WriteOutcome put_in_place(Connection& connection, const std::string& node, PutObject object,
                          ContentChange& change, Audience& audience) {
    lock_home(connection, object.home);
    const auto locked = lock_collection(connection, object.home, object.collection, object.acl_seq);
    if (locked == Changed::stale) return {.wrote = Wrote::stale};
    if (locked != Changed::done) return {.wrote = Wrote::no_collection};
    make_way(connection, node, object.home, *object.in_place_of, audience);
    object.in_place_of.reset();
    object.acl_seq = acl_seq_of(connection, object.home, object.collection);
    auto outcome = put_one(connection, node, object, change, audience);
    if (outcome.wrote == Wrote::created) outcome.wrote = Wrote::replaced;
    return outcome;
}

}  // namespace

WriteOutcome put_one(Connection& connection, const std::string& node, const PutObject& object,
                     ContentChange& change, Audience& audience) {
    check(object);
    if (object.in_place_of) return put_in_place(connection, node, object, change, audience);
    Columns c;
    c.add(object);
    const auto rows = c.run(connection, node);
    change = change_of(rows, 0, object.home, object.collection);
    return stored_as(rows, 0);
}

Erased erase_one(Connection& connection, const std::string& node, const DeleteObject& object) {
    const auto& conditions = object.preconditions;
    const auto acl_seq = object.acl_seq == PutObject::any_acl_seq
                             ? std::nullopt
                             : std::optional<std::int64_t>(object.acl_seq);
    const auto rows = connection.run(delete_object_sql, node, object.home, object.collection,
                                     acl_seq, object.name, conditions.must_exist,
                                     conditions.must_not_exist, tag_list(conditions.if_match),
                                     tag_list(conditions.if_none_match), object.scheduling);
    return {outcome_of(rows, 0), change_of(rows, 0, object.home, object.collection),
            rows.boolean(0, 7)};
}

WriteOutcome put(Database& db, const PutObject& object) {
    check(object);
    if (object.in_place_of) return put_alone(db, object, [](Connection&, PutObject&) {});
    auto outcome = db.inner().combiner.submit(object.collection, &object);
    if (outcome.wrote == Wrote::locked)  // waits alone, and keeps no batch waiting
        outcome = put_together(db.inner(), {&object}).front();
    return outcome;
}

WriteOutcome erase(Database& db, const DeleteObject& object) {
    if (!is_storable(object.name))
        return {.wrote = Wrote::not_found, .modseq = 0, .etag = {}, .conflicting_name = {}};
    auto& inner = db.inner();
    auto erased = writing(inner, object.home, [&](Connection& connection) {
        return erase_one(connection, inner.node, object);
    });
    if (changes_something(erased.outcome.wrote)) inner.committed(erased.change);
    if (erased.whole_home) inner.committed_home(object.home);
    return std::move(erased.outcome);
}

}  // namespace kalends::store
