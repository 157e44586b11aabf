#include "store/inbox.hpp"

#include "store/collection_rows_private.hpp"
#include "store/objects.hpp"

namespace kalends::store {
namespace {

constexpr std::size_t page = 500;

const Statement old_inbox_items_sql{"old_inbox_items", R"sql(
    SELECT o.home_id, o.collection_id, c.acl_seq, o.name, o.object_id
      FROM collection c JOIN object o ON o.home_id = c.home_id AND o.collection_id = c.collection_id
     WHERE c.kind = $1 AND c.object_count > 0 AND o.modified < $2 AND o.object_id > $3
     ORDER BY o.object_id LIMIT $4)sql"};

}  // namespace

std::size_t prune_inboxes(Database& db, std::int64_t time) {
    constexpr auto kind = static_cast<int>(CollectionKind::inbox);
    std::size_t pruned = 0;
    for (std::int64_t after = 0;;) {
        const auto rows = reading(db.inner(), [&](Connection& connection) {
            return connection.run(old_inbox_items_sql, kind, time, after, page);
        });
        for (int row = 0; row < rows.rows(); ++row) {
            after = rows.number(row, 4);
            const auto outcome = erase(db, {.home = {rows.number(row, 0)},
                                            .collection = {rows.number(row, 1)},
                                            .acl_seq = rows.number(row, 2),
                                            .name = rows.string(row, 3),
                                            .preconditions = {},
                                            .scheduling = true});
            pruned += outcome.wrote == Wrote::deleted ? 1 : 0;
        }
        if (static_cast<std::size_t>(rows.rows()) < page) return pruned;
    }
}

}  // namespace kalends::store
