#pragma once
// Privileges of RFC 3744, RFC 4791 and RFC 6638 as bits, with their tree of aggregates.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace kalends::access {

using Privileges = std::uint64_t;

enum Privilege : Privileges {
    read = 1U << 0,                             // RFC 3744 3.1
    write_properties = 1U << 1,                 // 3.3
    write_content = 1U << 2,                    // 3.4
    bind = 1U << 3,                             // 3.9
    unbind = 1U << 4,                           // 3.10
    unlock = 1U << 5,                           // 3.5
    read_acl = 1U << 6,                         // 3.6
    read_current_user_privilege_set = 1U << 7,  // 3.7
    write_acl = 1U << 8,                        // 3.8
    read_free_busy = 1U << 9,                   // RFC 4791 6.1.1: also in read
    schedule_deliver_invite = 1U << 10,         // RFC 6638 6.1.2
    schedule_deliver_reply = 1U << 11,          // 6.1.3
    schedule_query_freebusy = 1U << 12,         // 6.1.4
    schedule_send_invite = 1U << 13,            // 6.2.2
    schedule_send_reply = 1U << 14,             // 6.2.3
    schedule_send_freebusy = 1U << 15,          // 6.2.4
    share = 1U << 16,                           // no RFC; sabre/dav has it too
};

inline constexpr Privileges none = 0;
inline constexpr Privileges write = write_properties | write_content | bind | unbind;
inline constexpr Privileges read_all =
    read | read_free_busy | read_acl | read_current_user_privilege_set;
inline constexpr Privileges schedule_deliver =
    schedule_deliver_invite | schedule_deliver_reply | schedule_query_freebusy;
inline constexpr Privileges schedule_send =
    schedule_send_invite | schedule_send_reply | schedule_send_freebusy;
inline constexpr Privileges all =
    read_all | write | unlock | write_acl | share | schedule_deliver | schedule_send;

/// Where a privilege exists; elsewhere it is ignored (RFC 6638 6.1, 6.2).
enum class Place { anywhere, collection, inbox, outbox };

/// One row of the tree that supported-privilege-set shows; children follow their parent.
struct PrivilegeRow {
    std::string_view ns;
    std::string_view name;
    std::string_view description;
    Privileges bits;  ///< with all below it
    unsigned depth;   ///< 0: DAV:all
    Place place = Place::anywhere;

    /// Whether resources of that place have it.
    [[nodiscard]] bool is_on(Place other) const {
        return place == Place::anywhere || place == other;
    }
};
std::span<const PrivilegeRow> privilege_tree();

/// nullptr if there is no such privilege.
const PrivilegeRow* privilege_named(std::string_view ns, std::string_view name);

/// "read, write-properties": the names of all that are whole in `privileges`, aggregates for their
/// parts; "nothing" of none.
std::string words_of(Privileges privileges);

}  // namespace kalends::access
