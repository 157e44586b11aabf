#include "auth/claims.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
#include "json/json.hpp"

#include <algorithm>

namespace kalends::auth {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

std::optional<sys_seconds> time_of(const json::Object& object, std::string_view name) {
    if (!object.contains(name)) return std::nullopt;
    const auto number = json::number_of(object, name);
    if (!number) throw InvalidToken("a time in it is no number");
    return sys_seconds{seconds{*number}};
}

/// One text with spaces between, or a list.
std::vector<std::string> scopes_of(const json::Object& object) {
    std::vector<std::string> scopes;
    for (const auto* name : {"scope", "scp"})
        for (const auto& text : json::texts_of(object, name))
            for (const auto scope : text::split(text, ' '))
                if (!scope.empty()) scopes.emplace_back(scope);
    return scopes;
}

std::string client_of(const json::Object& object) {
    auto party = json::text_of(object, "azp");
    return party.empty() ? json::text_of(object, "client_id") : party;
}

bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::ranges::find(all, one) != all.end();
}

bool names_one_of(const std::vector<std::string>& named, const std::vector<std::string>& wanted) {
    return wanted.empty() || std::ranges::any_of(named, [&](const std::string& one) {
               return contains(wanted, one);
           });
}

}  // namespace

Claims parse_claims(std::string_view json) {
    const auto object = json::parse_object(json);
    if (!object) throw InvalidToken("its claims are no JSON object");
    Claims claims{.issuer = json::text_of(*object, "iss"),
                  .audiences = json::texts_of(*object, "aud"),
                  .client = client_of(*object),
                  .scopes = scopes_of(*object),
                  .expires = time_of(*object, "exp"),
                  .not_before = time_of(*object, "nbf"),
                  .email_verified = json::is_true(*object, "email_verified"),
                  .bound_to_key = object->contains("cnf"),
                  .texts = {}};
    for (const auto& member : *object)
        if (auto text = json::text_of(*object, member.key()); !text.empty())
            claims.texts.emplace(member.key(), std::move(text));
    return claims;
}

void require(const Claims& claims, const Expected& expected, bool introspected) {
    const auto now = std::chrono::floor<seconds>(clock::now());
    const bool says_issuer = !introspected || !claims.issuer.empty();
    if (says_issuer && claims.issuer != expected.issuer) throw UnfitToken("it is another issuer's");
    if (!names_one_of(claims.audiences, expected.audiences))
        throw UnfitToken("its audience is another");
    if (!expected.clients.empty() && !contains(expected.clients, claims.client))
        throw UnfitToken("it was issued to another client");
    if (!claims.expires && !introspected) throw UnfitToken("it never expires");
    if (claims.expires && now >= *claims.expires + expected.leeway)
        throw UnfitToken("it has expired");
    if (claims.not_before && now < *claims.not_before - expected.leeway)
        throw UnfitToken("it is not valid yet");
    if (claims.bound_to_key) throw UnfitToken("it is bound to a key, which is not looked at here");
}

}  // namespace kalends::auth
