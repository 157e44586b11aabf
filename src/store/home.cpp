#include "store/home.hpp"

#include "store/ace_rows_private.hpp"
#include "store/principal_rows_private.hpp"
#include "store/sharing_private.hpp"

#include <algorithm>
#include <map>
#include <numeric>

namespace kalends::store {
namespace {

const Statement principal_by_login_sql{"principal_by_login", R"sql(
    SELECT principal_id FROM principal WHERE login = $1
     UNION ALL
    SELECT principal_id FROM login_alias WHERE login = $1)sql"};

const Statement read_principal_sql{"read_principal", R"sql(
    SELECT p.uuid::text, p.kind, p.login, p.display_name, p.disabled, p.administrator, p.credential_seq, h.modseq,
           (SELECT string_agg(a.address, E'\n' ORDER BY a.position, a.address) FROM address a
             WHERE a.principal_id = p.principal_id), p.owner_id,
           (SELECT r.principal_id FROM principal r WHERE r.owner_id = p.principal_id AND r.kind = 4),
           (SELECT w.principal_id FROM principal w WHERE w.owner_id = p.principal_id AND w.kind = 5),
           coalesce(d.locale, ''), coalesce(d.time_zone, '')
      FROM principal p JOIN home h ON h.home_id = p.principal_id
           LEFT JOIN principal_detail d ON d.principal_id = p.principal_id
     WHERE p.principal_id = $1)sql"};

// UNION, not UNION ALL: groups may contain each other.
const Statement read_groups_sql{"read_groups", R"sql(
    WITH RECURSIVE closure AS (
        SELECT group_id FROM principal_member WHERE member_id = $1
         UNION
        SELECT m.group_id FROM principal_member m JOIN closure c ON m.member_id = c.group_id)
    SELECT group_id FROM closure ORDER BY group_id)sql"};

const Statement read_collections_sql{"read_collections", R"sql(
    SELECT collection_id, kind, name, uuid::text, components, modseq, sync_floor, acl_seq, object_count, bytes,
           created, modified, parent_id, member_modseq, target_home, target_id, automatic
      FROM collection WHERE home_id = $1)sql"};

const Statement read_collection_properties_sql{"read_collection_properties", R"sql(
    SELECT p.collection_id, p.ns, p.local, p.xml, p.text
      FROM collection c
      JOIN property p ON p.home_id = $1 AND p.collection_id = c.collection_id AND p.object_id = 0
     WHERE c.home_id = $1
     ORDER BY p.collection_id, p.property_id)sql"};

const Statement read_aces_sql{"read_aces", R"sql(
    SELECT a.collection_id, a.subject, a.principal_id, a.inverted, a.deny, a.privileges, o.name
      FROM ace a
      LEFT JOIN object o ON o.home_id = $1 AND o.collection_id = a.collection_id AND o.object_id = a.object_id
     WHERE a.home_id = $1 ORDER BY a.collection_id, a.object_id, a.position)sql"};

const Statement read_locks_sql{"read_locks", R"sql(
    SELECT token::text, collection_id, name, exclusive, deep, principal_id, owner, root, timeout, expires
      FROM lock WHERE home_id = $1 ORDER BY token)sql"};

std::chrono::sys_seconds moment(std::int64_t seconds) {
    return std::chrono::sys_seconds{std::chrono::seconds{seconds}};
}

std::optional<BindingTarget> target_of(const Result& rows, int row) {
    if (rows.is_null(row, 15)) return std::nullopt;
    return BindingTarget{{rows.number(row, 14)}, {rows.number(row, 15)}, rows.boolean(row, 16)};
}

Collection collection_of(const Result& rows, int row, PrincipalId home) {
    return {.id = {rows.number(row, 0)},
            .home = home,
            .parent = {rows.number(row, 12)},
            .kind = static_cast<CollectionKind>(rows.number(row, 1)),
            .name = rows.string(row, 2),
            .uuid = rows.string(row, 3),
            .components = static_cast<unsigned>(rows.number(row, 4)),
            .target = target_of(rows, row),
            .member_modseq = rows.number(row, 13),
            .modseq = rows.number(row, 5),
            .sync_floor = rows.number(row, 6),
            .acl_seq = rows.number(row, 7),
            .object_count = rows.number(row, 8),
            .bytes = rows.number(row, 9),
            .created = moment(rows.number(row, 10)),
            .modified = moment(rows.number(row, 11)),
            .properties = {},
            .aces = {},
            .object_aces = {}};
}

Principal principal_of(const Result& rows, PrincipalId id) {
    return {.id = id,
            .uuid = rows.string(0, 0),
            .kind = static_cast<PrincipalKind>(rows.number(0, 1)),
            .login = rows.string(0, 2),
            .display_name = rows.string(0, 3),
            .addresses = lines(rows.text(0, 8)),
            .groups = {},
            .proxy_read = {rows.number(0, 10)},
            .proxy_write = {rows.number(0, 11)},
            .owner = {rows.number(0, 9)},
            .locale = rows.string(0, 12),
            .time_zone = rows.string(0, 13),
            .disabled = rows.boolean(0, 4),
            .administrator = rows.boolean(0, 5),
            .credential_seq = rows.number(0, 6)};
}

std::map<CollectionId, Collection> collections_of(Connection& connection, PrincipalId id) {
    std::map<CollectionId, Collection> result;
    const auto rows = connection.run(read_collections_sql, id);
    for (int row = 0; row < rows.rows(); ++row) {
        auto collection = collection_of(rows, row, id);
        result.emplace(collection.id, std::move(collection));
    }
    const auto properties = connection.run(read_collection_properties_sql, id);
    for (int row = 0; row < properties.rows(); ++row)
        result.at({properties.number(row, 0)})
            .properties.push_back({properties.string(row, 1), properties.string(row, 2),
                                   properties.string(row, 3), properties.string(row, 4)});
    const auto aces = connection.run(read_aces_sql, id);
    for (int row = 0; row < aces.rows(); ++row) {
        Collection& collection = result.at({aces.number(row, 0)});
        auto& list =
            aces.is_null(row, 6) ? collection.aces : collection.object_aces[aces.string(row, 6)];
        list.push_back(ace_of(aces, row, 1));
    }
    return result;
}

std::vector<Lock> locks_of(Connection& connection, PrincipalId id) {
    const auto rows = connection.run(read_locks_sql, id);
    std::vector<Lock> locks;
    locks.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row)
        locks.push_back({.token = rows.string(row, 0),
                         .collection = {rows.number(row, 1)},
                         .name = rows.string(row, 2),
                         .exclusive = rows.boolean(row, 3),
                         .deep = rows.boolean(row, 4),
                         .principal = {rows.number(row, 5)},
                         .owner = rows.string(row, 6),
                         .root = rows.string(row, 7),
                         .timeout = std::chrono::seconds{rows.number(row, 8)},
                         .expires = moment(rows.number(row, 9))});
    return locks;
}

/// The order of Home::collections.
std::pair<CollectionId, std::string_view> place_of(const CollectionPtr& collection) {
    return {collection->parent, collection->name};
}

std::size_t root_index(CollectionKind home_kind) {
    return static_cast<std::size_t>(home_kind) -
           static_cast<std::size_t>(CollectionKind::calendar_home);
}

}  // namespace

