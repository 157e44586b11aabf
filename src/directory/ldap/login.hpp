#pragma once
// Logging in by the directory: search, then bind. `kalends ldap test` runs the same and shows the
// steps.

#include "directory/ldap/pool.hpp"

#include <functional>
#include <optional>
#include <string>

namespace kalends::directory::ldap {

struct LoginOutcome {
    enum class Kind {
        right,        ///< it is the password; of a search alone: somebody is there, and may log in
        unknown,      ///< nobody in the directory is called so
        wrong,        ///< the password is wrong, or the account is of no use
        unavailable,  ///< the directory can't be asked, or not by us
    };
    Kind kind = Kind::unknown;
    Found found;      ///< of `right`, and of `wrong` where it is known
    std::string why;  ///< for the log; without the password
};

/// Is given each step in a sentence.
using Trace = std::function<void(const std::string& step)>;

/// `login`: a login in canonical form, or an address. Without a password only who it is. Throws
/// nothing of the directory: that is in the outcome.
LoginOutcome log_in(Pool& pool, const std::string& login,
                    const std::optional<std::string>& password, const Trace& trace = {});

}  // namespace kalends::directory::ldap
