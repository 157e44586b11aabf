#include "auth/introspection.hpp"

#include "auth/discovery.hpp"
#include "base/clock.hpp"
#include "json/json.hpp"

namespace kalends::auth {

using Kind = Verdict::Kind;

IntrospectedTokens::IntrospectedTokens(TokenPolicy policy, IntrospectionSettings settings,
                                       fetch::Fetch fetch, store::Database& db)
    : policy_(std::move(policy)), settings_(std::move(settings)), fetch_(std::move(fetch)),
      db_(db) {}

Verdict IntrospectedTokens::verify(const Presented& presented) {
    return verdict_of([&] { return check(presented.secret); });
}

/// RFC 7662 2.2.
Verdict IntrospectedTokens::check(const std::string& token) {
    const auto answer = ask(token);
    const auto object = json::parse_object(answer);
    if (!object || !object->contains("active"))
        throw fetch::Unreachable("the issuer's answer to an introspection is not understood");
    if (!json::is_true(*object, "active"))
        return {.kind = Kind::wrong, .why = "the issuer says that it is not active"};
    const auto claims = parse_claims(answer);
    require(claims, policy_.expected, true);
    return verdict_on(claims, policy_, db_);
}

/// RFC 7662 2.1, with the client's secret by Basic (RFC 6749 2.3.1).
std::string IntrospectedTokens::ask(const std::string& token) {
    require_up();
    try {
        auto reply =
            fetch_({.url = url(),
                    .form = "token=" + fetch::form_encode(token) + "&token_type_hint=access_token",
                    .login = fetch::form_encode(settings_.client_id),
                    .password = fetch::form_encode(settings_.client_secret)});
        if (reply.status == 200) return std::move(reply.body);
        const bool refused = reply.status == 401 || reply.status == 403;
        throw fetch::Unreachable(
            "the issuer answers an introspection with " + std::to_string(reply.status) +
            (refused ? ": are oidc.client_id and oidc.client_secret_file right?" : ""));
    } catch (const fetch::Unreachable&) {
        is_down();
        throw;
    }
}

std::string IntrospectedTokens::url() {
    if (!settings_.url.empty()) return settings_.url;
    {
        const std::lock_guard lock(mutex_);
        if (!found_url_.empty()) return found_url_;
    }
    auto found = discover(settings_.issuer, fetch_).introspection_url;
    if (found.empty())
        throw fetch::Unreachable("the issuer has no introspection (oidc.introspection_url)");
    const std::lock_guard lock(mutex_);
    found_url_ = found;
    return found;
}

/// An issuer that hangs must not hold up the logins of others, one timeout after the other.
void IntrospectedTokens::require_up() {
    const std::lock_guard lock(mutex_);
    if (clock::steady() < down_until_)
        throw fetch::Unreachable("the issuer could not be asked a moment ago");
}

void IntrospectedTokens::is_down() {
    const std::lock_guard lock(mutex_);
    down_until_ = clock::steady() + settings_.pause;
}

}  // namespace kalends::auth
