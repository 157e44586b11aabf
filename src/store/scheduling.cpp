#include "store/scheduling.hpp"

#include "store/database_private.hpp"

#include <algorithm>

namespace kalends::store {
namespace {

const Statement principals_of_addresses_sql{"principals_of_addresses", R"sql(
    SELECT address, principal_id FROM address WHERE address = ANY ($1::text[])
     UNION ALL
    SELECT 'urn:uuid:' || uuid::text, principal_id FROM principal WHERE uuid = ANY ($2::uuid[]))sql"};

constexpr std::string_view urn_uuid = "urn:uuid:";

/// Whether PostgreSQL reads it as a uuid.
bool is_uuid(std::string_view text) {
    constexpr std::size_t length = 36;
    return text.size() == length && text.find_first_not_of("0123456789abcdef-") == text.npos &&
           std::ranges::count(text, '-') == 4 && text[8] == '-' && text[13] == '-' &&
           text[18] == '-' && text[23] == '-';
}

const Statement scheduling_objects_sql{"scheduling_objects", R"sql(
    SELECT name FROM object
     WHERE home_id = $1 AND collection_id = $2 AND schedule_tag IS NOT NULL AND name > $3
     ORDER BY name LIMIT $4)sql"};

const Statement waiting_deliveries_sql{"waiting_deliveries", R"sql(
    SELECT home_id, to_home, uid FROM (
        SELECT home_id, to_home, uid, min(delivery_id) AS first FROM delivery
         WHERE created <= $1 AND next_try <= extract(epoch FROM clock_timestamp())
         GROUP BY home_id, to_home, uid) AS waiting
     ORDER BY first LIMIT $2)sql"};

// A minute, two, four … up to a day.
const Statement put_off_sql{"put_off_delivery", R"sql(
    UPDATE delivery
       SET tries = tries + 1,
           next_try = floor(extract(epoch FROM clock_timestamp()))::bigint
                      + least(60 * 2 ^ least(tries, 20), 86400)::bigint
     WHERE home_id = $1 AND to_home = $2 AND left(uid, 600) = left($3, 600))sql"};

// Who takes rows holds this lock, and would not take one that is changed while he waits for it.
const Statement lock_home_of_hop_sql{"lock_home_of_hop", R"sql(
    SELECT FROM home WHERE home_id = $1 FOR NO KEY UPDATE)sql"};

const Statement look_at_deliveries_sql{"look_at_deliveries", R"sql(
    SELECT hop.place, waiting.bytes, waiting.has_answers
      FROM unnest($1::bigint[], $2::bigint[], $3::text[]) WITH ORDINALITY AS hop (home_id, to_home, uid, place)
      CROSS JOIN LATERAL (
          SELECT sum(octet_length(message)) AS bytes,
                 bool_or(method IN ('REPLY', 'COUNTER', 'REFRESH')) AS has_answers
            FROM delivery d
           WHERE d.home_id = hop.home_id AND d.to_home = hop.to_home
             AND left(d.uid, 600) = left(hop.uid, 600)) AS waiting
     WHERE waiting.bytes IS NOT NULL)sql"};

const Statement drop_deliveries_sql{"drop_deliveries", R"sql(
    DELETE FROM delivery
     WHERE home_id = $1 AND to_home = $2 AND left(uid, 600) = left($3, 600))sql"};

const Statement count_deliveries_sql{"count_deliveries", "SELECT count(*) FROM delivery"};

}  // namespace

std::vector<std::pair<std::string, PrincipalId>>
principals_of_addresses(Database& db, std::span<const std::string> addresses) {
    std::vector<std::pair<std::string, PrincipalId>> found;
    ArrayText wanted;
    ArrayText uuids;
    bool some = false;
    for (const auto& address : addresses) {
        if (!is_storable(address)) continue;
        std::string_view rest = address;
        if (rest.starts_with(urn_uuid)) {
            rest.remove_prefix(urn_uuid.size());
            if (is_uuid(rest)) uuids.add(rest);
        }
        wanted.add(std::string_view{address});
        some = true;
    }
    if (!some) return found;
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(principals_of_addresses_sql, wanted, uuids);
    });
    found.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        found.emplace_back(rows.string(row, 0), PrincipalId{rows.number(row, 1)});
    return found;
}

std::vector<std::string> scheduling_objects(Database& db, PrincipalId home, CollectionId in,
                                            std::string_view after, std::size_t limit) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(scheduling_objects_sql, home, in, after, limit);
    });
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) names.push_back(rows.string(row, 0));
    return names;
}

std::vector<Hop> waiting_deliveries(Database& db, std::int64_t older_than, std::size_t limit) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(waiting_deliveries_sql, older_than, limit);
    });
    std::vector<Hop> result;
    result.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        result.push_back({{rows.number(row, 0)}, {rows.number(row, 1)}, rows.string(row, 2)});
    return result;
}

void put_off(Database& db, const Hop& hop) {
    writing(db.inner(), hop.to, [&](Connection& connection) {
        Transaction transaction{connection};
        connection.run(lock_home_of_hop_sql, hop.to);
        connection.run(put_off_sql, hop.from, hop.to, hop.uid);
        transaction.commit();
    });
}

std::vector<Waiting> look_at(Database& db, std::span<const Hop> hops) {
    std::vector<Waiting> all(hops.size());
    if (hops.empty()) return all;
    ArrayText from;
    ArrayText to;
    ArrayText uids;
    for (const auto& hop : hops) {
        from.add(hop.from.value);
        to.add(hop.to.value);
        uids.add(std::string_view{hop.uid});
    }
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(look_at_deliveries_sql, from, to, uids);
    });
    for (int row = 0; row < rows.rows(); ++row)
        all[static_cast<std::size_t>(rows.number(row, 0) - 1)] = {
            .bytes = rows.number(row, 1), .has_answers = rows.boolean(row, 2)};
    return all;
}

void drop(Database& db, const Hop& hop) {
    writing(db.inner(), hop.from, [&](Connection& connection) {
        connection.run(drop_deliveries_sql, hop.from, hop.to, hop.uid);
    });
}

std::int64_t count_deliveries(Database& db) {
    return reading(db.inner(), [](Connection& connection) {
        return connection.run(count_deliveries_sql).number(0, 0);
    });
}

}  // namespace kalends::store
