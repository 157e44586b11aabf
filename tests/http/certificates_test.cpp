// Logins by client certificates, through the whole server.

#include "base/text.hpp"
#include "store/principals.hpp"
#include "support/certificates.hpp"
#include "support/directory.hpp"
#include "support/test_server.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace kalends;
using namespace kalends::test;

namespace {

/// A configuration with TLS, and an authority for clients.
struct Company {
    Company() {
        const auto server = authority.issue({.cn = "server", .usage = "serverAuth"});
        auto& listener = config.listen.front();
        listener.tls_certificate = write("server.pem", server.pem());
        listener.tls_key = write("server.key", server.key_pem());
        listener.tls_client_ca = write("staff.pem", authority.pem());
    }
    std::string write(const std::string& name, const std::string& contents) const {
        std::ofstream(directory.path / name) << contents;
        return directory.path / name;
    }
    Directory directory;
    Authority authority{"Staff"};
    Config config = test_config();
};

int status(const TestServer& server, const Identity* identity, const std::string& password = {}) {
    TlsPeer peer{server.port(), identity};
    const auto authorization =
        password.empty()
            ? std::string()
            : "Authorization: Basic " + text::base64_encode("alice:" + password) + "\r\n";
    return peer.ask("PROPFIND /dav/calendars/alice/ HTTP/1.1\r\nHost: x\r\nDepth: 0\r\n" +
                    authorization + "\r\n");
}

}  // namespace

TEST_CASE("a certificate opens the account whose address it has, without a password") {
    const Company company;
    const TestServer server({"alice", "bob"}, company.config);
    const auto alice = company.authority.issue({.san = "email:ALICE@example.com"});
    const auto bob = company.authority.issue({.cn = "alice", .san = "email:bob@example.com"});
    CHECK(status(server, &alice) == 207);
    CHECK(status(server, &alice) == 207);
    CHECK(status(server, &bob) == 404);
    CHECK(status(server, nullptr) == 401);
    CHECK(status(server, nullptr, "alice") == 207);
}

TEST_CASE("who has a certificate that is nobody's here may still log in with a password") {
    Company company;
    company.config.auth.free_failures = 1;
    const TestServer server({"alice"}, company.config);
    const auto guest = company.authority.issue({.san = "email:guest@example.com"});
    for (int i = 0; i < 10; ++i) CHECK(status(server, &guest) == 401);
    CHECK(status(server, &guest, "alice") == 207);
    CHECK(status(server, &guest, "wrong") == 401);
}

TEST_CASE("what is sent counts, not the certificate, where both are there") {
    const Company company;
    const TestServer server({"alice", "bob"}, company.config);
    const auto bob = company.authority.issue({.san = "email:bob@example.com"});
    CHECK(status(server, &bob, "alice") == 207);
    const auto alice = company.authority.issue({.san = "email:alice@example.com"});
    CHECK(status(server, &alice, "wrong") == 401);
}

TEST_CASE("certificates.login chooses what in a certificate is the login") {
    for (const auto* by : {"cn", "uid", "san-upn"}) {
        CAPTURE(by);
        Company company;
        company.config.certificates.login = by;
        const TestServer server({"alice"}, company.config);
        const auto alice = company.authority.issue(
            {.cn = "alice",
             .uid = "alice",
             .san = "otherName:1.3.6.1.4.1.311.20.2.3;UTF8:alice@example.com"});
        const auto other =
            company.authority.issue({.cn = "x", .uid = "x", .san = "email:alice@example.com"});
        CHECK(status(server, &alice) == 207);
        CHECK(status(server, &other) == 401);
    }
}

TEST_CASE("a disabled account is closed for its certificate too") {
    const Company company;
    const TestServer server({"alice"}, company.config);
    const auto alice = company.authority.issue({.san = "email:alice@example.com"});
    CHECK(status(server, &alice) == 207);
    store::set_disabled(server.database(), server.database().home("alice")->principal.id, true);
    CHECK(status(server, &alice) == 401);
}
