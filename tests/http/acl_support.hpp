#pragma once
// Bodies of ACL requests, and groups, for the tests of access control.

#include "store/groups.hpp"
#include "store/principals.hpp"
#include "support/test_server.hpp"

#include <string>
#include <vector>

namespace kalends::test {

/// `<D:principal><D:href>…` of a path, or the element of a word: "D:all".
inline std::string principal_xml(const std::string& who) {
    const auto inner = who[0] == '/' ? "<D:href>" + who + "</D:href>" : elements(who);
    return "<D:principal>" + inner + "</D:principal>";
}

/// A DAV:ace. `verdict`: "grant" or "deny"; `privileges`: "D:read D:write".
inline std::string ace(const std::string& who, const std::string& privileges,
                       const std::string& verdict = "grant") {
    std::string inner;
    for (std::size_t at = 0; at < privileges.size();) {
        const auto end = std::min(privileges.find(' ', at), privileges.size());
        inner += "<D:privilege>" + elements(privileges.substr(at, end - at)) + "</D:privilege>";
        at = end + 1;
    }
    return "<D:ace>" + principal_xml(who) + "<D:" + verdict + ">" + inner + "</D:" + verdict +
           "></D:ace>";
}

inline Reply set_acl(User& user, const std::string& path, const std::string& aces) {
    return user.request("ACL", path, xml_body("D:acl", aces),
                        {{"Content-Type", "application/xml"}});
}

/// A new group with these members (logins); one of that login is deleted first.
inline store::PrincipalId make_group(store::Database& db, const std::string& login,
                                     const std::vector<std::string>& members) {
    if (const auto old = db.home(login)) store::delete_principal(db, old->principal.id);
    const auto group = store::create_principal(db, {.kind = store::PrincipalKind::group,
                                                    .login = login,
                                                    .display_name = "Group " + login,
                                                    .addresses = {},
                                                    .administrator = false,
                                                    .password_hash = {},
                                                    .collections = {}});
    std::vector<store::PrincipalId> ids;
    for (const auto& member : members) ids.push_back(db.home(member)->principal.id);
    store::set_members(db, group.value(), ids);
    return group.value();
}

inline std::string group_href(const std::string& login) {
    return "/dav/principals/groups/" + login + "/";
}

}  // namespace kalends::test
