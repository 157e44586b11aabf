#include "directory/ldap/profile.hpp"

#include "base/text.hpp"

#include <algorithm>

namespace kalends::directory::ldap {
namespace {

using When = DisabledRule::When;

/// inetOrgPerson (RFC 2798), groupOfNames (RFC 4519), posixGroup (RFC 2307).
Mapping openldap() {
    return {
        .user_filter = "(objectClass=inetOrgPerson)",
        .group_filter =
            "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup))",
        .room_filter = "",
        .resource_filter = "",
        .login_attributes = {"uid"},
        .group_login_attribute = "cn",
        .uuid_attribute = "entryUUID",
        .name_attributes = {"displayName", "cn"},
        .mail_attributes = {"mail", "mailLocalAddress"},
        .member_attributes = {"member", "uniqueMember", "memberUid"},
        .locale_attribute = "preferredLanguage",
        .time_zone_attribute = "",
        .photo_attribute = "jpegPhoto",
        .changed_attribute = "modifyTimestamp",
        .disabled = {{"pwdAccountLockedTime", When::locked_for_good},
                     {"shadowExpire", When::day_is_past}}};
}

/// FreeIPA, and the 389 Directory Server that is in it. The groups that it makes for each user by
/// itself are of nobody's interest.
Mapping freeipa() {
    auto mapping = openldap();
    mapping.user_filter = "(&(objectClass=inetOrgPerson)(!(nsTombstone=*)))";
    mapping.group_filter = "(&(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)"
                           "(objectClass=posixGroup))(!(objectClass=mepManagedEntry)))";
    mapping.uuid_attribute = "nsUniqueId";
    mapping.disabled = {{"nsAccountLock", When::is_true},
                        {"krbPrincipalExpiration", When::time_is_past},
                        {"shadowExpire", When::day_is_past}};
    return mapping;
}

/// Active Directory, and Samba as one.
Mapping active_directory() {
    return {.user_filter = "(&(objectCategory=person)(objectClass=user))",
            .group_filter = "(objectClass=group)",
            .room_filter = "",
            .resource_filter = "",
            .login_attributes = {"sAMAccountName", "userPrincipalName"},
            .group_login_attribute = "sAMAccountName",
            .uuid_attribute = "objectGUID",
            .name_attributes = {"displayName", "cn"},
            .mail_attributes = {"mail", "proxyAddresses"},
            .member_attributes = {"member"},
            .locale_attribute = "preferredLanguage",
            .time_zone_attribute = "",
            .photo_attribute = "thumbnailPhoto",
            .changed_attribute = "whenChanged",
            .disabled = {{"userAccountControl", When::bit_two},
                         {"accountExpires", When::filetime_is_past}}};
}

}  // namespace

std::optional<Mapping> profile(std::string_view name) {
    if (name == "openldap") return openldap();
    if (name == "freeipa") return freeipa();
    if (name == "ad") return active_directory();
    return std::nullopt;
}

std::vector<std::string> attributes_of(const Mapping& mapping) {
    std::vector<std::string> all;
    const auto add = [&all](const std::string& name) {
        const bool known =
            std::ranges::any_of(all, [&](const auto& each) { return text::iequals(each, name); });
        if (!name.empty() && !known) all.push_back(name);
    };
    for (const auto* names : {&mapping.login_attributes, &mapping.name_attributes,
                              &mapping.mail_attributes, &mapping.member_attributes})
        for (const auto& name : *names) add(name);
    for (const auto* name :
         {&mapping.group_login_attribute, &mapping.uuid_attribute, &mapping.locale_attribute,
          &mapping.time_zone_attribute, &mapping.changed_attribute})
        add(*name);
    for (const auto& rule : mapping.disabled) add(rule.attribute);
    return all;
}

}  // namespace kalends::directory::ldap
