#include "directory/ldap/connection.hpp"
#include "directory/ldap/dn.hpp"
#include "directory/ldap/errors.hpp"
#include "directory/ldap/filter.hpp"

#include <doctest/doctest.h>

using namespace kalends::directory::ldap;

TEST_CASE("RFC 4515 3: what has a meaning in a filter is escaped, and so is what is not ASCII") {
    CHECK(escaped("anna") == "anna");
    CHECK(escaped("*()\\") == "\\2a\\28\\29\\5c");
    CHECK(escaped(std::string("a\0b", 3)) == "a\\00b");
    CHECK(escaped("m\xc3\xbcller") == "m\\c3\\bcller");
    CHECK(escaped("a\nb\x7f") == "a\\0ab\\7f");
    CHECK(escaped("per%cent/a:b@c&|!=<>~") == "per%cent/a:b@c&|!=<>~");
}

TEST_CASE("a login is looked for in all attributes that people may type") {
    auto mapping = *profile("openldap");
    CHECK(filter_for_login(mapping, "a*") == "(&(objectClass=inetOrgPerson)(uid=a\\2a))");
    CHECK(filter_for_address(mapping, "a@b") ==
          "(&(objectClass=inetOrgPerson)(|(mail=a@b)(mailLocalAddress=a@b)))");
    mapping = *profile("ad");
    CHECK(filter_for_login(mapping, "a") == "(&(&(objectCategory=person)(objectClass=user))(|("
                                            "sAMAccountName=a)(userPrincipalName=a)))");
    CHECK(filter_for_address(mapping, "a@b").ends_with("(|(mail=a@b)(proxyAddresses=smtp:a@b)))"));
    mapping.room_filter = "(room=1)";
    CHECK(filter_for_login(mapping, "a") ==
          "(&(&(&(objectCategory=person)(objectClass=user))(!(room=1)))"
          "(|(sAMAccountName=a)(userPrincipalName=a)))");
    CHECK(filter_for_all(mapping) ==
          "(|(&(objectCategory=person)(objectClass=user))(objectClass=group)(room=1))");
}

TEST_CASE("RFC 4514: one name in several spellings is one") {
    const auto one = normalized_dn("uid=anna,ou=people,dc=firma,dc=test");
    CHECK(normalized_dn("UID=Anna, OU=People , dc=firma,dc=test") == one);
    CHECK(normalized_dn("uid=\\61nna,ou=people,dc=firma,dc=test") == one);
    CHECK(normalized_dn("cn=Berg\\, Anna,dc=test") == normalized_dn("CN=Berg\\2c Anna,DC=test"));
    CHECK(normalized_dn("uid=anna,ou=staff,dc=firma,dc=test") != one);
    CHECK(normalized_dn("No DN") == "no dn");
}

TEST_CASE("Active Directory's numbers are explained") {
    const std::string start =
        "80090308: LdapErr: DSID-0C09044E, comment: AcceptSecurityContext error, data ";
    CHECK(explain(49, start + "52e, v2580") == "Invalid credentials: the password is wrong");
    CHECK(explain(49, start + "533, v2580") == "Invalid credentials: the account is disabled");
    CHECK(explain(49, start + "775, v2580").find("locked") != std::string::npos);
    CHECK(explain(49, "") == "Invalid credentials");
    CHECK(explain(50, "no rights") == "Insufficient access: no rights");
}

TEST_CASE("the parts of a long attribute of Active Directory are followed") {
    CHECK_FALSE(range_of("member"));
    CHECK(range_of("member;range=0-1499")->attribute == "member");
    CHECK(range_of("member;range=0-1499")->next == 1500U);
    CHECK(range_of("member;Range=1500-*")->attribute == "member");
    CHECK_FALSE(range_of("member;range=1500-*")->next);
    CHECK_FALSE(range_of("member;range=")->next);
}
