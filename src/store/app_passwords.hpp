#pragma once
// App passwords as rows. What they are is in auth/app_password.hpp.

#include "store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kalends::store {

inline constexpr std::size_t max_app_passwords = 100;  ///< of one principal

struct AppPassword {
    std::string id;
    std::string name;  ///< of the device, for people
    bool read_only = false;
    std::int64_t created = 0;    ///< seconds since 1970
    std::int64_t last_used = 0;  ///< 0: never; exact to some minutes
    std::string last_peer = {};  ///< the address from which
};

struct StoredAppPassword {
    PrincipalId principal;
    std::string hash;
    bool read_only = false;
};

/// False: there is no such principal, or it has max_app_passwords.
bool add_app_password(Database& db, PrincipalId principal, const AppPassword& password,
                      const std::string& hash);

std::optional<StoredAppPassword> find_app_password(Database& db, const std::string& id);
/// False: it is gone.
bool app_password_used(Database& db, const std::string& id, const std::string& peer);

/// In the order of being made, then by name.
std::vector<AppPassword> list_app_passwords(Database& db, PrincipalId principal);

/// Ends what is remembered of the principal's logins, on all nodes. False: it has none of that id.
bool revoke_app_password(Database& db, PrincipalId principal, const std::string& id);

}  // namespace kalends::store
