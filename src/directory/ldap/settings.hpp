#pragma once
// What an operator says of the directory: section [ldap] of the configuration.

#include "directory/ldap/profile.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace kalends::directory::ldap {

struct Settings {
    std::vector<std::string> uris;  ///< ldap://, ldaps:// or ldapi://; tried in this order
    std::string base;               ///< DN below which everything is
    std::string people_base;        ///< empty: `base`; likewise the other two
    std::string group_base;
    std::string room_base;      ///< of rooms and resources
    std::string bind_dn;        ///< who searches; empty: anonymous
    std::string bind_password;  ///< of that
    bool external = false;      ///< SASL EXTERNAL instead: who we are on a unix socket
    bool start_tls = false;
    std::string ca_file = "/etc/ssl/certs/ca-certificates.crt";
    bool check_certificate = true;
    /// For one login, or one page of a search, connecting included. Several servers share it.
    std::chrono::milliseconds timeout{5000};
    std::size_t connections = 4;  ///< logins at the same time; more wait for at most `timeout`
    std::chrono::milliseconds sync_interval{30'000};
    unsigned max_gone_percent = 20;  ///< if more people are missing, that is no answer
    Mapping mapping;
};

}  // namespace kalends::directory::ldap
