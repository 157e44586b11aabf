#include "app/token_ways.hpp"

#include "app/first_line.hpp"
#include "auth/introspection.hpp"
#include "auth/jwt_tokens.hpp"
#include "base/text.hpp"

namespace kalends::app {
namespace {

using std::chrono::duration_cast;
using std::chrono::seconds;

auth::TokenPolicy policy_of(const OidcConfig& config) {
    return {.expected = {.issuer = config.issuer,
                         .audiences = config.audience,
                         .clients = config.clients,
                         .leeway = duration_cast<seconds>(config.leeway)},
            .login_claims = config.login_claims,
            .scope = config.scope,
            .read_scope = config.read_scope};
}

auth::KeySettings keys_of(const OidcConfig& config) {
    return {.issuer = config.issuer,
            .url = config.keys_url,
            .keep = duration_cast<seconds>(config.keep_keys)};
}

auth::IntrospectionSettings introspection_of(const OidcConfig& config) {
    return {.issuer = config.issuer,
            .url = config.introspection_url,
            .client_id = config.client_id,
            .client_secret = client_secret(config)};
}

}  // namespace

fetch::Fetch issuer_fetch(const OidcConfig& config) {
    const fetch::Settings settings{.ca_file = config.ca_file, .timeout = config.timeout};
    return [settings](const fetch::Request& request) { return fetch::fetch(settings, request); };
}

std::string client_secret(const OidcConfig& config) {
    if (config.client_secret_file.empty()) return {};
    const auto line = first_line(config.client_secret_file);
    if (text::trim(line).empty())
        throw ConfigError("oidc.client_secret_file: there is no secret to be read in " +
                          config.client_secret_file);
    return std::string(text::trim(line));
}

void add_token_ways(auth::Ways& ways, const OidcConfig& config, store::Database& database) {
    if (config.issuer.empty()) return;
    const auto policy = policy_of(config);
    const auto fetch = issuer_fetch(config);
    if (config.check != "introspection")
        ways.add(auth::Proof::token,
                 std::make_shared<auth::JwtTokens>(policy, keys_of(config), fetch, database));
    if (config.check != "keys")
        ways.add(auth::Proof::token, std::make_shared<auth::IntrospectedTokens>(
                                         policy, introspection_of(config), fetch, database));
}

}  // namespace kalends::app
