// TLS as a client sees it; certificates are made here.
#include "base/c_ptr.hpp"
#include "client.hpp"
#include "http/spool.hpp"
#include "support/directory.hpp"

#include <doctest/doctest.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <stdexcept>
#include <thread>

using namespace testing_http;
using kalends::test::Directory;

namespace {

using kalends::CPtr;
const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

using File = CPtr<std::FILE, std::fclose>;

/// Writes a self-signed certificate for `name` and its key.
void make_certificate(const std::string& name, const std::string& certificate_file,
                      const std::string& key_file) {
    const CPtr<EVP_PKEY, EVP_PKEY_free> key{EVP_EC_gen("P-256")};
    const CPtr<X509, X509_free> certificate{X509_new()};
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* subject = X509_get_subject_name(certificate.get());
    const auto* text = reinterpret_cast<const unsigned char*>(name.c_str());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const File certificate_out{std::fopen(certificate_file.c_str(), "w")};
    PEM_write_X509(certificate_out.get(), certificate.get());
    const File key_out{std::fopen(key_file.c_str(), "w")};
    PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

struct Certified {
    Certified() { make("first.example"); }
    void make(const std::string& name) const { make_certificate(name, certificate, key); }
    [[nodiscard]] http::ServerSettings settings() const {
        auto all = plain_settings();
        all.listeners[0].certificate_file = certificate;
        all.listeners[0].key_file = key;
        return all;
    }
    Directory directory;
    std::string certificate = (directory.path / "server.pem").string();
    std::string key = (directory.path / "server.key").string();
};

struct TlsOptions {
    int newest_version = TLS1_3_VERSION;
    std::string protocols{"\x02h2\x08http/1.1", 12};  // ALPN, as on the wire
};

/// A client of one connection over TLS.
class TlsClient {
public:
    explicit TlsClient(std::uint16_t port, const TlsOptions& options = {})
        : client_{port}, context_{SSL_CTX_new(TLS_client_method())}, ssl_{nullptr} {
        SSL_CTX_set_security_level(context_.get(), 0);
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context_.get(), options.newest_version);
        ssl_.reset(SSL_new(context_.get()));
        const auto* protocols = reinterpret_cast<const unsigned char*>(options.protocols.data());
        SSL_set_alpn_protos(ssl_.get(), protocols, static_cast<unsigned>(options.protocols.size()));
        SSL_set_fd(ssl_.get(), client_.socket());
        connected = SSL_connect(ssl_.get()) == 1;
        ERR_clear_error();
    }

    void tell(const std::string& request) {
        SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size()));
    }

    /// Sends a request; the answer as text, up to the end of a body of Content-Length.
    std::string ask(const std::string& request) {
        if (SSL_write(ssl_.get(), request.data(), static_cast<int>(request.size())) <= 0) return {};
        std::string answer;
        for (;;) {
            const auto head = answer.find("\r\n\r\n");
            const auto length = answer.find("Content-Length: ");
            if (head != std::string::npos &&
                answer.size() >= head + 4 + std::stoul(answer.substr(length + 16)))
                return answer;
            std::string piece(65536, '\0');
            const int got = SSL_read(ssl_.get(), piece.data(), static_cast<int>(piece.size()));
            if (got <= 0) return answer;
            answer.append(piece, 0, static_cast<std::size_t>(got));
        }
    }

    /// The CN of the server's certificate.
    [[nodiscard]] std::string server_name() const {
        const CPtr<X509, X509_free> certificate{SSL_get1_peer_certificate(ssl_.get())};
        std::string name(100, '\0');
        const int size =
            X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName,
                                      name.data(), static_cast<int>(name.size()));
        name.resize(static_cast<std::size_t>(size));
        return name;
    }
    [[nodiscard]] std::string protocol() const {
        const unsigned char* name = nullptr;
        unsigned size = 0;
        SSL_get0_alpn_selected(ssl_.get(), &name, &size);
        return {reinterpret_cast<const char*>(name), size};
    }
    [[nodiscard]] int version() const { return SSL_version(ssl_.get()); }
    /// Whether the connection ends with a goodbye (RFC 8446 6.1).
    bool ends_properly() {
        char byte = 0;
        const int got = SSL_read(ssl_.get(), &byte, 1);
        return SSL_get_error(ssl_.get(), got) == SSL_ERROR_ZERO_RETURN;
    }

    bool connected = false;

private:
    Client client_;
    CPtr<SSL_CTX, SSL_CTX_free> context_;
    CPtr<SSL, SSL_free> ssl_;
};

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Sends megabytes, and wants them back.
void check_echo(std::uint16_t port) {
    TlsClient client{port};
    std::string body;
    for (int i = 0; i < 500000; ++i) body += std::to_string(i);
    const auto answer =
        client.ask("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
                   "\r\n\r\n" + body);
    CHECK(answer.substr(answer.find("\r\n\r\n") + 4) == body);
}

}  // namespace

