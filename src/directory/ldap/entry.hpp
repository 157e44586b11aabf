#pragma once
// From an entry's attributes to a person, group, room or resource. Pure.

#include "directory/ldap/profile.hpp"
#include "store/home.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace kalends::directory::ldap {

/// An entry as a server gives it.
struct Entry {
    std::string dn;
    std::vector<std::pair<std::string, std::vector<std::string>>> attributes;

    /// Of an attribute; its name in any case, options (";lang-de") count.
    [[nodiscard]] const std::vector<std::string>& values(std::string_view name) const;
    /// The first value; empty if there is none.
    [[nodiscard]] std::string_view first(std::string_view name) const;
};

/// Somebody, or something, that stands in the directory.
struct Found {
    store::PrincipalKind kind = store::PrincipalKind::user;
    std::string uuid;  ///< in the form of RFC 9562
    std::string dn;
    std::string login;  ///< canonical
    std::string display_name;
    std::vector<std::string> addresses;  ///< canonical, the preferred one first
    std::string locale;                  ///< "de-CH"; may be empty
    std::string time_zone;               ///< likewise
    std::string changed;                 ///< when, in the server's words
    std::string disabled;                ///< why nobody may log in; empty: one may
    std::vector<std::string> member_dns;
    std::vector<std::string> member_logins;  ///< canonical
    std::vector<std::string> remarks;        ///< what was left out, in sentences
};

/// Or why the entry is no use, in a sentence.
struct Reading {
    bool usable = false;
    Found found;
    std::string why_not;
};

/// `now` decides what has expired.
Reading read_entry(const Entry& entry, const Mapping& mapping, store::PrincipalKind kind,
                   std::chrono::system_clock::time_point now);

/// An identifier in the form of RFC 9562: entryUUID as it is, objectGUID (16 bytes, the first parts
/// little-endian), nsUniqueId, or any other text by its digest. Empty for an empty value.
std::string uuid_from(std::string_view attribute, const std::string& value);

}  // namespace kalends::directory::ldap
