#pragma once
// A home as the cache holds it: a principal and its collections, immutable and shared. What clients
// poll most (ctag, sync-token, names, properties) is in here, so that it needs no database.

#include "access/decide.hpp"
#include "store/ids.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::store {

/// proxy_read and proxy_write: the groups of those who may read or write for a user (calendarserver
/// caldav-proxy 3).
enum class PrincipalKind { user, group, resource, location, proxy_read, proxy_write };

/// Those that stand in the directory by themselves.
inline constexpr std::array directory_kinds{PrincipalKind::user, PrincipalKind::group,
                                            PrincipalKind::resource, PrincipalKind::location};

struct Principal {
    PrincipalId id;
    std::string uuid;
    PrincipalKind kind = PrincipalKind::user;
    std::string login;                   ///< canonical (RFC 8265 UsernameCaseMapped)
    std::string display_name;            ///< empty: none was given
    std::vector<std::string> addresses;  ///< "jane@example.com", the preferred one first
    std::vector<PrincipalId> groups;     ///< all that it is in, through other groups too
    PrincipalId proxy_read;              ///< of a user: the group of kind proxy_read; 0: nobody is
    PrincipalId proxy_write;             ///< likewise
    PrincipalId owner;                   ///< of a proxy group: for whom it acts; else 0
    std::string locale = {};             ///< preferred language, RFC 5646; empty: not known
    std::string time_zone = {};          ///< its name; empty: not known
    bool disabled = false;
    bool administrator = false;  ///< may read and write everything
    std::int64_t credential_seq =
        0;  ///< counts changes of password, state and rights: ends remembered logins

    /// What people call it.
    [[nodiscard]] const std::string& shown_name() const {
        return display_name.empty() ? login : display_name;
    }
};

/// The three homes are the roots of a principal's tree. A binding stands for a collection that is
/// somewhere else (RFC 5842). Inbox and outbox are in the calendar home of all who can be invited
/// (RFC 6638 2.1, 2.2). The numbers are stored.
enum class CollectionKind {
    calendar,
    addressbook,
    folder,
    calendar_home,
    addressbook_home,
    file_home,
    binding,
    inbox,
    outbox
};
inline constexpr std::array home_kinds{CollectionKind::calendar_home,
                                       CollectionKind::addressbook_home, CollectionKind::file_home};
constexpr bool is_home(CollectionKind kind) {
    return kind >= CollectionKind::calendar_home && kind <= CollectionKind::file_home;
}
/// Those that everybody has one of, and that clients can't make or remove.
constexpr bool is_for_scheduling(CollectionKind kind) {
    return kind == CollectionKind::inbox || kind == CollectionKind::outbox;
}

/// A property that a client may write, of a collection or an object; `text` is what stands in it as
/// plain text.
struct StoredProperty {
    std::string ns;
    std::string local;
    std::string xml;  ///< the whole element, standing on its own
    std::string text;
};

/// Component types that a calendar holds, as bits. RFC 4791 5.2.3.
enum Component : unsigned { vevent = 1, vtodo = 2, vjournal = 4, vfreebusy = 8 };
inline constexpr unsigned all_components = vevent | vtodo | vjournal | vfreebusy;

struct ComponentName {
    std::string_view name;
    Component bit;
};
inline constexpr std::array component_names{
    ComponentName{"VEVENT", vevent}, ComponentName{"VTODO", vtodo},
    ComponentName{"VJOURNAL", vjournal}, ComponentName{"VFREEBUSY", vfreebusy}};

/// 0 for one that no calendar holds.
unsigned component_bit(std::string_view name);

/// What a binding stands for.
struct BindingTarget {
    PrincipalId home;
    CollectionId collection;
    bool automatic = false;  ///< made because somebody shared it; goes when that ends
    friend bool operator==(const BindingTarget&, const BindingTarget&) = default;
};

