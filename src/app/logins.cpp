#include "app/logins.hpp"

#include "app/settings.hpp"
#include "app/token_ways.hpp"
#include "auth/app_password.hpp"
#include "auth/certificate.hpp"
#include "auth/command.hpp"
#include "auth/directory_login.hpp"
#include "auth/local.hpp"

#include <algorithm>
#include <array>

namespace kalends::app {
namespace {

auth::CertificateName certificate_name(const Config& config) {
    using auth::CertificateName;
    constexpr std::array names{std::pair{"san-email", CertificateName::san_email},
                               std::pair{"san-upn", CertificateName::san_upn},
                               std::pair{"cn", CertificateName::cn},
                               std::pair{"uid", CertificateName::uid}};
    for (const auto& [name, value] : names)
        if (config.certificates.login == name) return value;
    return CertificateName::san_email;
}

bool asks_for_certificates(const Config& config) {
    return std::ranges::any_of(config.listen,
                               [](const auto& l) { return !l.tls_client_ca.empty(); });
}

auth::CommandSettings command_settings(const AuthConfig& config) {
    return {.words = config.command,
            .timeout = config.command_timeout,
            .at_once = config.command_at_once};
}

}  // namespace

auth::Ways ways_to_log_in(const Config& config, store::Database& database) {
    using auth::Proof;
    auth::Ways ways;
    ways.add(Proof::app_password, std::make_shared<auth::AppPasswords>(database));
    ways.add(Proof::password, std::make_shared<auth::LocalPasswords>(database));
    if (!config.ldap.uri.empty())
        ways.add(Proof::password,
                 std::make_shared<auth::DirectoryLogin>(database, ldap_settings(config)));
    if (!config.auth.command.empty())
        ways.add(Proof::password,
                 std::make_shared<auth::CommandPasswords>(command_settings(config.auth), database));
    if (asks_for_certificates(config))
        ways.add(Proof::certificate,
                 std::make_shared<auth::Certificates>(certificate_name(config), database));
    add_token_ways(ways, config.oidc, database);
    return ways;
}

}  // namespace kalends::app
