#include "directory/ldap/entry.hpp"

#include <doctest/doctest.h>

using namespace kalends;
using namespace kalends::directory::ldap;
using Kind = store::PrincipalKind;

namespace {

const auto now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 21} + std::chrono::hours{20};

Reading read(const Entry& entry, const std::string& kind_of_server, Kind kind = Kind::user) {
    return read_entry(entry, *profile(kind_of_server), kind, now);
}

using Attributes = std::vector<std::pair<std::string, std::vector<std::string>>>;

Entry anna(Attributes more = {}) {
    Entry entry{.dn = "uid=anna,dc=test",
                .attributes = {{"uid", {"Anna"}},
                               {"entryUUID", {"1F2E3D4C-0000-4000-8000-0123456789AB"}},
                               {"nsUniqueId", {"66446001-1dd211b2-66225011-2ee211db"}},
                               {"cn", {"Anna Berg"}}}};
    for (auto& each : more) entry.attributes.push_back(std::move(each));
    return entry;
}

Entry in_active_directory(Attributes more = {}) {
    Entry entry{
        .dn = "CN=Anna,DC=test",
        .attributes = {
            {"sAMAccountName", {"Anna"}},
            {"objectGUID",
             {std::string("\x04\x03\x02\x01\x06\x05\x08\x07\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10",
                          16)}}}};
    for (auto& each : more) entry.attributes.push_back(std::move(each));
    return entry;
}

}  // namespace

TEST_CASE("OpenLDAP: inetOrgPerson becomes a person") {
    const auto reading = read(anna({{"displayName", {" Anna B. "}},
                                    {"MAIL", {"Anna@Firma.test", "no address", "anna@firma.test"}},
                                    {"mailLocalAddress", {"a@firma.test"}},
                                    {"preferredLanguage", {"de-CH, en;q=0.5"}}}),
                              "openldap");
    REQUIRE(reading.usable);
    const auto& found = reading.found;
    CHECK(found.login == "anna");
    CHECK(found.uuid == "1f2e3d4c-0000-4000-8000-0123456789ab");
    CHECK(found.display_name == "Anna B.");
    CHECK((found.addresses == std::vector<std::string>{"anna@firma.test", "a@firma.test"}));
    CHECK(found.locale == "de-CH");
    CHECK(found.disabled.empty());
    REQUIRE(found.remarks.size() == 1);
    CHECK(found.remarks[0].find("\"no address\"") != std::string::npos);
    CHECK(read(anna(), "openldap").found.display_name == "Anna Berg");
}

TEST_CASE("FreeIPA and 389: nsUniqueId, nsAccountLock, krbPrincipalExpiration") {
    CHECK(read(anna(), "freeipa").found.uuid == "66446001-1dd2-11b2-6622-50112ee211db");
    CHECK(read(anna({{"nsAccountLock", {"TRUE"}}}), "freeipa").found.disabled ==
          "nsAccountLock is TRUE");
    CHECK(read(anna({{"nsaccountlock", {"false"}}}), "freeipa").found.disabled.empty());
    CHECK_FALSE(read(anna({{"krbPrincipalExpiration", {"20260101000000Z"}}}), "freeipa")
                    .found.disabled.empty());
    CHECK(read(anna({{"krbPrincipalExpiration", {"20270101000000Z"}}}), "freeipa")
              .found.disabled.empty());
}

TEST_CASE("Active Directory: objectGUID is little-endian in its first parts, SMTP: is the main "
          "address") {
    const auto reading = read(in_active_directory({{"mail", {"b@firma.test"}},
                                                   {"proxyAddresses",
                                                    {"smtp:b@firma.test", "X500:/o=x",
                                                     "SMTP:main@firma.test", "sip:s@firma.test"}}}),
                              "ad");
    REQUIRE(reading.usable);
    CHECK(reading.found.uuid == "01020304-0506-0708-090a-0b0c0d0e0f10");
    CHECK((reading.found.addresses == std::vector<std::string>{"main@firma.test", "b@firma.test"}));
    const auto disabled = [](const std::string& attribute, const std::string& value) {
        return !read(in_active_directory({{attribute, {value}}}), "ad").found.disabled.empty();
    };
    CHECK(disabled("userAccountControl", "514"));
    CHECK_FALSE(disabled("userAccountControl", "512"));
    CHECK(disabled("accountExpires", "132539328000000000"));        // 2021
    CHECK_FALSE(disabled("accountExpires", "135539328000000000"));  // 2030
    CHECK_FALSE(disabled("accountExpires", "0"));
    CHECK_FALSE(disabled("accountExpires", "9223372036854775807"));
}

TEST_CASE(
    "OpenLDAP: a lock for good and an expired day disable, one that ends by itself does not") {
    const auto disabled = [](const std::string& attribute, const std::string& value) {
        return !read(anna({{attribute, {value}}}), "openldap").found.disabled.empty();
    };
    CHECK(disabled("pwdAccountLockedTime", "000001010000Z"));
    CHECK_FALSE(disabled("pwdAccountLockedTime", "20261121190000Z"));
    CHECK(disabled("shadowExpire", "20000"));
    CHECK_FALSE(disabled("shadowExpire", "-1"));
    CHECK_FALSE(disabled("shadowExpire", "99999"));
    CHECK_FALSE(disabled("shadowExpire", "soon"));
}

TEST_CASE("an entry without an identifier, or whose login can't be one, is refused with a reason") {
    auto entry = anna();
    entry.attributes[1].second = {};
    CHECK(read(entry, "openldap").why_not.find("it has no entryUUID") != std::string::npos);
    for (const auto* login : {"", "a b", "a/b", "a:b", "\xff", ".."}) {
        entry = anna();
        entry.attributes[0].second = {login};
        const auto reading = read(entry, "openldap");
        CHECK_FALSE(reading.usable);
        CHECK(reading.why_not.find("cannot be a login") != std::string::npos);
        CHECK_FALSE(reading.found.uuid.empty());  // so that it is not taken for gone
    }
    for (const auto* login : {"a%b", "a@b", "m\xc3\xbcller"}) {
        entry = anna();
        entry.attributes[0].second = {login};
        CHECK(read(entry, "openldap").found.login == login);
    }
}

TEST_CASE("groups and rooms are called as people like it, and no rule for people disables them") {
    const Entry room{
        .dn = "cn=Blue Room,dc=test",
        .attributes = {{"cn", {"Blue Room"}}, {"entryUUID", {"x"}}, {"shadowExpire", {"1"}}}};
    const auto reading = read(room, "openldap", Kind::location);
    CHECK(reading.found.login == "blue-room");
    CHECK(reading.found.display_name == "Blue Room");
    CHECK(reading.found.disabled.empty());
    const Entry group{.dn = "cn=sales,dc=test",
                      .attributes = {{"cn", {"sales"}},
                                     {"entryUUID", {"x"}},
                                     {"member", {"uid=anna,dc=test"}},
                                     {"uniqueMember", {"uid=bruno,dc=test"}},
                                     {"memberUid", {"Carl", "not a login"}}}};
    const auto found = read(group, "openldap", Kind::group).found;
    CHECK(found.member_dns.size() == 2);
    CHECK(found.member_logins == std::vector<std::string>{"carl"});
}

TEST_CASE("an entry whose login is of no use still says that it is disabled") {
    auto entry = in_active_directory({{"userAccountControl", {"514"}}});
    CHECK_FALSE(read(entry, "ad").found.disabled.empty());
    entry.attributes.front().second = {"zz left anna"};
    const auto reading = read(entry, "ad");
    CHECK_FALSE(reading.usable);
    CHECK_FALSE(reading.found.disabled.empty());
}
