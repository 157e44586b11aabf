#include "store/group_changes.hpp"

#include "store/collection_rows_private.hpp"

namespace kalends::store {
namespace {

// One that changes all the time is seen to each five minutes.
const Statement changed_groups_sql{"changed_groups", R"sql(
    SELECT group_id, max(change_id) FROM group_change
     GROUP BY group_id HAVING max(created) <= $1 OR min(created) <= $1 - 300
     ORDER BY min(change_id) LIMIT $2)sql"};

const Statement forget_group_change_sql{"forget_group_change", R"sql(
    WITH gone AS (
        DELETE FROM invited_group g WHERE group_id = $1 AND NOT EXISTS (
            SELECT FROM object o WHERE o.home_id = g.home_id AND left(o.uid, 600) = left(g.uid, 600)
               AND o.schedule_tag IS NOT NULL))
    DELETE FROM group_change WHERE group_id = $1 AND change_id <= $2)sql"};

const Statement prune_group_changes_sql{"prune_group_changes", R"sql(
    WITH gone AS (DELETE FROM group_change WHERE created < $1 RETURNING 1)
    SELECT count(*) FROM gone)sql"};

const Statement meetings_of_group_sql{"meetings_of_group", R"sql(
    WITH RECURSIVE above AS (
        SELECT $1::bigint AS id
         UNION
        SELECT m.group_id FROM principal_member m JOIN above a ON m.member_id = a.id)
    SELECT DISTINCT g.home_id, g.uid
      FROM above a
      JOIN invited_group g ON g.group_id = a.id
      JOIN object o ON o.home_id = g.home_id AND left(o.uid, 600) = left(g.uid, 600)
       AND o.schedule_tag IS NOT NULL AND (o.last_end IS NULL OR o.last_end >= $2)
     WHERE (g.home_id, g.uid) > ($3, $4)
     ORDER BY g.home_id, g.uid LIMIT $5)sql"};

}  // namespace

std::vector<GroupChange> changed_groups(Database& db, std::int64_t until, std::size_t limit) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(changed_groups_sql, until, limit);
    });
    std::vector<GroupChange> changes;
    changes.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        changes.push_back({{rows.number(row, 0)}, rows.number(row, 1)});
    return changes;
}

void forget_change(Database& db, const GroupChange& change) {
    writing(db.inner(), change.group, [&](Connection& connection) {
        connection.run(forget_group_change_sql, change.group, change.last);
    });
}

std::size_t prune_group_changes(Database& db, std::int64_t before) {
    return writing(db.inner(), {}, [&](Connection& connection) {
        return static_cast<std::size_t>(
            connection.run(prune_group_changes_sql, before).number(0, 0));
    });
}

std::vector<GroupMeeting> meetings_of_group(Database& db, PrincipalId group, std::int64_t time,
                                            const GroupMeeting& after, std::size_t limit) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(meetings_of_group_sql, group, time, after.home, after.uid, limit);
    });
    std::vector<GroupMeeting> meetings;
    meetings.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        meetings.push_back({{rows.number(row, 0)}, rows.string(row, 1)});
    return meetings;
}

}  // namespace kalends::store
