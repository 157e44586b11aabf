#pragma once
// What an OpenID issuer says of itself: OpenID Connect Discovery 1.0 section 4, RFC 8414.

#include "fetch/fetch.hpp"

#include <string>

namespace kalends::auth {

struct IssuerMetadata {
    std::string key_set_url;        ///< jwks_uri
    std::string introspection_url;  ///< introspection_endpoint; empty: it has none
};

/// Asks `<issuer>/.well-known/openid-configuration`. Throws fetch::Unreachable with a sentence: no
/// answer, none that is understood, or one for another issuer (Discovery 4.3).
IssuerMetadata discover(const std::string& issuer, const fetch::Fetch& fetch);

}  // namespace kalends::auth