HomePtr read_in_transaction(Connection& connection, PrincipalId id) {
    const auto principal = connection.run(read_principal_sql, id);
    if (principal.empty()) return nullptr;
    auto home = std::make_shared<Home>();
    home->principal = principal_of(principal, id);
    home->modseq = principal.number(0, 7);
    const auto groups = connection.run(read_groups_sql, id);
    for (int row = 0; row < groups.rows(); ++row)
        home->principal.groups.push_back({groups.number(row, 0)});
    for (auto& [collection_id, collection] : collections_of(connection, id)) {
        auto shared = std::make_shared<const Collection>(std::move(collection));
        if (is_home(shared->kind))
            home->roots.at(root_index(shared->kind)) = std::move(shared);
        else
            home->collections.push_back(std::move(shared));
    }
    home->arrange();
    home->locks = locks_of(connection, id);
    return home;
}

const StoredProperty* Collection::property(std::string_view ns, std::string_view local) const {
    const auto found = std::ranges::find_if(properties, [&](const StoredProperty& each) {
        return each.local == local && each.ns == ns;
    });
    return found == properties.end() ? nullptr : &*found;
}

unsigned component_bit(std::string_view name) {
    for (const auto& row : component_names)
        if (row.name == name) return row.bit;
    return 0;
}