TEST_CASE("a request over TLS is answered, and the handler knows that it is https") {
    const Certified certified;
    Answers handler;
    handler.by_worker = [](const http::Request& request) {
        return text(request.scheme + " " + request.body);
    };
    Running running{handler, certified.settings()};
    TlsClient client{running.port};
    REQUIRE(client.connected);
    CHECK(client.protocol() == "http/1.1");
    CHECK(client.version() == TLS1_3_VERSION);
    for (int i = 0; i < 2; ++i) CHECK(contains(client.ask(get), "https "));
    CHECK(contains(client.ask("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"),
                   "https hello"));
}

TEST_CASE("megabytes go both ways over TLS") {
    const Certified certified;
    Answers handler;
    handler.by_worker = [](const http::Request& request) { return text(request.body); };
    Running running{handler, certified.settings()};
    check_echo(running.port);
}

TEST_CASE("pipelined requests over TLS are all answered") {
    const Certified certified;
    Answers handler;
    handler.from_memory = [](const http::Request& request) {
        return text(request.path + std::string(300, '.'));
    };
    Running running{handler, certified.settings()};
    TlsClient client{running.port};
    std::string all;
    for (int i = 0; i < 1000; ++i)
        all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
    std::string answers = client.ask(all);
    while (!contains(answers, "/999.")) {
        const auto more = client.ask("\r\n");
        if (more.empty()) break;
        answers += more;
    }
    CHECK(contains(answers, "/0."));
    CHECK(contains(answers, "/999."));
}

TEST_CASE("RFC 9325 3.1.1: TLS 1.2 is spoken, and nothing older") {
    const Certified certified;
    Answers handler;
    Running running{handler, certified.settings()};
    TlsClient old{running.port, {TLS1_2_VERSION}};
    CHECK(old.connected);
    CHECK(old.version() == TLS1_2_VERSION);
    CHECK(contains(old.ask(get), "200 OK"));
    CHECK_FALSE(TlsClient{running.port, {TLS1_1_VERSION}}.connected);
    CHECK(eventually([&] { return running.server.statistics().handshake_failures == 1; }));
}

TEST_CASE("RFC 7301 3.2: a client that speaks only HTTP/2 is refused in the handshake") {
    const Certified certified;
    Answers handler;
    Running running{handler, certified.settings()};
    CHECK_FALSE(TlsClient{running.port, {TLS1_3_VERSION, std::string{"\x02h2", 3}}}.connected);
}

TEST_CASE("plain HTTP on a TLS port is just closed, and so is silence") {
    const Certified certified;
    Answers handler;
    auto settings = certified.settings();
    settings.timeouts.header = std::chrono::milliseconds{200};
    Running running{handler, settings};
    Client plain{running.port};
    plain.send(get);
    CHECK(plain.closed());
    Client silent{running.port};
    CHECK(silent.closed());
    CHECK(TlsClient{running.port}.connected);
}

TEST_CASE("RFC 8446 6.1: the server says goodbye before it closes") {
    const Certified certified;
    Answers handler;
    Running running{handler, certified.settings()};
    TlsClient client{running.port};
    CHECK(contains(client.ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"), "200 OK"));
    CHECK(client.ends_properly());
}

TEST_CASE("a new certificate is used for new connections, without a restart") {
    const Certified certified;
    Answers handler;
    Running running{handler, certified.settings()};
    TlsClient before{running.port};
    CHECK(before.server_name() == "first.example");
    certified.make("second.example");
    CHECK(TlsClient{running.port}.server_name() == "first.example");
    running.server.reload_tls();
    CHECK(TlsClient{running.port}.server_name() == "second.example");
    CHECK(contains(before.ask(get), "200 OK"));
}

TEST_CASE("a new certificate that can't be used leaves the old one in place") {
    const Certified certified;
    Answers handler;
    Running running{handler, certified.settings()};
    make_certificate("other.example", certified.certificate, certified.certificate + ".otherkey");
    CHECK_THROWS_WITH_AS(running.server.reload_tls(),
                         doctest::Contains("does not belong to the certificate"),
                         std::runtime_error);
    CHECK(TlsClient{running.port}.server_name() == "first.example");
}

TEST_CASE("a client that goes away in the middle of an answer harms nobody") {
    const Certified certified;
    Answers handler;
    // NOLINTNEXTLINE(bugprone-string-constructor): more than the kernel takes at once
    handler.by_worker = [](const http::Request&) { return text(std::string(20'000'000, 'x')); };
    Running running{handler, certified.settings()};
    for (int i = 0; i < 5; ++i) {
        TlsClient client{running.port};
        REQUIRE(client.connected);
        client.tell(get);
    }
    CHECK(eventually([&] {
        const auto all = running.server.statistics();
        return all.requests == 5 && all.connections == 0;
    }));
    CHECK(TlsClient{running.port}.connected);
}

TEST_CASE("a large body is spooled over TLS too") {
    const Certified certified;
    Answers handler;
    handler.rule = [](const http::Request&) -> http::BodyRule { return {UINT64_MAX, true}; };
    handler.by_worker = [](const http::Request& request) {
        if (!request.spooled) return text("not spooled");
        std::string body(request.spooled->size(), '\0');
        request.spooled->read(0, body);
        return text(body);
    };
    Running running{handler, certified.settings()};
    check_echo(running.port);
}
