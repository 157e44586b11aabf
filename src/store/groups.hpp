#pragma once
// Groups and their members, and the groups of those who act for somebody (calendarserver
// caldav-proxy 3). Groups may be in groups, and even in each other.

#include "store/database.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace kalends::store {

/// What it takes to call a principal. Of a proxy group: login and kind of whom it acts for.
struct PrincipalName {
    PrincipalId id;
    PrincipalKind kind = PrincipalKind::user;
    std::string login;
    PrincipalKind owner_kind = PrincipalKind::user;  ///< of a proxy group; else `kind`
};

/// How far to look.
enum class Reach { direct, nested };

/// The most that the functions below give.
inline constexpr std::size_t max_listed = 10'000;

/// Who is in the group; by kind and login.
std::vector<PrincipalName> members_of(Database& db, PrincipalId group, Reach reach);

/// The groups, also those of proxies, that the principal is in.
std::vector<PrincipalName> groups_of(Database& db, PrincipalId member, Reach reach);

/// Those who may read and write everything.
std::vector<PrincipalName> administrators(Database& db);

/// Each ends what all nodes have in memory. What is no principal any more is left out. False: there
/// is no such group.
bool set_members(Database& db, PrincipalId group, const std::vector<PrincipalId>& members);
bool add_members(Database& db, PrincipalId group, const std::vector<PrincipalId>& members);
bool remove_members(Database& db, PrincipalId group, const std::vector<PrincipalId>& members);

/// The group of those who may read, or write, for `owner`: made if it is not there. Nothing if the
/// owner is gone, or a group.
std::optional<PrincipalId> proxy_group(Database& db, PrincipalId owner, PrincipalKind which);

}  // namespace kalends::store
