#include "access/privilege.hpp"

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
};
// clang-format on

}  // namespace

std::span<const PrivilegeRow> privilege_tree() { return tree; }

}  // namespace kalends::access
