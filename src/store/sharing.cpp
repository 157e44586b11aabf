#include "access/decide.hpp"
#include "store/ace_rows_private.hpp"
#include "store/collection_rows_private.hpp"
#include "store/sharing_private.hpp"

#include <map>

namespace kalends::store {
namespace {

// The entries that decide what the principal ($1), or a group of it (all in $2), may do with
// collections of which one entry lets it read ($4), and with those that it has refused: of these
// also one row where there is no entry. Inherited entries share nothing: who may see a whole home
// finds it at its address.
const Statement shared_with_sql{"shared_with", R"sql(
    WITH refused AS (
        SELECT target_id FROM refused_share WHERE home_id = $1),
    offered AS (
        SELECT DISTINCT a.home_id, a.collection_id FROM ace a
         WHERE a.principal_id = ANY ($2::bigint[]) AND a.object_id = 0 AND NOT a.deny AND NOT a.inverted
           AND a.privileges & $4 <> 0 AND a.home_id <> $1),
    candidate AS (
        SELECT c.home_id, c.collection_id, c.kind, c.name FROM collection c JOIN offered USING (home_id, collection_id)
         WHERE c.kind IN (0, 1) AND c.collection_id NOT IN (SELECT target_id FROM refused)
         ORDER BY c.collection_id LIMIT $3),
    looked_at AS (
        SELECT home_id, collection_id, kind, name, false AS refused FROM candidate
         UNION ALL
        SELECT o.home_id, r.target_id, 0, '', true FROM refused r LEFT JOIN offered o ON o.collection_id = r.target_id)
    SELECT l.home_id, l.collection_id, l.kind, l.name, p.login, a.subject, a.principal_id, a.inverted, a.deny,
           a.privileges, l.refused
      FROM looked_at l
      LEFT JOIN principal p ON p.principal_id = l.home_id
      LEFT JOIN ace a ON a.home_id = l.home_id AND a.collection_id = l.collection_id AND a.object_id = 0
            AND (a.principal_id IS NULL OR a.inverted OR a.principal_id = ANY ($2::bigint[]))
     ORDER BY l.collection_id, a.position)sql"};

const Statement dangling_bindings_sql{"dangling_bindings", R"sql(
    SELECT b.collection_id FROM collection b
     WHERE b.home_id = $1 AND b.target_id IS NOT NULL AND NOT b.automatic
       AND NOT EXISTS (SELECT FROM collection t WHERE t.home_id = b.target_home AND t.collection_id = b.target_id))sql"};

const Statement offer_again_sql{"offer_again", R"sql(
    DELETE FROM refused_share WHERE home_id = $1 AND target_id = ANY ($2::bigint[]))sql"};

const Statement readers_sql{"readers_of_collection", R"sql(
    SELECT DISTINCT home_id FROM collection
     WHERE target_id IN (SELECT tree_of($1, $2)) AND home_id <> $1 LIMIT $3)sql"};

const Statement refuse_shares_sql{"refuse_shares", R"sql(
    INSERT INTO refused_share (home_id, target_id)
    SELECT $1, target_id FROM collection
     WHERE home_id = $1 AND collection_id IN (SELECT tree_of($1, $2)) AND automatic
    ON CONFLICT DO NOTHING)sql"};

// The topmost that is bound from outside of what is deleted, and the oldest binding to it.
const Statement bound_elsewhere_sql{"bound_elsewhere", R"sql(
    WITH RECURSIVE below AS (
        SELECT collection_id, 0 AS depth FROM collection WHERE home_id = $1 AND collection_id = $2
         UNION ALL
        SELECT c.collection_id, b.depth + 1
          FROM collection c JOIN below b ON c.home_id = $1 AND c.parent_id = b.collection_id)
    SELECT b.collection_id, o.collection_id, o.parent_id, o.name
      FROM below b JOIN collection o ON o.home_id = $1 AND o.target_id = b.collection_id
     WHERE o.collection_id NOT IN (SELECT collection_id FROM below)
     ORDER BY b.depth, o.collection_id LIMIT 1)sql"};

const Statement delete_binding_sql{"delete_binding", R"sql(
    DELETE FROM collection WHERE home_id = $1 AND collection_id = $2)sql"};

const Statement move_to_binding_sql{"move_to_binding", R"sql(
    UPDATE collection SET parent_id = $3, name = $4, member_modseq = $5
     WHERE home_id = $1 AND collection_id = $2)sql"};

constexpr int names_to_try = 100;

struct Shares {
    std::vector<SharedCollection> wanted;
    std::vector<CollectionId> not_shared;  ///< of those that were refused
};

/// Goes over rows that belong together: the entries of one collection.
Shares readable_in(const Result& rows, const Principal& who) {
    std::vector<std::int64_t> groups;
    groups.reserve(who.groups.size());
    for (const auto group : who.groups) groups.push_back(group.value);
    const access::Subject subject{who.id.value, groups, false};

    Shares shares;
    for (int row = 0; row < rows.rows();) {
        const int first = row;
        const CollectionId id{rows.number(row, 1)};
        std::vector<access::Ace> aces;
        for (; row < rows.rows() && rows.number(row, 1) == id.value; ++row)
            if (!rows.is_null(row, 5)) aces.push_back(ace_of(rows, row, 5));
        const PrincipalId owner{rows.number(first, 0)};
        const bool may_read = (access::decide(subject, owner.value, aces) & access::read) != 0;
        const bool refused = rows.boolean(first, 10);
        if (refused && !may_read) shares.not_shared.push_back(id);
        if (!refused && may_read)
            shares.wanted.push_back({.target = {owner, id, true},
                                     .kind = static_cast<CollectionKind>(rows.number(first, 2)),
                                     .owner = rows.string(first, 4),
                                     .name = rows.string(first, 3)});
    }
    return shares;
}

/// Groups have no clients that look for what is shared with them.
bool takes_shares(const Principal& who) {
    return who.kind == PrincipalKind::user || who.kind == PrincipalKind::resource ||
           who.kind == PrincipalKind::location;
}

Shares shares_of(Connection& connection, const Principal& who, std::size_t most) {
    if (!takes_shares(who)) return {};
    auto names = array_of(who.groups);
    names.add(who.id.value);
    return readable_in(connection.run(shared_with_sql, who.id, names, most,
                                      static_cast<std::int64_t>(access::read)),
                       who);
}

std::vector<CollectionId> dangling_in(Connection& connection, PrincipalId home) {
    const auto rows = connection.run(dangling_bindings_sql, home);
    std::vector<CollectionId> dangling;
    dangling.reserve(static_cast<std::size_t>(rows.rows()));
    for (int row = 0; row < rows.rows(); ++row) dangling.push_back({rows.number(row, 0)});
    return dangling;
}

/// Its name is owner.name, with a number if that is taken, else what nobody can have taken.
void bind(Connection& connection, PrincipalId home, const SharedCollection& shared) {
    NewCollection binding;
    binding.home = home;
    binding.parent = root_of(connection, home, home_of(shared.kind));
    binding.kind = CollectionKind::binding;
    binding.target = shared.target;
    const auto name = shared.owner + '.' + shared.name;
    const auto last = std::to_string(shared.target.collection.value);
    for (int i = name.size() + last.size() < max_name_bytes ? 1 : names_to_try;; ++i) {
        binding.name = i == 1             ? name
                       : i < names_to_try ? name + '.' + std::to_string(i)
                                          : shared.owner + "." + last + "." + std::to_string(i);
        if (insert_collection(connection, home, binding) != Changed::exists) return;
    }
}

}  // namespace

BindingChanges binding_changes(Connection& connection, const Home& home, std::size_t most) {
    auto [wanted, not_shared] = shares_of(connection, home.principal, most);
    std::map<CollectionId, SharedCollection> missing;
    for (auto& each : wanted) missing.emplace(each.target.collection, std::move(each));

    BindingChanges changes;
    bool made_by_hand = false;
    for (const auto& member : home.collections) {
        if (!member->target) continue;
        made_by_hand = made_by_hand || !member->target->automatic;
        if (member->target->automatic && missing.erase(member->target->collection) == 0)
            changes.remove.push_back(member->id);
    }
    if (made_by_hand)
        for (const auto id : dangling_in(connection, home.principal.id))
            changes.remove.push_back(id);
    changes.add.reserve(missing.size());
    for (auto& [id, each] : missing) changes.add.push_back(std::move(each));
    changes.offer_again = std::move(not_shared);
    return changes;
}

void mend_bindings(Database& db, PrincipalId home) {
    (void)changing_home(db, home, [&](Connection& connection) {
        const auto now = read_in_transaction(connection, home);
        const auto changes = binding_changes(connection, *now, db.inner().settings.max_shared);
        if (changes.empty()) return Changed::exists;  // somebody else was faster
        for (const auto binding : changes.remove) drop_collection(connection, home, binding);
        for (const auto& shared : changes.add) bind(connection, home, shared);
        ArrayText again;
        for (const auto target : changes.offer_again) again.add(target.value);
        connection.run(offer_again_sql, home, again);
        return Changed::done;
    });
}

void add_readers(Connection& connection, PrincipalId home, CollectionId collection,
                 Audience& audience) {
    const auto rows = connection.run(readers_sql, home, collection, Audience::most + 1);
    audience.everybody =
        audience.everybody || static_cast<std::size_t>(rows.rows()) > Audience::most;
    for (int row = 0; row < rows.rows(); ++row)
        audience.principals.push_back({rows.number(row, 0)});
}

void refuse_shares(Connection& connection, PrincipalId home, CollectionId collection) {
    connection.run(refuse_shares_sql, home, collection);
}

bool keep_what_is_bound(Connection& connection, PrincipalId home, CollectionId collection) {
    for (;;) {
        const auto found = connection.run(bound_elsewhere_sql, home, collection);
        if (found.empty()) return true;
        const CollectionId kept{found.number(0, 0)};
        const CollectionId binding{found.number(0, 1)};
        const CollectionId parent{found.number(0, 2)};
        bury_member(connection, home, kept);
        connection.run(delete_binding_sql, home, binding);
        const auto modseq = move_modseq(connection, home, parent);
        connection.run(move_to_binding_sql, home, kept, parent, found.string(0, 3), modseq);
        make_decisions_stale(connection, home);  // it inherits from other collections now
        if (kept == collection) return false;
    }
}

}  // namespace kalends::store
