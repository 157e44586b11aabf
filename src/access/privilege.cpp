#include "access/privilege.hpp"

#include <algorithm>
#include <array>

namespace kalends::access {
namespace {

constexpr std::string_view dav = "DAV:";
constexpr std::string_view caldav = "urn:ietf:params:xml:ns:caldav";

// clang-format off
constexpr std::array tree{
    PrivilegeRow{dav,    "all",                             "Everything",                              all,                             0},
    PrivilegeRow{dav,    "read",                            "Read contents and properties",            read | read_free_busy,           1},
    PrivilegeRow{caldav, "read-free-busy",                  "See when somebody is busy",               read_free_busy,                  2},
    PrivilegeRow{dav,    "write",                           "Change, add and remove",                  write,                           1},
    PrivilegeRow{dav,    "write-properties",                "Change properties",                       write_properties,                2},
    PrivilegeRow{dav,    "write-content",                   "Change what is there",                    write_content,                   2},
    PrivilegeRow{dav,    "bind",                            "Add members",                             bind,                            2},
    PrivilegeRow{dav,    "unbind",                          "Remove members",                          unbind,                          2},
    PrivilegeRow{dav,    "unlock",                          "Remove somebody else's lock",             unlock,                          1},
    PrivilegeRow{dav,    "read-acl",                        "Read access control",                     read_acl,                        1},
    PrivilegeRow{dav,    "read-current-user-privilege-set", "Read one's own privileges",               read_current_user_privilege_set, 1},
    PrivilegeRow{dav,    "write-acl",                       "Change access control",                   write_acl,                       1},
    PrivilegeRow{dav,    "share",                           "Share with others",                       share,                           1, Place::collection},
    PrivilegeRow{caldav, "schedule-deliver",                "Deliver scheduling messages",             schedule_deliver,                1, Place::inbox},
    PrivilegeRow{caldav, "schedule-deliver-invite",         "Deliver messages of organizers",          schedule_deliver_invite,         2, Place::inbox},
    PrivilegeRow{caldav, "schedule-deliver-reply",          "Deliver messages of attendees",           schedule_deliver_reply,          2, Place::inbox},
    PrivilegeRow{caldav, "schedule-query-freebusy",         "Ask when somebody is busy",               schedule_query_freebusy,         2, Place::inbox},
    PrivilegeRow{caldav, "schedule-send",                   "Send scheduling messages for the owner",  schedule_send,                   1, Place::outbox},
    PrivilegeRow{caldav, "schedule-send-invite",            "Send messages as an organizer",           schedule_send_invite,            2, Place::outbox},
    PrivilegeRow{caldav, "schedule-send-reply",             "Send messages as an attendee",            schedule_send_reply,             2, Place::outbox},
    PrivilegeRow{caldav, "schedule-send-freebusy",          "Send requests for busy times",            schedule_send_freebusy,          2, Place::outbox},
};
// clang-format on

}  // namespace

std::span<const PrivilegeRow> privilege_tree() { return tree; }

const PrivilegeRow* privilege_named(std::string_view ns, std::string_view name) {
    const auto row = std::ranges::find_if(
        tree, [&](const PrivilegeRow& known) { return known.name == name && known.ns == ns; });
    return row == tree.end() ? nullptr : &*row;
}

std::string words_of(Privileges privileges) {
    std::string words;
    Privileges said = none;
    for (const auto& row : tree) {
        if ((privileges & row.bits) != row.bits || (row.bits & ~said) == none) continue;
        said |= row.bits;
        words.append(words.empty() ? "" : ", ").append(row.name);
    }
    return words.empty() ? "nothing" : words;
}

}  // namespace kalends::access
