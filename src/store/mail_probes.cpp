#include "store/mail_probes.hpp"

#include "store/database_private.hpp"

namespace kalends::store {
namespace {

constexpr std::int64_t a_day = 86'400;

const Statement forget_probes_sql{"forget_probes", "DELETE FROM mail_probe WHERE sent < $1"};

const Statement begin_probe_sql{"begin_probe",
                                "INSERT INTO mail_probe (tag, sent) VALUES ($1, $2)"};

const Statement finish_probe_sql{"finish_probe", R"sql(
    UPDATE mail_probe SET believed = $2, why = $3 WHERE tag = $1 AND believed IS NULL RETURNING 1)sql"};

const Statement probe_outcome_sql{"probe_outcome", R"sql(
    SELECT believed, why FROM mail_probe WHERE tag = $1 AND believed IS NOT NULL)sql"};

const Statement end_probe_sql{"end_probe", "DELETE FROM mail_probe WHERE tag = $1"};

}  // namespace

void begin_probe(Database& db, std::string_view tag, std::int64_t now) {
    writing(db.inner(), {}, [&](Connection& connection) {
        connection.run(forget_probes_sql, now - a_day);
        connection.run(begin_probe_sql, tag, now);
    });
}

bool finish_probe(Database& db, std::string_view tag, const ProbeOutcome& outcome) {
    return writing(db.inner(), {}, [&](Connection& connection) {
        return !connection.run(finish_probe_sql, tag, outcome.believed, outcome.why).empty();
    });
}

std::optional<ProbeOutcome> probe_outcome(Database& db, std::string_view tag) {
    const auto rows = reading(
        db.inner(), [&](Connection& connection) { return connection.run(probe_outcome_sql, tag); });
    if (rows.empty()) return std::nullopt;
    return ProbeOutcome{.believed = rows.boolean(0, 0), .why = rows.string(0, 1)};
}

void end_probe(Database& db, std::string_view tag) {
    writing(db.inner(), {}, [&](Connection& connection) { connection.run(end_probe_sql, tag); });
}

}  // namespace kalends::store
