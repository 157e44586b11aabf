#include "store/changes.hpp"

#include "store/database_private.hpp"

namespace kalends::store {
namespace {

// One statement is one snapshot: what the collection's row says and what is given fit each other.
// $3 since, $4 how many, $5 the modseq from which `since` has been valid. Without changes there is
// one row, with nulls.
const Statement changes_sql{"changes", R"sql(
    SELECT c.modseq, ($5 = 0 OR $5 >= c.sync_floor) AND $3 <= c.modseq, x.name, x.etag, x.modseq, x.was_collection, x.digest
      FROM collection c
      LEFT JOIN LATERAL (
           (SELECT o.name, o.etag, o.modseq, false AS was_collection, o.digest FROM object o
             WHERE o.home_id = $1 AND o.collection_id = $2 AND o.modseq > $3
             ORDER BY o.modseq LIMIT $4)
            UNION ALL
           (SELECT t.name, NULL, t.modseq, t.was_collection, NULL FROM tombstone t
             WHERE t.home_id = $1 AND t.collection_id = $2 AND t.modseq > $3 AND $3 > 0
             ORDER BY t.modseq LIMIT $4)
            ORDER BY 3 LIMIT $4) AS x ON ($5 = 0 OR $5 >= c.sync_floor) AND $3 <= c.modseq
     WHERE c.home_id = $1 AND c.collection_id = $2
     ORDER BY x.modseq)sql"};

// Deletions get their numbers and times under the same lock, so the older ones have the lower
// numbers.
const Statement collections_to_prune_sql{"collections_to_prune", R"sql(
    SELECT home_id, collection_id, max(modseq) FROM tombstone
     WHERE deleted < floor(extract(epoch FROM clock_timestamp()))::bigint - $1
     GROUP BY home_id, collection_id)sql"};

const Statement prune_tombstones_sql{"prune_tombstones", R"sql(
    WITH raised AS (
        UPDATE collection SET sync_floor = greatest(sync_floor, $3) WHERE home_id = $1 AND collection_id = $2
        RETURNING 1),
    told AS (
        INSERT INTO change_log (node, home_id) VALUES ($4, $1)),
    gone AS (
        DELETE FROM tombstone WHERE home_id = $1 AND collection_id = $2 AND modseq <= $3
           AND EXISTS (SELECT FROM raised) RETURNING 1)
    SELECT count(*) FROM gone)sql"};

}  // namespace

ChangesEnd changes(Database& db, PrincipalId home, CollectionId in, std::int64_t since,
                   std::size_t limit, const std::function<void(const ChangeView&)>& sink,
                   std::optional<std::int64_t> begun) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(changes_sql, home, in, since, limit + 1, begun.value_or(since));
    });
    if (rows.empty() || !rows.boolean(0, 1) || since < 0)
        return {.valid = false,
                .complete = true,
                .modseq = 0,
                .current = rows.empty() ? 0 : rows.number(0, 0)};
    ChangesEnd end{
        .valid = true, .complete = true, .modseq = rows.number(0, 0), .current = rows.number(0, 0)};
    if (rows.is_null(0, 4)) return end;
    const auto given = std::min(limit, static_cast<std::size_t>(rows.rows()));
    end.complete = given == static_cast<std::size_t>(rows.rows());
    if (!end.complete) end.modseq = since;
    for (int row = 0; row < static_cast<int>(given); ++row) {
        const ChangeView change{.name = rows.text(row, 2),
                                .etag = rows.text(row, 3),
                                .digest = rows.text(row, 6),
                                .modseq = rows.number(row, 4),
                                .deleted = rows.is_null(row, 3),
                                .was_collection = rows.boolean(row, 5)};
        sink(change);
        if (!end.complete) end.modseq = change.modseq;
    }
    return end;
}

std::size_t prune_tombstones(Database& db, std::chrono::seconds older_than) {
    auto& inner = db.inner();
    const auto collections = reading(inner, [&](Connection& connection) {
        return connection.run(collections_to_prune_sql, older_than.count());
    });
    std::size_t pruned = 0;
    for (int row = 0; row < collections.rows(); ++row) {
        const PrincipalId home{collections.number(row, 0)};
        const CollectionId in{collections.number(row, 1)};
        pruned += writing(inner, home, [&](Connection& connection) {
            const auto gone = connection.run(prune_tombstones_sql, home, in,
                                             collections.number(row, 2), inner.node);
            return static_cast<std::size_t>(gone.number(0, 0));
        });
        inner.committed_home(home);
    }
    return pruned;
}

}  // namespace kalends::store
