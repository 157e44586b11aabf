#pragma once
// What must change here so that it is as the directory says: decided in memory, without either.
// Which source wins stands here: decision 0010.

#include "directory/ldap/contents.hpp"
#include "store/directory_sync.hpp"

#include <optional>
#include <string>
#include <vector>

namespace kalends::directory::ldap {

struct Plan {
    store::DirectoryChanges changes;
    std::vector<std::string> done;     ///< what happens, in sentences; what nobody sees is left out
    std::vector<std::string> skipped;  ///< what the directory has and we don't take, and why
    std::size_t made = 0, changed = 0, gone = 0;
};

/// An account belongs to the source that made it, and is matched by its uuid. What is taken stays
/// with who has it: a local account, else who had it first. Only with `complete` is what is not
/// there gone.
Plan plan_changes(const Contents& contents, const store::KnownPrincipals& known, bool complete);

/// Takes back from the plan that those of a kind are gone of which none is left, or of which more
/// than ten and more than `percent` are missing: nobody loses anything by an answer that can't be
/// true. Why, in sentences; empty: all of it is credible.
std::string hold_what_is_not_credible(Plan& plan, const store::KnownPrincipals& known,
                                      unsigned percent);

struct MembershipPlan {
    std::vector<store::Membership> add;
    std::vector<store::Membership> remove;
    std::size_t unknown = 0;  ///< members that are nobody here
};

/// After `known` has all that are in `found`. Members by DN or by login; groups in groups stay so.
MembershipPlan plan_memberships(const std::vector<Found>& found,
                                const store::KnownPrincipals& known,
                                std::vector<store::Membership> current);

}  // namespace kalends::directory::ldap
