#pragma once
// Principals that come from a directory (LDAP), as rows: what is known, and writing what differs.
// What the directory says, and which source wins, is in the room directory.

#include "store/collections.hpp"
#include "store/database.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kalends::store {

/// What a directory says of a user, group, resource or location.
struct DirectoryPrincipal {
    std::string uuid;
    PrincipalKind kind = PrincipalKind::user;
    std::string login;
    std::string display_name;
    std::vector<std::string> addresses;  ///< the preferred one first
    std::string locale;
    std::string time_zone;
    std::string stamp;    ///< when the entry was changed last
    bool closed = false;  ///< may not log in
};

struct KnownPrincipal {
    PrincipalId id;
    bool from_directory = false;
    bool disabled = false;  ///< by whomever
    bool gone = false;
    DirectoryPrincipal is;
};

struct KnownPrincipals {
    std::vector<KnownPrincipal> principals;  ///< local ones too
    std::vector<std::pair<std::string, PrincipalId>> former_logins;
};

KnownPrincipals known_principals(Database& db);

/// Only those that have something to do with it: its uuid, its login, one of its addresses.
KnownPrincipals principals_near(Database& db, const DirectoryPrincipal& one);

bool is_from_directory(Database& db, PrincipalId principal);

struct DirectoryChanges {
    std::vector<DirectoryPrincipal> make;
    std::vector<std::pair<PrincipalId, DirectoryPrincipal>> change;
    std::vector<PrincipalId> gone;
};

/// Writes them, some hundreds in a transaction: `make` with the collections of `home` (groups:
/// without). Of a changed login the former one stays an alias. Who is disabled or enabled by it, or
/// renamed, has to log in again. What was taken meanwhile is left out.
void write_changes(Database& db, const DirectoryChanges& changes,
                   const std::vector<NewCollection>& home);

/// In PostgreSQL's bounds; empty: none.
void set_photo(Database& db, PrincipalId principal, const std::string& photo);

/// Group and member, both from the directory: others were put there by an operator.
using Membership = std::pair<PrincipalId, PrincipalId>;
std::vector<Membership> directory_memberships(Database& db);
void change_memberships(Database& db, const std::vector<Membership>& add,
                        const std::vector<Membership>& remove);

/// The right to synchronise, which one node at a time has.
class SyncTurn {
public:
    virtual ~SyncTurn() = default;
    SyncTurn(const SyncTurn&) = delete;
    SyncTurn& operator=(const SyncTurn&) = delete;

protected:
    SyncTurn() = default;
};

/// nullptr: another has it.
std::unique_ptr<SyncTurn> take_sync_turn(Database& db);

}  // namespace kalends::store
