#include "auth/jwt.hpp"
#include "base/clock.hpp"
#include "base/hash.hpp"
#include "support/signing_key.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <vector>

using namespace kalends;
using namespace kalends::test;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

const auto now = std::chrono::sys_seconds{1'800'000'000s};

std::string issued(const std::string& more = {}, long long expires = 1'800'000'300) {
    return R"({"iss":"https://id.example","aud":["kalends","account"],"azp":"phone","exp":)" +
           std::to_string(expires) + R"(,"preferred_username":"jane")" +
           (more.empty() ? "" : "," + more) + "}";
}

auth::Expected expected() {
    return {.issuer = "https://id.example",
            .audiences = {"kalends"},
            .clients = {"phone", "laptop"},
            .leeway = 60s};
}

/// Made once: RSA keys take time.
const SigningKey& rsa() {
    static const SigningKey key{"RSA", "rsa"};
    return key;
}
const SigningKey& p256() {
    static const SigningKey key{"P-256", "p256"};
    return key;
}

std::vector<auth::VerifyingKey> keys() {
    return auth::parse_key_set(key_set(rsa().jwk(R"("use":"sig")") + "," + p256().jwk()));
}

/// Empty: it is believed; else why not.
std::string refusal(const std::string& token, const auth::Expected& wanted = expected()) {
    const clock::Fixed fixed{now};
    try {
        verify_jwt(auth::parse_jwt(token), keys(), wanted);
        return {};
    } catch (const auth::InvalidToken& error) {
        return error.what();
    }
}

std::string refusal_of_claims(const std::string& claims) {
    return refusal(make_jwt(p256(), "ES256", claims));
}

std::string with_header(const std::string& header) {
    return make_jwt(p256(), "ES256", header, issued());
}

}  // namespace

TEST_CASE("RFC 7519: a token of the issuer, for us, now, says who it is") {
    const clock::Fixed fixed{now};
    const auto token = make_jwt(rsa(), "RS256", issued(R"("email":"j@example.com")"));
    const auto claims = verify_jwt(auth::parse_jwt(token), keys(), expected());
    CHECK(claims.texts.at("preferred_username") == "jane");
    CHECK(claims.texts.at("email") == "j@example.com");
    CHECK_FALSE(claims.email_verified);
    CHECK(claims.expires == now + 300s);
    CHECK(claims.client == "phone");
}

TEST_CASE("RFC 7518 3.1, RFC 8037: each algorithm that is allowed verifies its own signatures") {
    struct Row {
        const char* type;
        const char* algorithm;
    };
    const clock::Fixed fixed{now};
    for (const auto& row :
         {Row{"RSA", "RS256"}, Row{"RSA", "RS384"}, Row{"RSA", "RS512"}, Row{"RSA", "PS256"},
          Row{"RSA", "PS384"}, Row{"RSA", "PS512"}, Row{"P-256", "ES256"}, Row{"P-384", "ES384"},
          Row{"P-521", "ES512"}, Row{"Ed25519", "EdDSA"}}) {
        CAPTURE(row.algorithm);
        const SigningKey key{row.type, "k"};
        const auto set = auth::parse_key_set(key_set(key.jwk()));
        const auto token = make_jwt(key, row.algorithm, issued());
        CHECK_NOTHROW(verify_jwt(auth::parse_jwt(token), set, expected()));
        auto changed = token;
        changed[changed.size() - 10] = changed[changed.size() - 10] == 'A' ? 'B' : 'A';
        CHECK_THROWS_AS(verify_jwt(auth::parse_jwt(changed), set, expected()), auth::InvalidToken);
        const auto other = auth::parse_key_set(key_set(SigningKey{row.type, "k"}.jwk()));
        CHECK_THROWS_AS(verify_jwt(auth::parse_jwt(token), other, expected()), auth::InvalidToken);
    }
}

