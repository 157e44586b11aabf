#pragma once
// A private OpenLDAP server on the loopback, in a temporary directory. It ends with the test
// program, however that ends.

#include "directory/ldap/settings.hpp"

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace kalends::test {

inline const std::string suffix = "dc=firma,dc=test";

class TestSlapd {
public:
    /// It takes empty passwords as anonymous binds, as many do.
    struct Options {
        std::string entries;          ///< LDIF, beside the suffix, ou=people, ou=groups, ou=rooms
        std::string tls_certificate;  ///< PEM; with it also StartTLS and ldaps
        std::string tls_key;
        bool tells_of_changes = true;            ///< RFC 4533
        std::string reader_limit = "unlimited";  ///< entries that the reader gets
    };

    TestSlapd();
    explicit TestSlapd(Options options);
    ~TestSlapd();
    TestSlapd(const TestSlapd&) = delete;
    TestSlapd& operator=(const TestSlapd&) = delete;

    /// False, with a sentence on standard error, if slapd is not installed.
    static bool available();

    [[nodiscard]] std::string uri() const;
    [[nodiscard]] std::string tls_uri() const;
    [[nodiscard]] std::string unix_uri() const;

    /// To read all of it, by one connection to uri().
    [[nodiscard]] directory::ldap::Settings settings() const;

    /// LDIF of changes, by ldapmodify. Throws std::runtime_error with what it said.
    void change(const std::string& ldif) const;

    void stop();
    void start();  ///< on the same port, with the same entries

private:
    void write_settings() const;
    void load() const;

    Options options_;
    std::string directory_;
    std::uint16_t port_ = 0;
    std::uint16_t tls_port_ = 0;
    pid_t server_ = -1;
};

/// A port of the loopback that nobody uses now.
std::uint16_t free_port();

/// Runs a program to its end; throws std::runtime_error with its output if that is not 0.
void run(const std::vector<std::string>& command);

/// LDIF of a person below ou=people; the password is the login. More values of mail come first in
/// `more`: slapadd wants those of an attribute together.
std::string person(const std::string& login, const std::string& more = "");

/// LDIF of a groupOfNames below ou=groups. Members are DNs; there must be one.
std::string group(const std::string& name, const std::vector<std::string>& members);
std::string dn_of(const std::string& login);
std::string dn_of_group(const std::string& name);

/// Skips the test case when there is no slapd.
#define REQUIRE_SLAPD()                                                                            \
    if (!kalends::test::TestSlapd::available()) return

}  // namespace kalends::test
