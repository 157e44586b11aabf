// What settings of [ldap] say against each other.

#include "base/config_private.hpp"

#include <algorithm>

namespace kalends {
namespace {

/// Whether parentheses match: else a filter that is put into another one would change that.
bool is_filter(std::string_view text) {
    if (text.empty()) return true;
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')') --depth;
        if (depth <= 0) return depth == 0 && text.front() == '(' && i + 1 == text.size();
    }
    return false;
}

void check_uris(const LdapConfig& ldap, std::vector<std::string>& mistakes) {
    for (const auto& uri : ldap.uri) {
        const bool tls = uri.starts_with("ldaps://");
        const bool local = uri.starts_with("ldapi://");
        if (!tls && !local && !uri.starts_with("ldap://"))
            mistakes.push_back("ldap.uri: \"" + uri +
                               "\" does not begin with ldap://, ldaps:// or ldapi://");
        if (ldap.start_tls && (tls || local))
            mistakes.push_back("ldap.start_tls is for ldap:// only, and ldap.uri has " + uri +
                               (tls ? ", which is TLS already" : ", which is on this machine"));
        if (ldap.sasl_external && !local)
            mistakes.push_back("ldap.sasl_external is for ldapi:// only, and ldap.uri has " + uri);
    }
}

}  // namespace

std::vector<std::string> contradictions(const LdapConfig& ldap) {
    std::vector<std::string> mistakes;
    if (ldap.uri.empty()) return mistakes;
    check_uris(ldap, mistakes);
    const bool has_password = !ldap.bind_password.empty() || !ldap.bind_password_file.empty();
    if (ldap.base.empty())
        mistakes.emplace_back("ldap.base is empty: below which entry is everything?");
    if (!ldap.bind_dn.empty() && !has_password)
        mistakes.emplace_back("ldap.bind_dn has no ldap.bind_password_file");
    if (!ldap.bind_password.empty() && !ldap.bind_password_file.empty())
        mistakes.emplace_back("ldap.bind_password and ldap.bind_password_file are both set");
    if (ldap.sasl_external && !ldap.bind_dn.empty())
        mistakes.emplace_back("ldap.bind_dn and ldap.sasl_external are both set");
    for (const auto* filter :
         {&ldap.user_filter, &ldap.group_filter, &ldap.room_filter, &ldap.resource_filter})
        if (!is_filter(*filter))
            mistakes.push_back("\"" + *filter + "\" is not a filter: parentheses do not match");
    return mistakes;
}

}  // namespace kalends
