#pragma once
// Making the principals here what the directory says.

#include "directory/ldap/plan.hpp"
#include "directory/ldap/servers.hpp"
#include "store/database.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kalends::directory::ldap {

struct SyncOptions {
    bool dry_run = false;         ///< only say what would be done
    bool accept_missing = false;  ///< however few there are, that is all
};

struct SyncReport {
    bool others_turn = false;                       ///< another server is at it: nothing was done
    std::size_t people = 0, groups = 0, rooms = 0;  ///< in the directory; rooms with resources
    Plan plan;
    std::string held;  ///< why nobody was disabled though some are missing; empty: it is credible
    std::size_t members_added = 0, members_removed = 0, members_unknown = 0, photos = 0;

    [[nodiscard]] bool changed_anything() const {
        return plan.made + plan.changed + plan.gone + members_added + members_removed != 0;
    }
};

/// Reads everything and writes what differs. Throws DirectoryUnavailable, DirectoryRefused (nothing
/// was changed then), store::Unavailable.
SyncReport synchronise(Connection& connection, const Settings& settings, store::Database& db,
                       SyncOptions options = {});

/// The principal of somebody who has logged in: made, or brought up to date. Nothing, with a
/// sentence in `why`: a local account is in the way.
std::optional<store::PrincipalId> adopt(store::Database& db, const Found& found, std::string& why);

}  // namespace kalends::directory::ldap
