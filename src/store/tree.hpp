#pragma once
// Moving, copying and binding what is in the tree of a home. RFC 4918 9.8, 9.9, RFC 5842. Each
// function is one transaction of the home that is written to.

#include "store/collections.hpp"
#include "store/objects.hpp"

#include <optional>
#include <string>

namespace kalends::store {

/// What has to go first, where something is at the destination. RFC 4918 9.8.4.
struct Replaced {
    std::optional<CollectionId> collection;  ///< with all that is in it
    bool object = false;                     ///< an object of the new name
};

struct MoveObject {
    PrincipalId home;
    CollectionId from;
    std::int64_t from_acl_seq = 0;
    std::string name;
    CollectionId to;
    std::int64_t to_acl_seq = 0;
    std::string new_name;
    bool overwrite = true;        ///< else `precondition_failed` where an object has the new name
    Preconditions preconditions;  ///< of what is moved
    std::optional<CollectionId> in_place_of = std::nullopt;  ///< as that of PutObject
};

/// Within one home; the object keeps its id, properties and access control. `created` or
/// `replaced`, or why not: as put().
WriteOutcome move_object(Database& db, const MoveObject& wanted);

struct MoveCollection {
    PrincipalId home;
    CollectionId collection;
    std::int64_t acl_seq = 0;
    std::optional<std::int64_t> modseq = std::nullopt;  ///< as that of delete_collection()
    CollectionId to;  ///< the new parent, in the same home; not below `collection`
    std::string new_name;
    Replaced replaced;
};
Changed move_collection(Database& db, const MoveCollection& wanted);

struct CopyCollection {
    HomePtr from;  ///< the home of `collection`
    CollectionId collection;
    bool deep = true;  ///< with all that is in it; else with its properties alone
    PrincipalId home;
    CollectionId to;  ///< the parent of the copy
    std::int64_t to_acl_seq = 0;
    std::string new_name;
    Replaced replaced;
    std::int64_t quota = 0;  ///< bytes that the home may hold after it; 0: no limit
};

/// Objects and properties are copied; access control, locks and bindings to other homes are not.
/// `no_room`: the quota.
Changed copy_collection(Database& db, const CopyCollection& wanted);

struct BindCollection {
    BindingTarget target;  ///< a calendar, address book or folder, of this or another home
    PrincipalId home;
    CollectionId to;  ///< the parent of the binding
    std::int64_t to_acl_seq = 0;
    std::string new_name;
    Replaced replaced;
};
Changed bind_collection(Database& db, const BindCollection& wanted);

}  // namespace kalends::store
