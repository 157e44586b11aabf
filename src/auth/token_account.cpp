#include "auth/token_account.hpp"

#include "base/clock.hpp"
#include "directory/directory.hpp"
#include "fetch/fetch.hpp"

#include <algorithm>
#include <optional>

namespace kalends::auth {
namespace {

using std::chrono::seconds;

bool has_scope(const Claims& claims, const std::string& scope) {
    return !scope.empty() && std::ranges::find(claims.scopes, scope) != claims.scopes.end();
}

/// Empty: the token does not say.
std::string login_of(const Claims& claims, const TokenPolicy& policy) {
    for (const auto& name : policy.login_claims) {
        const auto found = claims.texts.find(name);
        if (found != claims.texts.end() && (name != "email" || claims.email_verified))
            return found->second;
    }
    return {};
}

store::HomePtr account_of(const Claims& claims, const TokenPolicy& policy, store::Database& db) {
    const auto login = login_of(claims, policy);
    if (login.empty()) throw UnfitToken("it does not say whose it is (oidc.login_claims)");
    auto home = directory::find_by_current_name(db, login);
    if (!home || home->principal.kind != store::PrincipalKind::user)
        throw UnfitToken("there is no account \"" + login + '"');
    return home;
}

access::Privileges scope_of(const Claims& claims, const TokenPolicy& policy) {
    if (has_scope(claims, policy.scope)) return access::all;
    if (has_scope(claims, policy.read_scope)) return access::read_all;
    if (!policy.scope.empty()) throw UnfitToken("it does not have the scope " + policy.scope);
    return access::all;
}

/// Until it expires; what is only within the leeway is asked about each time.
std::optional<seconds> lifetime_of(const Claims& claims) {
    if (!claims.expires) return std::nullopt;
    const auto now = std::chrono::floor<seconds>(clock::now());
    return std::max(*claims.expires - now, seconds{0});
}

}  // namespace

Verdict verdict_on(const Claims& claims, const TokenPolicy& policy, store::Database& db) {
    const auto scope = scope_of(claims, policy);
    const auto home = account_of(claims, policy, db);
    return {.kind = Verdict::Kind::right,
            .principal = home->principal.id,
            .credential_seq = home->principal.credential_seq,
            .scope = scope,
            .lifetime = lifetime_of(claims)};
}

Verdict verdict_of(const std::function<Verdict()>& check) {
    using Kind = Verdict::Kind;
    try {
        return check();
    } catch (const UnfitToken& error) {
        return {.kind = Kind::wrong, .outlived = true, .why = error.what()};
    } catch (const InvalidToken& error) {
        return {.kind = Kind::wrong, .why = error.what()};
    } catch (const fetch::Unreachable& error) {
        return {.kind = Kind::unavailable, .why = error.what()};
    }
}

}  // namespace kalends::auth
