#pragma once
// People, groups, rooms: who is who, in the local tables. What fills these from LDAP is in ldap/.

#include "store/collections.hpp"
#include "store/principals.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::directory {

/// A name that can't be a login, an address that is none, or one that is taken: what() is a
/// sentence.
class InvalidAccount : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The canonical form of a login (RFC 8265 3.3 UsernameCaseMapped: NFC, lower case, no spaces or
/// controls); nothing if it can't be one. '/' is refused too.
std::optional<std::string> canonical_login(std::string_view login);

/// A mail address in lower case, as it is looked up; nothing if it is none. Only what must hold for
/// one to be told from another is asked.
std::optional<std::string> canonical_address(std::string_view address);

struct NewAccount {
    store::PrincipalKind kind = store::PrincipalKind::user;
    std::string login;
    std::string display_name;
    std::vector<std::string> addresses;
    std::string password;  ///< empty: cannot log in
    bool administrator = false;
};

/// Creates a user, resource or location with the default home: "calendar" (all components), "tasks"
/// (VTODO), "contacts"; a group has none of these.
/// Throws InvalidAccount.
store::PrincipalId create_user(store::Database& db, const NewAccount& account);

/// What a new home has: "calendar" (all components), "tasks" (VTODO), "contacts".
std::vector<store::NewCollection> default_home();

/// Throws InvalidAccount; nothing is changed then.
void change_user(store::Database& db, store::PrincipalId id, store::PrincipalChange change);

/// What must be made anew in a home that has no calendar for events, or no address book, left:
/// clients, and later invitations, need somewhere to put things.
std::vector<store::NewCollection> missing_defaults(const store::Home& home);

/// The home of a login in any form; nullptr if there is none.
store::HomePtr find(store::Database& db, std::string_view login);

/// The same for what somebody typed to log in: where it is no login, it may be one of their
/// addresses.
store::HomePtr find_for_login(store::Database& db, std::string_view typed);

/// The same for a name that somebody else vouches for, a token's or a certificate's: nobody is
/// found by a former login, which may be somebody else's there by now.
store::HomePtr find_by_current_name(store::Database& db, std::string_view name);

}  // namespace kalends::directory