const CollectionPtr& Home::root(CollectionKind home_kind) const {
    return roots.at(root_index(home_kind));
}

CollectionPtr Home::child(CollectionId parent, std::string_view name) const {
    const auto place = std::pair{parent, name};
    const auto found = std::ranges::lower_bound(collections, place, {}, place_of);
    return found == collections.end() || place_of(*found) != place ? nullptr : *found;
}

std::span<const CollectionPtr> Home::children(CollectionId parent) const {
    const auto of = [](const CollectionPtr& each) { return each->parent; };
    const auto first = std::ranges::lower_bound(collections, parent, {}, of);
    const auto last = std::ranges::upper_bound(collections, parent, {}, of);
    return {first, last};
}

CollectionPtr Home::find(CollectionKind kind, std::string_view name) const {
    const auto& home = root(home_of(kind));
    const auto found = home ? child(home->id, name) : nullptr;
    return found && found->kind == kind ? found : nullptr;
}

CollectionPtr Home::find(CollectionId id) const {
    for (const auto& each : roots)
        if (each && each->id == id) return each;
    const auto id_at = [this](std::uint32_t place) { return collections[place]->id; };
    const auto found = std::ranges::lower_bound(by_id, id, {}, id_at);
    return found == by_id.end() || id_at(*found) != id ? nullptr : collections[*found];
}

bool Home::is_in(CollectionId collection, CollectionId top) const {
    for (auto at = find(collection); at; at = find(at->parent))
        if (at->id == top) return true;
    return false;
}

void Home::arrange() {
    std::ranges::sort(collections, {}, place_of);
    by_id.resize(collections.size());
    std::iota(by_id.begin(), by_id.end(), 0U);
    std::ranges::sort(by_id, {}, [this](std::uint32_t place) { return collections[place]->id; });
}

std::size_t Home::own_collections() const {
    return static_cast<std::size_t>(std::ranges::count_if(collections, [](const auto& each) {
        return !is_for_scheduling(each->kind) && (!each->target || !each->target->automatic);
    }));
}

CollectionPtr Home::scheduling(CollectionKind which) const {
    const auto& top = root(CollectionKind::calendar_home);
    if (!top) return nullptr;
    const auto all = children(top->id);
    const auto found = std::ranges::find(all, which, [](const auto& each) { return each->kind; });
    return found == all.end() ? nullptr : *found;
}

HomeRead read_home(Connection& connection, PrincipalId id, std::size_t max_shared) {
    HomeRead result;
    Transaction transaction{connection, Transaction::Kind::snapshot};
    result.home = read_in_transaction(connection, id);
    if (result.home)
        result.bindings_hold = binding_changes(connection, *result.home, max_shared).empty();
    transaction.commit();
    return result;
}

std::optional<PrincipalId> find_principal(Connection& connection, std::string_view login) {
    const auto found = connection.run(principal_by_login_sql, login);
    if (found.empty()) return std::nullopt;
    return PrincipalId{found.number(0, 0)};
}

}  // namespace kalends::store
