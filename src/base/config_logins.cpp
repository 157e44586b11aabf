// What settings of logins must be together.

#include "base/config_private.hpp"

#include <algorithm>
#include <array>

namespace kalends {
namespace {

/// What is said in clear must stay on this machine. (The room that sends it looks more closely.)
bool is_private(const std::string& url) {
    constexpr std::array<std::string_view, 4> beginnings{"https://", "http://127.0.0.1",
                                                         "http://localhost", "http://[::1]"};
    return std::ranges::any_of(beginnings, [&](auto one) { return url.starts_with(one); });
}

bool asks_about_tokens(const OidcConfig& oidc) { return oidc.check != "keys"; }

/// What has no meaning without an issuer.
bool is_set_in_part(const OidcConfig& oidc) {
    return !oidc.audience.empty() || !oidc.clients.empty() || !oidc.keys_url.empty() ||
           !oidc.introspection_url.empty() || !oidc.client_id.empty();
}

void add_oidc(const OidcConfig& oidc, std::vector<std::string>& sentences) {
    if (oidc.issuer.empty()) {
        if (is_set_in_part(oidc))
            sentences.emplace_back("oidc.issuer is not set, so that no other setting of [oidc] has "
                                   "a meaning");
        return;
    }
    for (const auto* url : {&oidc.issuer, &oidc.keys_url, &oidc.introspection_url})
        if (!url->empty() && !is_private(*url))
            sentences.push_back("oidc: \"" + *url + "\" must begin with https://");
    if (oidc.audience.empty() && oidc.clients.empty())
        sentences.emplace_back("oidc.audience or oidc.clients must be set: else a token that was "
                               "made for any other service would open an account here");
    if (oidc.login_claims.empty())
        sentences.emplace_back("oidc.login_claims is empty: no token could say whose it is");
    if (asks_about_tokens(oidc) && (oidc.client_id.empty() || oidc.client_secret_file.empty()))
        sentences.emplace_back("oidc.check is \"" + oidc.check +
                               "\", which needs oidc.client_id and oidc.client_secret_file");
}

}  // namespace

std::vector<std::string> contradictions_of_logins(const Config& config) {
    std::vector<std::string> sentences;
    add_oidc(config.oidc, sentences);
    const auto& command = config.auth.command;
    if (!command.empty() && !command.front().starts_with('/'))
        sentences.emplace_back("auth.command must begin with the whole path of a program");
    return sentences;
}

std::vector<std::string> contradictions_of(const Listener& listener) {
    std::vector<std::string> sentences;
    if (!listener.tls_client_ca.empty() && listener.tls_certificate.empty())
        sentences.emplace_back("tls_client_ca needs TLS: tls_certificate and tls_key");
    if (listener.tls_client_ca.empty() &&
        (listener.tls_client_required || !listener.tls_client_crl.empty()))
        sentences.emplace_back("tls_client_required and tls_client_crl need tls_client_ca");
    return sentences;
}

}  // namespace kalends
