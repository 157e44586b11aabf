#pragma once
// A home as the cache holds it: a principal and its collections, immutable and shared. What clients
// poll most (ctag, sync-token, names, properties) is in here, so that it needs no database.

#include "store/ids.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::store {

enum class PrincipalKind { user, group, resource, location };

struct Principal {
    PrincipalId id;
    std::string uuid;
    PrincipalKind kind = PrincipalKind::user;
    std::string login;                   ///< canonical (RFC 8265 UsernameCaseMapped)
    std::string display_name;            ///< empty: none was given
    std::vector<std::string> addresses;  ///< "jane@example.com", the preferred one first
    std::vector<PrincipalId> groups;     ///< all that it is in, through other groups too
    bool disabled = false;
    bool administrator = false;  ///< may read and write everything
    std::int64_t credential_seq =
        0;  ///< counts changes of password, state and rights: ends remembered logins
};

enum class CollectionKind { calendar, addressbook };

/// A property that a client may write, of a collection or an object; `text` is what stands in it as
/// plain text.
struct StoredProperty {
    std::string ns;
    std::string local;
    std::string xml;  ///< the whole element, standing on its own
    std::string text;
};

/// What stored access control knows of the subject of an entry. RFC 3744 5.5.1.
enum class AceSubject { principal, owner, all, authenticated, unauthenticated };

/// One stored access control entry, in order of evaluation. RFC 3744 5.5.
struct AceRow {
    AceSubject subject = AceSubject::principal;
    PrincipalId principal;  ///< when the subject is one
    bool deny = false;
    std::uint64_t privileges = 0;  ///< access::Privileges as bits
};

/// Component types that a calendar holds, as bits. RFC 4791 5.2.3.
enum Component : unsigned { vevent = 1, vtodo = 2, vjournal = 4, vfreebusy = 8 };
inline constexpr unsigned all_components = vevent | vtodo | vjournal | vfreebusy;

struct Collection {
    CollectionId id;
    PrincipalId home;
    CollectionKind kind = CollectionKind::calendar;
    std::string name;  ///< its path segment, decoded
    std::string uuid;
    unsigned components = 0;      ///< of a calendar: bits of Component
    std::int64_t modseq = 0;      ///< grows with each change in it: ctag and sync-token
    std::int64_t sync_floor = 0;  ///< tombstones below are gone: older tokens are refused
    std::int64_t acl_seq = 0;     ///< grows with each change of its access control
    std::int64_t object_count = 0;
    std::int64_t bytes = 0;  ///< of all objects
    std::chrono::sys_seconds created{};
    std::chrono::sys_seconds modified{};
    std::vector<StoredProperty> properties;
    std::vector<AceRow> aces;

    /// nullptr if it is not set.
    [[nodiscard]] const StoredProperty* property(std::string_view ns, std::string_view local) const;
};

using CollectionPtr = std::shared_ptr<const Collection>;

struct Home {
    Principal principal;
    std::int64_t modseq =
        0;  ///< grows when a collection is made, changed in its properties, or deleted
    std::vector<CollectionPtr> collections;  ///< by name

    /// nullptr if there is none of that name and kind.
    [[nodiscard]] CollectionPtr find(CollectionKind kind, std::string_view name) const;
    [[nodiscard]] CollectionPtr find(CollectionId id) const;
};

using HomePtr = std::shared_ptr<const Home>;

}  // namespace kalends::store
