#include "directory/ldap/dn.hpp"

#include "base/c_ptr.hpp"
#include "base/text.hpp"

#include <ldap.h>

namespace kalends::directory::ldap {

std::string normalized_dn(const std::string& dn) {
    LDAPDN parsed = nullptr;
    if (ldap_str2dn(dn.c_str(), &parsed, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
        return text::lower_ascii(dn);
    const CPtr<LDAPRDN, ldap_dnfree> owned{parsed};
    char* raw = nullptr;
    if (ldap_dn2str(parsed, &raw, LDAP_DN_FORMAT_LDAPV3) != LDAP_SUCCESS)
        return text::lower_ascii(dn);
    const CPtr<char, ldap_memfree> written{raw};
    return text::lower_ascii(raw);
}

}  // namespace kalends::directory::ldap