struct Collection {
    CollectionId id;
    PrincipalId home;
    CollectionId parent;  ///< 0: one of the home's roots
    CollectionKind kind = CollectionKind::calendar;
    std::string name;  ///< its path segment, decoded
    std::string uuid;
    unsigned components = 0;              ///< of a calendar: bits of Component
    std::optional<BindingTarget> target;  ///< of a binding
    std::int64_t member_modseq =
        0;                    ///< the parent's modseq when it became a member, or changed as one
    std::int64_t modseq = 0;  ///< grows with each change in it: ctag and sync-token
    std::int64_t sync_floor = 0;  ///< tombstones below are gone: older tokens are refused
    std::int64_t acl_seq =
        0;  ///< grows with each change of the access control and the locks that hold for it
    std::int64_t object_count = 0;
    std::int64_t bytes = 0;  ///< of all objects
    std::chrono::sys_seconds created{};
    std::chrono::sys_seconds modified{};
    std::vector<StoredProperty> properties;
    std::vector<access::Ace> aces;
    std::map<std::string, std::vector<access::Ace>, std::less<>>
        object_aces;  ///< of objects that have entries of their own, by name

    /// nullptr if it is not set.
    [[nodiscard]] const StoredProperty* property(std::string_view ns, std::string_view local) const;
};

using CollectionPtr = std::shared_ptr<const Collection>;

/// A write lock. RFC 4918 6.
struct Lock {
    std::string token;        ///< a UUID
    CollectionId collection;  ///< that is locked, or in which the object is
    std::string name;         ///< of the object; empty: the collection itself
    bool exclusive = true;    ///< else shared
    bool deep = false;        ///< depth infinity: all below is locked too
    PrincipalId principal;    ///< who locked it
    std::string owner;        ///< the content of DAV:owner: XML that stands on its own
    std::string root;         ///< path under which it was locked
    std::chrono::seconds timeout{};
    std::chrono::sys_seconds expires{};
};

struct Home {
    Principal principal;
    std::int64_t modseq =
        0;  ///< grows when a collection is made, changed in its properties, or deleted
    std::array<CollectionPtr, home_kinds.size()> roots;  ///< in the order of home_kinds
    std::vector<CollectionPtr> collections;              ///< all others, by parent and name
    std::vector<std::uint32_t> by_id;                    ///< places in `collections`
    std::vector<Lock> locks;                             ///< some may have expired

    [[nodiscard]] const CollectionPtr& root(CollectionKind home_kind) const;

    /// nullptr if there is none of that name in `parent`.
    [[nodiscard]] CollectionPtr child(CollectionId parent, std::string_view name) const;
    /// By name.
    [[nodiscard]] std::span<const CollectionPtr> children(CollectionId parent) const;

    /// The calendar or address book of that name directly in its home; nullptr if there is none.
    [[nodiscard]] CollectionPtr find(CollectionKind kind, std::string_view name) const;
    [[nodiscard]] CollectionPtr find(CollectionId id) const;

    /// The one inbox or outbox; nullptr for groups and the like, which have none.
    [[nodiscard]] CollectionPtr scheduling(CollectionKind which) const;

    /// How many there are beside the roots, inbox and outbox; what others share is not counted.
    [[nodiscard]] std::size_t own_collections() const;

    /// Whether `collection` is `top`, or in it at any depth.
    [[nodiscard]] bool is_in(CollectionId collection, CollectionId top) const;

    /// Sorts `collections`, and makes `by_id`; before anything is looked for.
    void arrange();
};

/// The home in which collections of that kind are made: of a folder, the file home.
constexpr CollectionKind home_of(CollectionKind kind) {
    if (is_home(kind)) return kind;
    return kind == CollectionKind::calendar || is_for_scheduling(kind)
               ? CollectionKind::calendar_home
           : kind == CollectionKind::addressbook ? CollectionKind::addressbook_home
                                                 : CollectionKind::file_home;
}

using HomePtr = std::shared_ptr<const Home>;

}  // namespace kalends::store
