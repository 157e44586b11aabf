// Candidates of queries: what the indexes can tell. Too many, never too few; filters decide
// exactly.

#include "store/object_rows_private.hpp"

#include <algorithm>

namespace kalends::store {
namespace {

// Every statement ends alike: $1 home, $2 collection, $3 component or '', $4 id to begin after, $5
// how many, $6 with data, $7 with digest.
#define CANDIDATE_COLUMNS                                                                          \
    "SELECT name, uid, component, etag, CASE WHEN $6 THEN data ELSE '' END,"                       \
    "       CASE WHEN $7 THEN digest ELSE '' END, object_id, size, modseq, created, modified,"     \
    "       has_properties, media_type, content_id, schedule_tag "                                 \
    "FROM object "
#define CANDIDATE_KEY                                                                              \
    " home_id = $1 AND collection_id = $2 AND ($3 = '' OR component = $3) AND object_id > $4 "
#define CANDIDATE_END " ORDER BY object_id LIMIT $5"

const Statement all_candidates_sql{
    "all_candidates", CANDIDATE_COLUMNS "WHERE" CANDIDATE_KEY CANDIDATE_END, Format::binary};

const Statement uid_candidates_sql{
    "uid_candidates", CANDIDATE_COLUMNS "WHERE" CANDIDATE_KEY "AND uid ILIKE $8" CANDIDATE_END,
    Format::binary};

// $8 from, $9 to. The two ranges of DESIGN section 4, and what has no bounds. The order is made
// from what is found.
const Statement time_candidates_sql{
    "time_candidates",
    "SELECT * FROM ("
    "(" CANDIDATE_COLUMNS "WHERE" CANDIDATE_KEY
    "AND first_start IS NOT NULL AND NOT recurring AND last_end <= first_start + 604800"
    "    AND first_start >= $8::bigint - 604800 AND first_start < $9 AND last_end >= $8)"
    " UNION ALL "
    "(" CANDIDATE_COLUMNS "WHERE" CANDIDATE_KEY
    "AND first_start IS NOT NULL AND (recurring OR last_end > first_start + 604800)"
    "    AND last_end >= $8 AND first_start < $9)"
    " UNION ALL "
    "(" CANDIDATE_COLUMNS "WHERE" CANDIDATE_KEY "AND first_start IS NULL AND component <> 'VCARD' "
    "AND component <> 'FILE')"
    ") AS candidate" CANDIDATE_END,
    Format::binary};

// $8 the pattern that the index looks up, $9 the others.
const Statement search_candidates_sql{"search_candidates",
                                      CANDIDATE_COLUMNS
                                      "WHERE" CANDIDATE_KEY "AND search <> '' AND search LIKE $8"
                                      " AND search LIKE ALL ($9::text[])" CANDIDATE_END,
                                      Format::binary};

/// What LIKE understands as "contains".
std::string contains_pattern(std::string_view part) {
    std::string pattern = "%";
    for (const char c : part) {
        if (c == '%' || c == '_' || c == '\\') pattern += '\\';
        pattern += c;
    }
    return pattern + '%';
}

/// So that the statement can add to it.
std::int64_t bounded(std::int64_t seconds) {
    constexpr std::int64_t far = std::int64_t{1} << 61U;
    return std::clamp(seconds, -far, far);
}

bool satisfiable(const Candidates& wanted) {
    return is_storable(wanted.component) &&
           (!wanted.uid_contains || is_storable(*wanted.uid_contains)) &&
           std::ranges::all_of(wanted.search_contains, is_storable);
}

Result run(Connection& connection, PrincipalId home, CollectionId in, const Candidates& wanted,
           std::int64_t after, std::size_t limit) {
    const auto with = [&](const Statement& statement, auto&&... more) {
        return connection.run(statement, home, in, wanted.component, after, limit, wanted.with_data,
                              wanted.with_digest, more...);
    };
    if (wanted.uid_contains)
        return with(uid_candidates_sql, contains_pattern(*wanted.uid_contains));
    if (!wanted.search_contains.empty()) {
        auto parts = wanted.search_contains;
        std::ranges::sort(parts, std::greater<>{}, &std::string::size);
        ArrayText others;
        for (std::size_t i = 1; i < parts.size(); ++i)
            others.add(std::string_view{contains_pattern(parts[i])});
        return with(search_candidates_sql, contains_pattern(parts.front()), others);
    }
    if (wanted.overlapping)
        return with(time_candidates_sql, bounded(wanted.overlapping->first),
                    bounded(wanted.overlapping->second));
    return with(all_candidates_sql);
}

}  // namespace

std::int64_t find_candidates(Database& db, PrincipalId home, CollectionId in,
                             const Candidates& wanted, std::int64_t after, std::size_t limit,
                             const ObjectSink& sink) {
    if (limit == 0 || !satisfiable(wanted)) return 0;
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return run(connection, home, in, wanted, after, limit);
    });
    give(rows, sink);
    const auto count = static_cast<std::size_t>(rows.rows());
    return count < limit ? 0 : rows.number(rows.rows() - 1, 6);
}

}  // namespace kalends::store
