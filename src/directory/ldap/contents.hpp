#pragma once
// All of a directory that is of interest: people, groups, rooms, resources.

#include "directory/ldap/servers.hpp"

#include <string>
#include <unordered_set>
#include <vector>

namespace kalends::directory::ldap {

struct Contents {
    std::vector<Found> all;
    std::vector<std::string> unusable;        ///< entries that can't be used, and why: sentences
    std::vector<std::string> unusable_uuids;  ///< of those that are not disabled: they are not gone
    std::size_t referrals = 0;                ///< to other servers; not followed
};

/// Reads it in pages; an entry that is a room and a person is a room. Throws DirectoryUnavailable,
/// and DirectoryRefused where only a part can be had.
Contents read_contents(Connection& connection, const Settings& settings);

/// What changes when anything in the directory does, where the server has something like it: the
/// contextCSN of OpenLDAP, the highestCommittedUSN of Active Directory. Else empty.
std::string change_marker(Connection& connection, const Settings& settings);

/// Uuids of people who have a photo. Throws as read_contents() does.
std::unordered_set<std::string> who_has_photo(Connection& connection, const Settings& settings);

/// Empty: there is none, or it is huge. Throws as read_contents() does.
std::string read_photo(Connection& connection, const Settings& settings, const std::string& dn);

/// Whether the server can tell of changes (RFC 4533).
bool offers_watching(Connection& connection, const Settings& settings);

}  // namespace kalends::directory::ldap
