#pragma once
// Principals and their credentials as rows. What they mean is in the rooms directory and auth.

#include "store/collections.hpp"
#include "store/database.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace kalends::store {

struct NewPrincipal {
    PrincipalKind kind = PrincipalKind::user;
    std::string login;
    std::string display_name;
    std::vector<std::string> addresses;
    bool administrator = false;
    std::string password_hash;  ///< empty: none
    std::vector<NewCollection>
        collections;  ///< made in the same transaction; their `home` is ignored
};

/// Nothing if the login, or one of the addresses, is taken.
std::optional<PrincipalId> create_principal(Database& db, const NewPrincipal& principal);

/// Up to `limit` principals of that kind with a login above `after`, by login.
std::vector<Principal> list_principals(Database& db, PrincipalKind kind, const std::string& after,
                                       std::size_t limit);

/// A text that a principal is looked for by.
struct PrincipalTerm {
    /// A name that is not set is the login. The type is that of RFC 5545 3.2.3: "ROOM".
    enum class In { nowhere, name, address, login, anywhere, calendar_user_type };
    enum class How { contains, starts_with, ends_with, equals };
    In in = In::anywhere;
    How how = How::contains;
    std::string text;
};
struct PrincipalSearch {
    std::vector<PrincipalKind> kinds;
    std::vector<PrincipalTerm> terms;
    bool any_of = false;     ///< one term suffices
    std::string after = {};  ///< only those with a login above this, to go on
};

/// Up to `limit` principals that match and are not disabled, by login. Letters match in either
/// case, as far as the database's locale knows them.
std::vector<Principal> search_principals(Database& db, const PrincipalSearch& search,
                                         std::size_t limit);

/// Principal ids for addresses: for invitations and searches. Lower case, without "mailto:".
std::optional<PrincipalId> principal_of_address(Database& db, const std::string& address);

/// The stored hash; nothing if there is none (then no password is right).
std::optional<std::string> password_hash(Database& db, PrincipalId principal);

/// Each ends what is remembered of the principal's login, on all nodes. False: there is no such
/// principal.
bool set_password_hash(Database& db, PrincipalId principal, const std::string& hash);
bool set_disabled(Database& db, PrincipalId principal, bool disabled);

/// What an operator changes of an account; what is not said stays.
struct PrincipalChange {
    std::optional<std::string> display_name = std::nullopt;
    std::optional<std::vector<std::string>> addresses = std::nullopt;  ///< the preferred one first
    std::optional<std::string> locale = std::nullopt;
    std::optional<std::string> time_zone = std::nullopt;
    std::optional<bool> administrator = std::nullopt;  ///< ends what is remembered of its logins
};

/// False: there is no such principal, or one of the addresses is another's; nothing is changed
/// then.
bool change_principal(Database& db, PrincipalId principal, const PrincipalChange& change);

/// A picture; empty: none.
std::string photo(Database& db, PrincipalId principal);

/// Deletes the principal with all that it owns.
bool delete_principal(Database& db, PrincipalId principal);

}  // namespace kalends::store
