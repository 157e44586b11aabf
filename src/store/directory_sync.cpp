#include "store/directory_sync.hpp"

#include "store/directory_sync_private.hpp"
#include "store/principal_rows_private.hpp"

#include <algorithm>
#include <span>

namespace kalends::store {
namespace {

const Statement try_sync_turn_sql{"try_sync_turn", "SELECT pg_try_advisory_lock(7311906244033)"};
const Statement end_sync_turn_sql{"end_sync_turn", "SELECT pg_advisory_unlock(7311906244033)"};

// $1 null: all.
const Statement known_principals_sql{"known_principals", R"sql(
    SELECT p.principal_id, p.source = 1, p.disabled, p.gone IS NOT NULL, p.uuid::text, p.kind, p.login,
           p.display_name, coalesce(a.addresses, ''), coalesce(d.locale, ''), coalesce(d.time_zone, ''),
           coalesce(d.stamp, ''), p.closed
      FROM principal p
      LEFT JOIN principal_detail d ON d.principal_id = p.principal_id
      LEFT JOIN LATERAL (SELECT string_agg(address, E'\n' ORDER BY position, address) AS addresses
                           FROM address WHERE principal_id = p.principal_id) AS a ON true
     WHERE p.kind <= 3 AND ($1::bigint[] IS NULL OR p.principal_id = ANY ($1))
     ORDER BY p.principal_id)sql"};

const Statement former_logins_sql{"former_logins", R"sql(
    SELECT login, principal_id FROM login_alias WHERE $1::text IS NULL OR login = $1)sql"};

const Statement ids_near_sql{"ids_near", R"sql(
    SELECT principal_id FROM principal WHERE uuid = $1::text::uuid
     UNION SELECT principal_id FROM principal WHERE login = $2
     UNION SELECT principal_id FROM login_alias WHERE login = $2
     UNION SELECT principal_id FROM address WHERE address = ANY ($3::text[]))sql"};

const Statement is_from_directory_sql{"is_from_directory", R"sql(
    SELECT FROM principal WHERE principal_id = $1 AND source = 1)sql"};

const Statement directory_memberships_sql{"directory_memberships", R"sql(
    SELECT m.group_id, m.member_id
      FROM principal_member m
      JOIN principal g ON g.principal_id = m.group_id AND g.source = 1 AND g.kind = 1
      JOIN principal p ON p.principal_id = m.member_id AND p.source = 1)sql"};

const Statement add_memberships_sql{"add_memberships", R"sql(
    INSERT INTO principal_member (group_id, member_id)
    SELECT g.principal_id, p.principal_id
      FROM unnest($1::bigint[], $2::bigint[]) AS given (group_id, member_id)
      JOIN principal g ON g.principal_id = given.group_id
      JOIN principal p ON p.principal_id = given.member_id
    ON CONFLICT DO NOTHING)sql"};

const Statement remove_memberships_sql{"remove_memberships", R"sql(
    DELETE FROM principal_member m USING unnest($1::bigint[], $2::bigint[]) AS given (group_id, member_id)
     WHERE m.group_id = given.group_id AND m.member_id = given.member_id)sql"};

KnownPrincipal known_of(const Result& rows, int row) {
    return {.id = {rows.number(row, 0)},
            .from_directory = rows.boolean(row, 1),
            .disabled = rows.boolean(row, 2),
            .gone = rows.boolean(row, 3),
            .is = {.uuid = rows.string(row, 4),
                   .kind = static_cast<PrincipalKind>(rows.number(row, 5)),
                   .login = rows.string(row, 6),
                   .display_name = rows.string(row, 7),
                   .addresses = lines(rows.text(row, 8)),
                   .locale = rows.string(row, 9),
                   .time_zone = rows.string(row, 10),
                   .stamp = rows.string(row, 11),
                   .closed = rows.boolean(row, 12)}};
}

KnownPrincipals known_of(const Result& principals, const Result& former) {
    KnownPrincipals known;
    known.principals.reserve(static_cast<std::size_t>(principals.rows()));
    for (int row = 0; row < principals.rows(); ++row)
        known.principals.push_back(known_of(principals, row));
    for (int row = 0; row < former.rows(); ++row)
        known.former_logins.emplace_back(former.string(row, 0), PrincipalId{former.number(row, 1)});
    return known;
}

Audience change_members(Connection& connection, const Statement& statement,
                        std::span<const Membership> memberships) {
    ArrayText groups, members;
    std::vector<PrincipalId> changed;
    changed.reserve(memberships.size());
    for (const auto& [group, member] : memberships) {
        groups.add(group.value);
        members.add(member.value);
        changed.push_back(member);
    }
    connection.run(statement, groups, members);
    return audience_of(connection, changed);
}

class HeldTurn final : public SyncTurn {
public:
    explicit HeldTurn(Database::Inner& inner) : lease_(inner.pool.take()) {
        held_ = lease_->run(try_sync_turn_sql).boolean(0, 0);
    }
    ~HeldTurn() override {
        try {
            if (held_) lease_->run(end_sync_turn_sql);
        } catch (const std::exception&) {  // the connection is gone, and the lock with it
            held_ = false;
        }
    }
    HeldTurn(const HeldTurn&) = delete;
    HeldTurn& operator=(const HeldTurn&) = delete;
    [[nodiscard]] bool held() const { return held_; }

private:
    Pool::Lease lease_;
    bool held_ = false;
};

}  // namespace

KnownPrincipals known_principals(Database& db) {
    return reading(db.inner(), [](Connection& connection) {
        return known_of(connection.run(known_principals_sql, std::nullopt),
                        connection.run(former_logins_sql, std::nullopt));
    });
}

KnownPrincipals principals_near(Database& db, const DirectoryPrincipal& one) {
    ArrayText addresses;
    for (const auto& address : one.addresses) addresses.add(std::string_view{address});
    return reading(db.inner(), [&](Connection& connection) {
        const auto rows = connection.run(ids_near_sql, one.uuid, one.login, addresses);
        ArrayText ids;
        for (int row = 0; row < rows.rows(); ++row) ids.add(rows.number(row, 0));
        return known_of(connection.run(known_principals_sql, ids),
                        connection.run(former_logins_sql, one.login));
    });
}

bool is_from_directory(Database& db, PrincipalId principal) {
    return reading(db.inner(), [&](Connection& connection) {
        return !connection.run(is_from_directory_sql, principal).empty();
    });
}

std::vector<Membership> directory_memberships(Database& db) {
    return reading(db.inner(), [](Connection& connection) {
        const auto rows = connection.run(directory_memberships_sql);
        std::vector<Membership> memberships;
        memberships.reserve(static_cast<std::size_t>(rows.rows()));
        for (int row = 0; row < rows.rows(); ++row)
            memberships.emplace_back(PrincipalId{rows.number(row, 0)},
                                     PrincipalId{rows.number(row, 1)});
        return memberships;
    });
}

void change_memberships(Database& db, const std::vector<Membership>& add,
                        const std::vector<Membership>& remove) {
    in_batches(remove, [&](std::span<const Membership> part) {
        changing(db, [&](Connection& connection) {
            return change_members(connection, remove_memberships_sql, part);
        });
    });
    in_batches(add, [&](std::span<const Membership> part) {
        changing(db, [&](Connection& connection) {
            return change_members(connection, add_memberships_sql, part);
        });
    });
}

std::unique_ptr<SyncTurn> take_sync_turn(Database& db) {
    try {
        auto turn = std::make_unique<HeldTurn>(db.inner());
        if (!turn->held()) return nullptr;
        return turn;
    } catch (const std::exception&) {
        rethrow_read_failure();
    }
}

}  // namespace kalends::store
