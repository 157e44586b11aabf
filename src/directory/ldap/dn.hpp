#pragma once
// Distinguished names. RFC 4514.

#include <string>

namespace kalends::directory::ldap {

/// One spelling for a DN that can be written in several: attributes and values in lower case,
/// spaces and escapes as libldap writes them. What is no DN stays as it is.
std::string normalized_dn(const std::string& dn);

}  // namespace kalends::directory::ldap
