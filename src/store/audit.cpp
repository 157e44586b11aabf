#include "store/audit.hpp"

#include "store/collection_rows_private.hpp"

namespace kalends::store {
namespace {

const Statement write_audit_sql{"write_audit", R"sql(
    INSERT INTO audit (at, event, login, peer, target, detail)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]))sql"};

const Statement read_audit_sql{"read_audit", R"sql(
    SELECT at, event, login, peer, target, detail, audit_id FROM audit
     WHERE ($1 = '' OR login = $1) AND ($2 = '' OR event = $2 OR starts_with(event, $2 || '.'))
       AND ($3 = '' OR starts_with(target, $3)) AND at >= $4 AND ($5 = 0 OR at <= $5)
       AND ($6 = 0 OR audit_id < $6)
     ORDER BY audit_id DESC LIMIT $7)sql"};

// Some at a time, so that no statement takes long.
const Statement prune_audit_sql{"prune_audit", R"sql(
    DELETE FROM audit WHERE audit_id IN (SELECT audit_id FROM audit WHERE at < $1 ORDER BY at LIMIT 5000)
    RETURNING 1)sql"};

std::string storable(const std::string& text) {
    if (is_storable(text)) return text;
    std::string ascii;
    for (const char c : text) ascii += c >= ' ' && c < '\x7f' ? c : '?';
    return ascii;
}

}  // namespace

void write_audit(Database& db, const std::vector<AuditEntry>& entries) {
    if (entries.empty()) return;
    ArrayText at, event, login, peer, target, detail;
    const auto add = [](ArrayText& to, const std::string& text) {
        to.add(std::string_view{storable(text)});
    };
    for (const auto& entry : entries) {
        at.add(entry.at);
        add(event, entry.event);
        add(login, entry.login);
        add(peer, entry.peer);
        add(target, entry.target);
        add(detail, entry.detail);
    }
    writing(db.inner(), {}, [&](Connection& connection) {
        return connection.run(write_audit_sql, at, event, login, peer, target, detail).rows();
    });
}

std::vector<AuditEntry> read_audit(Database& db, const AuditQuery& query) {
    const auto rows = reading(db.inner(), [&](Connection& connection) {
        return connection.run(read_audit_sql, query.login, query.event, query.target, query.since,
                              query.until, query.before, query.limit);
    });
    std::vector<AuditEntry> entries;
    entries.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        entries.push_back({.at = rows.number(row, 0),
                           .event = rows.string(row, 1),
                           .login = rows.string(row, 2),
                           .peer = rows.string(row, 3),
                           .target = rows.string(row, 4),
                           .detail = rows.string(row, 5),
                           .id = rows.number(row, 6)});
    return entries;
}

std::size_t prune_audit(Database& db, std::int64_t before) {
    std::size_t forgotten = 0;
    for (;;) {
        const auto some = writing(db.inner(), {}, [&](Connection& connection) {
            return static_cast<std::size_t>(connection.run(prune_audit_sql, before).rows());
        });
        forgotten += some;
        if (some == 0) return forgotten;
    }
}

}  // namespace kalends::store
