// Client certificates as a handler sees them.
#include "client.hpp"
#include "support/certificates.hpp"
#include "support/directory.hpp"

#include <doctest/doctest.h>

#include <fstream>

using namespace testing_http;
using namespace kalends::test;

namespace {

const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

/// Answers with the certificate that a request came with.
struct Showing {
    Showing() {
        answers.from_memory = [](const http::Request& request) {
            return text(request.certificate ? *request.certificate : "none");
        };
    }
    Answers answers;
};

struct Staff {
    Staff() {
        write("server.pem", server.pem());
        write("server.key", server.key_pem());
        write("staff.pem", authority.pem());
    }
    std::string write(const std::string& name, const std::string& contents) const {
        std::ofstream(directory.path / name) << contents;
        return directory.path / name;
    }
    [[nodiscard]] http::ServerSettings settings() const {
        auto all = plain_settings();
        all.listeners[0].certificate_file = directory.path / "server.pem";
        all.listeners[0].key_file = directory.path / "server.key";
        all.listeners[0].client_ca_file = directory.path / "staff.pem";
        return all;
    }
    kalends::test::Directory directory;
    Authority authority{"Staff"};
    Identity server = authority.issue({.cn = "server", .usage = "serverAuth"});
    Identity jane = authority.issue({.cn = "jane"});
};

bool shows(TlsPeer& peer, const Identity& identity) {
    return peer.ask(get) == 200 && peer.last().ends_with(identity.der());
}
bool shows_none(TlsPeer& peer) { return peer.ask(get) == 200 && peer.last().ends_with("none"); }

}  // namespace

TEST_CASE("a client may show a certificate, or none, and each request knows") {
    const Staff staff;
    Showing handler;
    Running running{handler.answers, staff.settings()};
    for (const bool newest : {true, false}) {
        TlsPeer jane{running.port, &staff.jane, newest};
        for (int i = 0; i < 3; ++i) CHECK(shows(jane, staff.jane));
        TlsPeer nobody{running.port, nullptr, newest};
        CHECK(shows_none(nobody));
    }
}

TEST_CASE("certificates of others, expired ones, and those for servers end the handshake") {
    const Staff staff;
    Showing handler;
    Running running{handler.answers, staff.settings()};
    const auto stranger = Authority{"Staff"}.issue({.cn = "jane"});
    const auto old = staff.authority.issue({.cn = "jane", .from = -7200, .until = -3600});
    const auto early = staff.authority.issue({.cn = "jane", .from = 3600, .until = 7200});
    for (const auto* identity : {&stranger, &old, &early, &staff.server})
        for (const bool newest : {true, false})
            CHECK(TlsPeer(running.port, identity, newest).ask(get) == 0);
    CHECK(eventually([&] { return running.server.statistics().handshake_failures == 8; }));
}

TEST_CASE("where a certificate is required, nobody comes without") {
    const Staff staff;
    Showing handler;
    auto settings = staff.settings();
    settings.listeners[0].client_certificate_required = true;
    Running running{handler.answers, settings};
    CHECK(TlsPeer(running.port, nullptr).ask(get) == 0);
    TlsPeer jane{running.port, &staff.jane};
    CHECK(shows(jane, staff.jane));
}

TEST_CASE("a resumed session is still that of the same client") {
    const Staff staff;
    Showing handler;
    Running running{handler.answers, staff.settings()};
    for (const bool newest : {true, false}) {
        TlsPeer first{running.port, &staff.jane, newest};
        CHECK(shows(first, staff.jane));
        TlsPeer second{running.port, &staff.jane, newest, &first};
        CHECK(second.was_resumed());
        CHECK(shows(second, staff.jane));
        TlsPeer anonymous{running.port, nullptr, newest};
        CHECK(shows_none(anonymous));
        TlsPeer resumed{running.port, nullptr, newest, &anonymous};
        CHECK(shows_none(resumed));
    }
}

TEST_CASE("RFC 5280 6.3: a revoked certificate is refused from the next reload on") {
    const Staff staff;
    const auto tor = staff.authority.issue({.cn = "tor"});
    Showing handler;
    auto settings = staff.settings();
    settings.listeners[0].client_crl_file = staff.write("staff.crl", staff.authority.crl({}));
    Running running{handler.answers, settings};
    TlsPeer before{running.port, &staff.jane};
    CHECK(shows(before, staff.jane));
    staff.write("staff.crl", staff.authority.crl({&staff.jane}));
    running.server.reload_tls();
    CHECK(TlsPeer(running.port, &staff.jane).ask(get) == 0);
    CHECK(TlsPeer(running.port, &staff.jane, true, &before).ask(get) == 0);
    TlsPeer other{running.port, &tor};
    CHECK(shows(other, tor));
}

TEST_CASE("the certificate of a trusted proxy is not that of those for whom it asks") {
    const Staff staff;
    Showing handler;
    auto settings = staff.settings();
    settings.trusted_proxies = {"127.0.0.1"};
    Running running{handler.answers, settings};
    TlsPeer proxy{running.port, &staff.jane};
    CHECK(shows_none(proxy));
}

TEST_CASE("authorities or revocations that can't be read are told at the start") {
    const Staff staff;
    Showing handler;
    auto settings = staff.settings();
    settings.listeners[0].client_crl_file = staff.write("no.crl", "nothing");
    CHECK_THROWS_WITH_AS((Running{handler.answers, settings}), doctest::Contains("no.crl"),
                         std::runtime_error);
    settings.listeners[0].client_crl_file.clear();
    settings.listeners[0].client_ca_file = "/nonexistent";
    CHECK_THROWS_WITH_AS((Running{handler.answers, settings}), doctest::Contains("/nonexistent"),
                         std::runtime_error);
}
