#pragma once
// Making, changing and deleting collections. Each function is one transaction and locks the home.

#include "store/database.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kalends::store {

struct NewCollection {
    PrincipalId home;
    CollectionId parent;  ///< 0: the root of the home for that kind (home_of())
    CollectionKind kind = CollectionKind::calendar;
    std::string name;
    unsigned components = 0;
    std::vector<StoredProperty> properties;
    std::optional<BindingTarget> target;  ///< of a binding
    std::optional<std::int64_t> parent_acl_seq =
        std::nullopt;  ///< on which the decision stands, where there was one: else `stale`
};

enum class Changed { done, exists, not_found, stale, no_room };

/// `exists`: the parent has a member of that name. The homes of calendars and of address books
/// count as one. `not_found`: there is no such home or parent.
Changed create_collection(Database& db, const NewCollection& collection);

/// Sets and removes properties, all or none. Names are (namespace, local name).
struct PropertyChanges {
    std::vector<StoredProperty> set;
    std::vector<std::pair<std::string, std::string>> remove;
};

/// Of another collection of the same home, which is changed with it. `acl_seq`: as for the first.
struct ChangesElsewhere {
    CollectionId collection;
    std::int64_t acl_seq = 0;
    PropertyChanges changes;
};

Changed change_properties(Database& db, PrincipalId home, CollectionId in, std::int64_t acl_seq,
                          const PropertyChanges& changes,
                          const std::vector<ChangesElsewhere>& elsewhere = {});

/// The same for one object of it. Moves the object's modseq (its properties are part of what a sync
/// gives).
Changed change_object_properties(Database& db, PrincipalId home, CollectionId in,
                                 std::int64_t acl_seq, const std::string& name,
                                 const PropertyChanges& changes);

/// Deletes it with all that is in it; of a binding, the binding. `stale` also where `modseq` is
/// given and is not its number any more.
Changed delete_collection(Database& db, PrincipalId home, CollectionId in, std::int64_t acl_seq,
                          std::optional<std::int64_t> modseq = std::nullopt);

}  // namespace kalends::store