TEST_CASE("RFC 8725 3.1: a token without a signature, or signed by a shared secret, is refused") {
    const auto claims = base64url(issued());
    for (const auto* name : {"none", "None", "NONE", "HS256", "HS512", "", "RS1", "ES256K"}) {
        CAPTURE(name);
        const auto header = base64url(R"({"alg":")"s + name + R"(","kid":"rsa"})");
        CHECK(refusal(header + '.' + claims + '.') == "its algorithm is not allowed");
    }
    // The public key as if it were a secret: what everybody has would sign.
    const auto message = base64url(R"({"alg":"HS256","kid":"rsa"})") + '.' + claims;
    CHECK(refusal(message + '.' + base64url(hash::hmac_sha256(rsa().pem(), message))) ==
          "its algorithm is not allowed");
    CHECK_FALSE(refusal(base64url(R"({"kid":"rsa"})") + '.' + claims + '.').empty());
    CHECK_FALSE(refusal(base64url(R"({"alg":"ES256","kid":"p256"})") + '.' + claims + '.').empty());
}

TEST_CASE("RFC 8725 3.1: a key is used with the algorithms only that it is for") {
    CHECK(refusal(make_jwt(rsa(), "RS256", R"({"alg":"RS256","kid":"p256"})", issued())) ==
          "its key is not known");
    CHECK(refusal(make_jwt(p256(), "ES256", R"({"alg":"ES384","kid":"p256"})", issued())) ==
          "its key is not known");
    const clock::Fixed fixed{now};
    const auto token = make_jwt(rsa(), "RS256", issued());
    const auto pss_only = auth::parse_key_set(key_set(rsa().jwk(R"("alg":"PS256")")));
    CHECK_THROWS_AS(verify_jwt(auth::parse_jwt(token), pss_only, expected()), auth::InvalidToken);
}

TEST_CASE("RFC 7517 4.2, RFC 7518 3.3: keys for encryption, weak and broken ones are none") {
    CHECK(auth::parse_key_set(key_set(rsa().jwk(R"("use":"enc")"))).empty());
    CHECK(auth::parse_key_set(key_set(rsa().jwk(R"("key_ops":["encrypt"])"))).empty());
    CHECK(auth::parse_key_set(key_set(SigningKey("RSA-1024", "k").jwk())).empty());
    CHECK(auth::parse_key_set(key_set(R"({"kty":"oct","k":"c2VjcmV0","kid":"k"})")).empty());
    CHECK(auth::parse_key_set(key_set(R"({"kty":"EC","crv":"P-256","kid":"k","x":")" +
                                      base64url(std::string(32, 1)) + R"(","y":")" +
                                      base64url(std::string(32, 1)) + R"("})"))
              .empty());
    for (const auto& broken : {R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})"s, "{}"s, "7"s,
                               R"({"kty":"OKP","crv":"Ed25519","x":"AA"})"s,
                               R"({"kty":"RSA","n":"","e":"AQAB"})"s, R"({"kty":7})"s})
        CHECK(auth::parse_key_set(key_set(broken)).empty());
    for (const auto& no_set : {""s, "[]"s, R"({"keys":7})"s, "{"s})
        CHECK(auth::parse_key_set(no_set).empty());
    CHECK(auth::parse_key_set(key_set("7," + p256().jwk())).size() == 1);
}

