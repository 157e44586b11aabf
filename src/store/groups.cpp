#include "store/groups.hpp"

#include "store/collection_rows_private.hpp"
#include "store/groups_private.hpp"

namespace kalends::store {
namespace {

// UNION in all of these: groups may contain each other.
const Statement audience_sql{"audience", R"sql(
    WITH RECURSIVE audience AS (
        SELECT unnest($1::bigint[]) AS id
         UNION
        SELECT m.member_id FROM principal_member m JOIN audience a ON m.group_id = a.id)
    SELECT id FROM audience LIMIT $2)sql"};

const Statement log_changes_sql{"log_changes", R"sql(
    INSERT INTO change_log (node, home_id) SELECT $1, unnest($2::bigint[]))sql"};

const Statement members_sql{"members_of_group", R"sql(
    WITH RECURSIVE below AS (
        SELECT member_id AS id FROM principal_member WHERE group_id = $1
         UNION
        SELECT m.member_id FROM principal_member m JOIN below b ON m.group_id = b.id WHERE $2::boolean)
    SELECT p.principal_id, p.kind, coalesce(o.login, p.login), coalesce(o.kind, p.kind)
      FROM below b JOIN principal p ON p.principal_id = b.id LEFT JOIN principal o ON o.principal_id = p.owner_id
     ORDER BY p.kind, p.login LIMIT $3)sql"};

const Statement groups_sql{"groups_of_member", R"sql(
    WITH RECURSIVE above AS (
        SELECT group_id AS id FROM principal_member WHERE member_id = $1
         UNION
        SELECT m.group_id FROM principal_member m JOIN above a ON m.member_id = a.id WHERE $2::boolean)
    SELECT p.principal_id, p.kind, coalesce(o.login, p.login), coalesce(o.kind, p.kind)
      FROM above a JOIN principal p ON p.principal_id = a.id LEFT JOIN principal o ON o.principal_id = p.owner_id
     ORDER BY p.kind, p.login LIMIT $3)sql"};

const Statement administrators_sql{"administrators", R"sql(
    SELECT p.principal_id, p.kind, p.login, p.kind FROM principal p
     WHERE p.administrator ORDER BY p.login LIMIT $1)sql"};

const Statement lock_group_sql{"lock_group", R"sql(
    SELECT FROM principal WHERE principal_id = $1 AND kind IN (1, 4, 5) FOR NO KEY UPDATE)sql"};

const Statement add_members_sql{"add_members", R"sql(
    INSERT INTO principal_member (group_id, member_id)
    SELECT $1, principal_id FROM principal WHERE principal_id = ANY ($2::bigint[]) ORDER BY principal_id FOR KEY SHARE
    ON CONFLICT DO NOTHING)sql"};

const Statement remove_members_sql{"remove_members", R"sql(
    DELETE FROM principal_member WHERE group_id = $1 AND member_id = ANY ($2::bigint[]))sql"};

const Statement remove_other_members_sql{"remove_other_members", R"sql(
    DELETE FROM principal_member WHERE group_id = $1 AND member_id <> ALL ($2::bigint[]))sql"};

// No login has a '/'.
const Statement make_proxy_group_sql{"make_proxy_group", R"sql(
    INSERT INTO principal (kind, login, owner_id)
    SELECT $2::smallint, p.uuid::text || CASE $2 WHEN 4 THEN '/read' ELSE '/write' END, p.principal_id
      FROM principal p WHERE p.principal_id = $1 AND p.kind IN (0, 2, 3)
    ON CONFLICT DO NOTHING RETURNING principal_id)sql"};

const Statement make_proxy_home_sql{"make_proxy_home", "INSERT INTO home (home_id) VALUES ($1)"};

const Statement find_proxy_group_sql{"find_proxy_group", R"sql(
    SELECT principal_id FROM principal WHERE owner_id = $1 AND kind = $2)sql"};

std::vector<PrincipalName> names_in(const Result& rows) {
    std::vector<PrincipalName> names;
    names.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        names.push_back({.id = {rows.number(row, 0)},
                         .kind = static_cast<PrincipalKind>(rows.number(row, 1)),
                         .login = rows.string(row, 2),
                         .owner_kind = static_cast<PrincipalKind>(rows.number(row, 3))});
    return names;
}

/// Who is in which group is a part of every home in memory.
void forget_all(Database::Inner& inner) { forget(inner, {.everybody = true, .principals = {}}); }

/// Runs the statements, each of which takes the group and the members, in one transaction.
bool change_members(Database& db, PrincipalId group, const std::vector<PrincipalId>& members,
                    std::initializer_list<const Statement*> statements) {
    auto& inner = db.inner();
    const bool found = writing(inner, group, [&](Connection& connection) {
        Transaction transaction{connection};
        if (connection.run(lock_group_sql, group).empty()) return false;
        auto ids = array_of(members);
        for (const auto* statement : statements) connection.run(*statement, group, ids);
        log_home_change(connection, inner.node, {});
        transaction.commit();
        return true;
    });
    if (found) forget_all(inner);
    return found;
}

}  // namespace

ArrayText array_of(const std::vector<PrincipalId>& principals) {
    ArrayText ids;
    for (const auto id : principals) ids.add(id.value);
    return ids;
}

Audience audience_of(Connection& connection, const std::vector<PrincipalId>& principals) {
    Audience audience;
    if (principals.empty()) return audience;
    auto ids = array_of(principals);
    const auto rows = connection.run(audience_sql, ids, Audience::most + 1);
    audience.everybody = static_cast<std::size_t>(rows.rows()) > Audience::most;
    for (int row = 0; row < rows.rows() && !audience.everybody; ++row)
        audience.principals.push_back({rows.number(row, 0)});
    return audience;
}

void log_change_for(Connection& connection, const std::string& node, const Audience& audience) {
    if (audience.everybody) {
        log_home_change(connection, node, {});
    } else if (!audience.principals.empty()) {
        auto ids = array_of(audience.principals);
        connection.run(log_changes_sql, node, ids);
    }
}

void forget(Database::Inner& inner, const Audience& audience) {
    if (audience.everybody) inner.cache.clear();
    for (const auto id : audience.principals) inner.cache.forget(id);
    inner.notifier.poke();
}

std::vector<PrincipalName> members_of(Database& db, PrincipalId group, Reach reach) {
    return reading(db.inner(), [&](Connection& connection) {
        return names_in(connection.run(members_sql, group, reach == Reach::nested, max_listed));
    });
}

std::vector<PrincipalName> groups_of(Database& db, PrincipalId member, Reach reach) {
    return reading(db.inner(), [&](Connection& connection) {
        return names_in(connection.run(groups_sql, member, reach == Reach::nested, max_listed));
    });
}

std::vector<PrincipalName> administrators(Database& db) {
    return reading(db.inner(), [&](Connection& connection) {
        return names_in(connection.run(administrators_sql, max_listed));
    });
}

bool set_members(Database& db, PrincipalId group, const std::vector<PrincipalId>& members) {
    return change_members(db, group, members, {&remove_other_members_sql, &add_members_sql});
}

bool add_members(Database& db, PrincipalId group, const std::vector<PrincipalId>& members) {
    return change_members(db, group, members, {&add_members_sql});
}

bool remove_members(Database& db, PrincipalId group, const std::vector<PrincipalId>& members) {
    return change_members(db, group, members, {&remove_members_sql});
}

std::optional<PrincipalId> proxy_group(Database& db, PrincipalId owner, PrincipalKind which) {
    auto& inner = db.inner();
    const auto kind = static_cast<int>(which);
    std::optional<PrincipalId> group;
    const bool made = writing(inner, owner, [&](Connection& connection) {
        Transaction transaction{connection};
        const auto found = connection.run(find_proxy_group_sql, owner, kind);
        if (!found.empty()) {
            group = PrincipalId{found.number(0, 0)};
            return false;
        }
        const auto row = connection.run(make_proxy_group_sql, owner, kind);
        if (row.empty()) {  // somebody else has made it, or there is no such owner
            const auto theirs = connection.run(find_proxy_group_sql, owner, kind);
            if (!theirs.empty()) group = PrincipalId{theirs.number(0, 0)};
            return false;
        }
        group = PrincipalId{row.number(0, 0)};
        connection.run(make_proxy_home_sql, *group);
        insert_roots(connection, *group);
        log_home_change(connection, inner.node, owner);
        transaction.commit();
        return true;
    });
    if (made) inner.committed_home(owner);
    return group;
}

}  // namespace kalends::store
