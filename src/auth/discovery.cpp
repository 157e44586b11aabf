#include "auth/discovery.hpp"

#include "base/text.hpp"
#include "json/json.hpp"

namespace kalends::auth {
namespace {

/// Discovery 4.1: a slash at the end of the issuer is not doubled.
std::string address_of(std::string issuer) {
    while (issuer.ends_with('/')) issuer.pop_back();
    return issuer + "/.well-known/openid-configuration";
}

}  // namespace

IssuerMetadata discover(const std::string& issuer, const fetch::Fetch& fetch) {
    const auto url = address_of(issuer);
    const auto reply = fetch({.url = url});
    const auto document = json::parse_object(reply.body);
    if (reply.status != 200 || !document)
        throw fetch::Unreachable(url + " answers with " + std::to_string(reply.status) +
                                 ", and not with what an issuer says of itself");
    if (const auto name = json::text_of(*document, "issuer"); name != issuer)
        throw fetch::Unreachable(url + " is of the issuer \"" + text::printable(name) +
                                 "\": that, to the letter, must be oidc.issuer");
    return {.key_set_url = json::text_of(*document, "jwks_uri"),
            .introspection_url = json::text_of(*document, "introspection_endpoint")};
}

}  // namespace kalends::auth