TEST_CASE("RFC 7519 4.1: another issuer, audience, client or time is refused") {
    CHECK(refusal_of_claims(issued()).empty());
    CHECK(refusal_of_claims(R"({"iss":"https://evil.example","aud":"kalends","azp":"phone",)"
                            R"("exp":1800000300})") == "it is another issuer's");
    CHECK(refusal_of_claims(R"({"iss":"https://id.example","aud":"other","azp":"phone",)"
                            R"("exp":1800000300})") == "its audience is another");
    CHECK(refusal_of_claims(R"({"iss":"https://id.example","aud":"kalends","azp":"stranger",)"
                            R"("exp":1800000300})") == "it was issued to another client");
    CHECK(refusal_of_claims(R"({"iss":"https://id.example","aud":"kalends","client_id":"laptop",)"
                            R"("exp":1800000300})")
              .empty());
    CHECK(refusal_of_claims(R"({"iss":"https://id.example","aud":"kalends","azp":"phone"})") ==
          "it never expires");
    CHECK(refusal_of_claims(R"({"iss":"https://id.example","aud":"kalends","azp":"phone",)"
                            R"("exp":"1800000300"})") == "a time in it is no number");
}

TEST_CASE("RFC 7519 4.1.4: clocks may be apart by the leeway, and not by more") {
    const auto at = [](long long seconds) { return issued({}, 1'800'000'000 + seconds); };
    CHECK(refusal_of_claims(at(-59)).empty());
    CHECK(refusal_of_claims(at(-60)) == "it has expired");
    CHECK(refusal_of_claims(issued(R"("nbf":1800000060)")).empty());
    CHECK(refusal_of_claims(issued(R"("nbf":1800000061)")) == "it is not valid yet");
    CHECK(refusal_of_claims(issued(R"("nbf":1799999999.5)")).empty());
    CHECK(refusal_of_claims(issued({}, 900'000'000'000'000)).empty());
    CHECK_FALSE(refusal_of_claims(issued(R"("nbf":1e300)")).empty());
}

TEST_CASE("RFC 8725 3.11: a JWT for another purpose opens nothing") {
    CHECK(refusal(with_header(R"({"alg":"ES256","kid":"p256","typ":"at+jwt"})")).empty());
    CHECK(
        refusal(with_header(R"({"alg":"ES256","kid":"p256","typ":"application/AT+JWT"})")).empty());
    CHECK(refusal(with_header(R"({"alg":"ES256","kid":"p256"})")).empty());
    for (const auto* type : {"logout+jwt", "dpop+jwt", "secevent+jwt", "JOSE"})
        CHECK(refusal(with_header(R"({"alg":"ES256","kid":"p256","typ":")"s + type + "\"}")) ==
              "it is of another type");
    CHECK(refusal(with_header(R"({"alg":"ES256","kid":"p256","crit":["exp"]})")) ==
          "its header has what is not understood");
    CHECK_FALSE(refusal_of_claims(issued(R"("cnf":{"jkt":"x"})")).empty());
}

TEST_CASE("a key is found by its id, and without one only where there is no choice") {
    CHECK(refusal(with_header(R"({"alg":"ES256","kid":"other"})")) == "its key is not known");
    CHECK(refusal(with_header(R"({"alg":"ES256"})")).empty());
    const SigningKey second{"P-256", "second"};
    const auto two = auth::parse_key_set(key_set(p256().jwk() + "," + second.jwk()));
    CHECK(auth::key_for(auth::parse_jwt(with_header(R"({"alg":"ES256"})")), two) == nullptr);
    CHECK(
        auth::key_for(auth::parse_jwt(with_header(R"({"alg":"ES256","kid":"second"})")), two)->id ==
        "second");
}

TEST_CASE("what is not well-formed is refused, whatever its size and depth") {
    const auto good = make_jwt(p256(), "ES256", issued());
    const auto first = good.find('.');
    const auto second = good.rfind('.');
    CHECK_FALSE(refusal(good.substr(0, good.size() - 4)).empty());
    CHECK_FALSE(refusal(good.substr(0, second + 1)).empty());
    CHECK_FALSE(refusal(good + "AAAA").empty());
    CHECK_FALSE(refusal(good + "=").empty());
    CHECK_FALSE(refusal(good + ".x").empty());
    CHECK_FALSE(refusal("*" + good).empty());
    CHECK_FALSE(refusal(good.substr(0, first) + "..").empty());
    CHECK_FALSE(refusal("..").empty());
    CHECK_FALSE(refusal("").empty());
    CHECK_FALSE(
        refusal(good.substr(0, first) + "." + base64url("[]") + good.substr(second)).empty());
    CHECK(refusal(std::string(1UL << 20U, 'e')) == "it is too large");
    CHECK(refusal(good.substr(0, first) + "." + std::string(1UL << 20U, 'A') +
                  good.substr(second)) == "it is too large");
    const std::string deep = R"({"a":)" + std::string(2000, '[') + std::string(2000, ']') + "}";
    CHECK(refusal_of_claims(deep) == "its claims are no JSON object");
    CHECK(refusal_of_claims(issued() + " {}") == "its claims are no JSON object");
    CHECK(refusal_of_claims("{\"iss\":\"\xff\"}") == "its claims are no JSON object");
}

TEST_CASE("only what has the form of a JWT is taken for one") {
    CHECK(auth::is_jwt(make_jwt(p256(), "ES256", issued())));
    for (const auto* opaque : {"", "abc", "a.b.c", "eyJ", "eyJ.b", "eyJ.b.c.d"})
        CHECK_FALSE(auth::is_jwt(opaque));
}
