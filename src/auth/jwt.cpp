#include "auth/jwt.hpp"

#include "base/text.hpp"
#include "json/json.hpp"

#include <algorithm>
#include <array>

namespace kalends::auth {
namespace {

constexpr std::size_t max_size = 16UL << 10U;

/// What a JWT that opens doors calls itself (RFC 7519 5.1, RFC 9068 2.1); most say nothing. Others,
/// such as "logout+jwt" and "dpop+jwt", are made for another purpose (RFC 8725 3.11).
constexpr std::array<std::string_view, 4> types{"", "jwt", "at+jwt", "application/at+jwt"};

bool is_allowed_type(std::string_view type) {
    return std::ranges::find(types, text::lower_ascii(type)) != types.end();
}

std::string decode(std::string_view part) {
    auto bytes = text::base64url_decode(part);
    if (!bytes) throw InvalidToken("a part of it is not base64url");
    return std::move(*bytes);
}

}  // namespace

bool is_jwt(std::string_view token) {
    return token.starts_with("ey") && std::ranges::count(token, '.') == 2;
}

UnverifiedToken parse_jwt(std::string_view token) {
    if (token.size() > max_size) throw InvalidToken("it is too large");
    const auto parts = text::split(token, '.');
    if (parts.size() != 3) throw InvalidToken("it is no JWT");
    const auto header = json::parse_object(decode(parts[0]));
    if (!header) throw InvalidToken("its header is no JSON object");
    const auto* algorithm = signing_algorithm(json::text_of(*header, "alg"));
    if (algorithm == nullptr) throw InvalidToken("its algorithm is not allowed");
    if (header->contains("crit")) throw InvalidToken("its header has what is not understood");
    if (!is_allowed_type(json::text_of(*header, "typ")))
        throw InvalidToken("it is of another type");
    return {.algorithm = algorithm,
            .key_id = json::text_of(*header, "kid"),
            .message = token.substr(0, parts[0].size() + 1 + parts[1].size()),
            .signature = decode(parts[2]),
            .claims = parse_claims(decode(parts[1]))};
}

const VerifyingKey* key_for(const UnverifiedToken& token, const std::vector<VerifyingKey>& keys) {
    const VerifyingKey* found = nullptr;
    for (const auto& key : keys) {
        if (!fits(key, *token.algorithm)) continue;
        if (!token.key_id.empty() && key.id == token.key_id) return &key;
        if (!token.key_id.empty()) continue;
        if (found != nullptr) return nullptr;
        found = &key;
    }
    return found;
}

Claims verify_jwt(const UnverifiedToken& token, const std::vector<VerifyingKey>& keys,
                  const Expected& expected) {
    const auto* key = key_for(token, keys);
    if (key == nullptr) throw InvalidToken("its key is not known");
    if (!verify_signature(*key, *token.algorithm, token.message, token.signature))
        throw InvalidToken("its signature is wrong");
    require(token.claims, expected, false);
    return token.claims;
}

}  // namespace kalends::auth
