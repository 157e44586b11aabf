#include "base/clock.hpp"
#include "directory/ldap/login.hpp"
#include "ldap/slapd.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <stdlib.h>

using namespace kalends;
using namespace kalends::test;
using namespace kalends::directory::ldap;
using Kind = LoginOutcome::Kind;

namespace {

namespace fs = std::filesystem;

/// Two authorities, and a certificate of the first for a host: "DNS:name" or "IP:address".
class Certificates {
public:
    explicit Certificates(const std::string& host) {
        std::string path = fs::temp_directory_path() / "kalends-tls-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp");
        directory_ = path;
        make_authority("ca");
        make_authority("other");
        std::ofstream(file("extensions")) << "subjectAltName=" << host << "\n";
        run({"openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", file("key"), "-out", file("request"), "-subj", "/CN=somebody"});
        run({"openssl", "x509", "-req", "-in", file("request"), "-CA", file("ca"), "-CAkey",
             file("ca.key"), "-CAcreateserial", "-days", "2", "-extfile", file("extensions"),
             "-out", file("certificate")});
    }
    ~Certificates() { fs::remove_all(directory_); }
    Certificates(const Certificates&) = delete;
    Certificates& operator=(const Certificates&) = delete;

    [[nodiscard]] std::string file(const std::string& name) const {
        return directory_ + "/" + name;
    }

private:
    void make_authority(const std::string& name) const {
        run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-keyout", file(name + ".key"), "-out", file(name), "-days", "2", "-subj",
             "/CN=" + name});
    }
    std::string directory_;
};

/// What becomes of a login by StartTLS, and by ldaps.
std::vector<LoginOutcome> both_ways(const TestSlapd& slapd, const std::string& authority,
                                    bool check = true) {
    std::vector<LoginOutcome> outcomes;
    for (const bool start_tls : {true, false}) {
        auto settings = slapd.settings();
        settings.uris = {start_tls ? slapd.uri() : slapd.tls_uri()};
        settings.start_tls = start_tls;
        settings.ca_file = authority;
        settings.check_certificate = check;
        Servers servers{settings};
        Pool pool{servers, 1};
        outcomes.push_back(log_in(pool, "anna", "anna"));
    }
    return outcomes;
}

}  // namespace

TEST_CASE("RFC 4513 3.1: with the right authority both StartTLS and ldaps are accepted") {
    REQUIRE_SLAPD();
    const Certificates certificates{"IP:127.0.0.1"};
    const TestSlapd slapd{{.entries = person("anna"),
                           .tls_certificate = certificates.file("certificate"),
                           .tls_key = certificates.file("key")}};
    for (const auto& outcome : both_ways(slapd, certificates.file("ca")))
        CHECK(outcome.kind == Kind::right);
    for (const auto& outcome : both_ways(slapd, certificates.file("other")))
        CHECK(outcome.kind == Kind::unavailable);
    for (const auto& outcome : both_ways(slapd, "/nonexistent"))
        CHECK(outcome.kind == Kind::unavailable);
    for (const auto& outcome : both_ways(slapd, certificates.file("other"), false))
        CHECK(outcome.kind == Kind::right);
}

TEST_CASE("RFC 4513 3.1.3: a certificate of another host is refused") {
    REQUIRE_SLAPD();
    const Certificates certificates{"DNS:directory.example"};
    const TestSlapd slapd{{.entries = person("anna"),
                           .tls_certificate = certificates.file("certificate"),
                           .tls_key = certificates.file("key")}};
    for (const auto& outcome : both_ways(slapd, certificates.file("ca")))
        CHECK(outcome.kind == Kind::unavailable);
}

TEST_CASE("a server without TLS gets no password when StartTLS is asked for") {
    REQUIRE_SLAPD();
    const TestSlapd slapd{{.entries = person("anna")}};
    auto settings = slapd.settings();
    settings.start_tls = true;
    Servers servers{settings};
    Pool pool{servers, 1};
    const auto outcome = log_in(pool, "anna", "anna");
    CHECK(outcome.kind == Kind::unavailable);
    CHECK(outcome.why.find("StartTLS") != std::string::npos);
}
