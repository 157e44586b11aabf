#pragma once
// How people, groups, rooms and resources look in a directory: filters and names of attributes. A
// profile is the usual answer of one kind of server; settings override single fields.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::directory::ldap {

/// Says of an attribute's value that the account may not be used.
struct DisabledRule {
    enum class When {
        is_true,           ///< TRUE, in any case: nsAccountLock
        locked_for_good,   ///< 000001010000Z: pwdAccountLockedTime; other times end by themselves
        bit_two,           ///< a number with the bit 2: userAccountControl
        day_is_past,       ///< a number of days since 1970: shadowExpire; negative: never
        time_is_past,      ///< a GeneralizedTime: krbPrincipalExpiration
        filetime_is_past,  ///< units of 100 ns since 1601: accountExpires; 0 and the largest: never
    };
    std::string attribute;
    When when = When::is_true;
};

struct Mapping {
    std::string user_filter;
    std::string group_filter;
    std::string room_filter;                     ///< empty: there are none
    std::string resource_filter;                 ///< likewise
    std::vector<std::string> login_attributes;   ///< the first is the login; people type any
    std::string group_login_attribute;           ///< of groups, and of rooms without a login
    std::string uuid_attribute;                  ///< what stays when everything else changes
    std::vector<std::string> name_attributes;    ///< the first that is there
    std::vector<std::string> mail_attributes;    ///< all values of all
    std::vector<std::string> member_attributes;  ///< of groups; of memberUid logins, else DNs
    std::string locale_attribute;
    std::string time_zone_attribute;
    std::string photo_attribute;
    std::string changed_attribute;  ///< when the entry was changed last
    std::vector<DisabledRule> disabled;
};

/// "openldap", "freeipa" (389 too), "ad"; nothing for another name.
std::optional<Mapping> profile(std::string_view name);

/// All attributes that are read, each once. The photo is not among them: it is read by itself.
std::vector<std::string> attributes_of(const Mapping& mapping);

}  // namespace kalends::directory::ldap
