#pragma once
// The only place that decides who may do what: access control entries and a principal's groups in,
// privileges out. Pure. RFC 3744 5.5.

#include "access/privilege.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace kalends::access {

/// Who asks. Ids are those of the directory.
struct Subject {
    std::int64_t principal = 0;            ///< 0: nobody has logged in
    std::span<const std::int64_t> groups;  ///< all that it is in, through other groups too
    bool administrator = false;
};

/// `self`: the principal that the resource itself is. RFC 3744 5.5.1. The numbers are stored.
enum class Who {
    principal = 0,
    owner = 1,
    everybody = 2,
    authenticated = 3,
    unauthenticated = 4,
    self = 5
};

/// An access control entry. RFC 3744 5.5.
struct Ace {
    Who who = Who::principal;
    std::int64_t principal = 0;  ///< of Who::principal: its id
    bool deny = false;
    Privileges privileges = none;
    bool inverted = false;  ///< speaks of all but `who`, of those who have not logged in too
};

/// What `subject` may do on a resource of `owner` with these entries: its own, then those that it
/// inherits. The owner and administrators have all privileges by a protected entry that no other
/// can take away; entries are read in order, and the first that names a privilege for this subject
/// decides it. Whoever may read also may read-free-busy. `self`: the resource, if it is a
/// principal.
Privileges decide(const Subject& subject, std::int64_t owner, std::span<const Ace> aces,
                  std::int64_t self = 0);

}  // namespace kalends::access
