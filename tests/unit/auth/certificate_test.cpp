#include "auth/certificate.hpp"
#include "base/clock.hpp"
#include "support/certificates.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace kalends;
using namespace kalends::test;
using auth::CertificateName;
using Names = std::vector<std::string>;

namespace {

const Authority& authority() {
    static const Authority one{"Staff"};
    return one;
}

Names names(const CertificateRequest& request, CertificateName name) {
    const auto facts = auth::read_certificate(authority().issue(request).der(), name);
    REQUIRE(facts);
    return facts->names;
}

}  // namespace

TEST_CASE("RFC 5280 4.2.1.6: a certificate names its owner by mail address, UPN, CN or UID") {
    const CertificateRequest request{.cn = "Jane",
                                     .uid = "jane",
                                     .san =
                                         "DNS:x.example,email:Jane@example.com,email:j@example.com,"
                                         "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:jane@corp.example,"
                                         "otherName:1.2.3.4;UTF8:admin"};
    CHECK(names(request, CertificateName::san_email) == Names{"Jane@example.com", "j@example.com"});
    CHECK(names(request, CertificateName::san_upn) == Names{"jane@corp.example"});
    CHECK(names(request, CertificateName::cn) == Names{"Jane"});
    CHECK(names(request, CertificateName::uid) == Names{"jane"});
    CHECK(names({.cn = "Jürgen"}, CertificateName::cn) == Names{"Jürgen"});
    CHECK(names({.cn = "Jane"}, CertificateName::san_email).empty());
    CHECK(names({.san = "DNS:jane"}, CertificateName::uid).empty());
}

TEST_CASE("a name with a NUL, a space or a control character names nobody") {
    using namespace std::string_literals;
    for (const auto& cn : {"jane\0.evil"s, "jane doe"s, "jane\n"s})
        CHECK(names({.cn = cn}, CertificateName::cn) == Names{""});
}

TEST_CASE("RFC 5280 4.2.1.12: a certificate for servers only is not for clients") {
    const auto is_for_clients = [](const std::string& usage) {
        return auth::read_certificate(authority().issue({.cn = "x", .usage = usage}).der(),
                                      CertificateName::cn)
            ->for_clients;
    };
    CHECK(is_for_clients("clientAuth"));
    CHECK(is_for_clients("serverAuth,clientAuth"));
    CHECK(is_for_clients(""));
    CHECK(is_for_clients("anyExtendedKeyUsage"));
    CHECK_FALSE(is_for_clients("serverAuth"));
    CHECK_FALSE(is_for_clients("emailProtection"));
}

TEST_CASE("a certificate says from when until when it is good, and what is none is none") {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock::now());
    const auto facts = auth::read_certificate(
        authority().issue({.cn = "x", .from = -100, .until = 200}).der(), CertificateName::cn);
    REQUIRE(facts);
    CHECK(facts->from <= now - std::chrono::seconds{99});
    CHECK(facts->until - facts->from == std::chrono::seconds{300});
    for (const auto* none : {"", "x", "\x30\x03\x02\x01\x01"})
        CHECK_FALSE(auth::read_certificate(none, CertificateName::cn));
}
