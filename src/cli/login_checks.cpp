#include "cli/login_checks.hpp"

#include "app/token_ways.hpp"
#include "auth/discovery.hpp"
#include "auth/jwk.hpp"

#include <unistd.h>

namespace kalends::cli {
namespace {

Finding keys_at(const std::string& url, const fetch::Fetch& fetch) {
    const auto reply = fetch({.url = url});
    const auto count = auth::parse_key_set(reply.body).size();
    if (reply.status != 200 || count == 0)
        return {true, "There is no key that can be used at " + url +
                          ": no token can be checked (oidc.keys_url)."};
    return {false,
            "Keys of the issuer of tokens are at " + url + ": " + std::to_string(count) + "."};
}

/// What the configuration does not say, the issuer must.
auth::IssuerMetadata metadata_of(const OidcConfig& config, const fetch::Fetch& fetch) {
    const bool says_all = (config.check == "introspection" || !config.keys_url.empty()) &&
                          (config.check == "keys" || !config.introspection_url.empty());
    auto metadata = says_all ? auth::IssuerMetadata{} : auth::discover(config.issuer, fetch);
    if (!config.keys_url.empty()) metadata.key_set_url = config.keys_url;
    if (!config.introspection_url.empty()) metadata.introspection_url = config.introspection_url;
    return metadata;
}

void add_oidc(const OidcConfig& config, std::vector<Finding>& findings) {
    if (config.issuer.empty()) return;
    try {
        app::client_secret(config);
        const auto fetch = app::issuer_fetch(config);
        const auto metadata = metadata_of(config, fetch);
        if (config.check != "introspection")
            findings.push_back(keys_at(metadata.key_set_url, fetch));
        if (config.check != "keys" && metadata.introspection_url.empty())
            findings.push_back({true,
                                "The issuer has no introspection: set oidc.check to \"keys\", "
                                "or oidc.introspection_url."});
    } catch (const std::exception& error) {
        findings.push_back({true, "The issuer of tokens: " + std::string(error.what()) + "."});
    }
}

void add_command(const AuthConfig& config, std::vector<Finding>& findings) {
    if (config.command.empty()) return;
    const auto& program = config.command.front();
    if (::access(program.c_str(), X_OK) == 0)
        findings.push_back({false, "Passwords are checked by " + program + "."});
    else
        findings.push_back(
            {true, "auth.command: " + program + " is not there, or can't be run by this account."});
}

}  // namespace

std::vector<Finding> examine_logins(const Config& config) {
    std::vector<Finding> findings;
    add_oidc(config.oidc, findings);
    add_command(config.auth, findings);
    for (const auto& listener : config.listen) {
        if (listener.tls_client_ca.empty()) continue;
        for (auto& finding :
             examine_client_authorities(listener.tls_client_ca, listener.tls_client_crl))
            findings.push_back(std::move(finding));
    }
    return findings;
}

}  // namespace kalends::cli
