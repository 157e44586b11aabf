#pragma once
// What an issuer says of a token: the claims of a JWT (RFC 7519 4) or the answer of an
// introspection (RFC 7662 2.2), and whether that makes the token one for us.

#include <chrono>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::auth {

/// A token that is not to be believed: what() says why in a few words, without the token.
class InvalidToken : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One that its issuer has made, and that is not for us, or not for now: who sends it is not
/// guessing.
class UnfitToken : public InvalidToken {
    using InvalidToken::InvalidToken;
};

/// Times are seconds since 1970. What the issuer does not say is empty.
struct Claims {
    std::string issuer;
    std::vector<std::string> audiences;
    std::string client;  ///< whom it was issued to: azp (OpenID Connect Core 2), or client_id
    std::vector<std::string> scopes;  ///< of "scope" (RFC 8693 4.2) or "scp"
    std::optional<std::chrono::sys_seconds> expires;
    std::optional<std::chrono::sys_seconds> not_before;
    bool email_verified = false;
    bool bound_to_key = false;  ///< it has "cnf" (RFC 7800): who has it must prove more than that
    std::map<std::string, std::string, std::less<>> texts;  ///< all that are texts, by name
};

/// Throws InvalidToken if `json` is not an object, or a time in it no number.
Claims parse_claims(std::string_view json);

/// What a token must say to be one for us.
struct Expected {
    std::string issuer;
    std::vector<std::string> audiences;  ///< it must name one of them, unless there are none
    std::vector<std::string> clients;    ///< it must be of one of them, unless there are none
    std::chrono::seconds leeway{60};     ///< how far two clocks may be apart
};

/// Throws UnfitToken unless issuer, audience, client and time are as expected, and the bearer is
/// who may use it. What an issuer need not say of a token that it has just been asked about (RFC
/// 7662 2.2: issuer, time) is not missed when it is `introspected`. RFC 7519 4.1, RFC 8725 3.
void require(const Claims& claims, const Expected& expected, bool introspected);

}  // namespace kalends::auth
