#pragma once
// The bindings in a home that nobody made by hand: one for each calendar and address book that
// others share with its principal. They are compared with the access control entries whenever a
// home is read into memory, and mended in a transaction of that home: so whoever changes access
// only has to end what is in memory of those that it concerns.

#include "store/groups_private.hpp"
#include "store/home.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace kalends::store {

/// A calendar or address book of somebody else's.
struct SharedCollection {
    BindingTarget target;
    CollectionKind kind = CollectionKind::calendar;
    std::string owner;  ///< login
    std::string name;   ///< in the owner's home
};

/// What the bindings of a home lack.
struct BindingChanges {
    std::vector<SharedCollection> add;
    std::vector<CollectionId> remove;       ///< the bindings that stand for nothing any more
    std::vector<CollectionId> offer_again;  ///< targets that were refused, and are not shared now

    [[nodiscard]] bool empty() const {
        return add.empty() && remove.empty() && offer_again.empty();
    }
};

/// Compares what is shared with a principal, the `most` oldest, with the bindings in `home`.
BindingChanges binding_changes(Connection& connection, const Home& home, std::size_t most);

/// Makes them so in a transaction of the home.
void mend_bindings(Database& db, PrincipalId home);

/// Adds the homes that have bindings to the collection, or to what is below it.
void add_readers(Connection& connection, PrincipalId home, CollectionId collection,
                 Audience& audience);

/// What others share, and the collection is a binding to, or holds one, is not bound again until it
/// was not shared for a time.
void refuse_shares(Connection& connection, PrincipalId home, CollectionId collection);

/// Moves the collection, and what is below it, to where they have another binding in the home, each
/// that has one. Whether the collection itself is still at its place.
bool keep_what_is_bound(Connection& connection, PrincipalId home, CollectionId collection);

}  // namespace kalends::store
