// TLS by OpenSSL: RFC 8446, RFC 5246, RFC 7301, RFC 9325.
#include "base/c_ptr.hpp"
#include "http/transport_private.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <climits>
#include <stdexcept>

namespace kalends::http {
namespace {

using SslPtr = CPtr<SSL, SSL_free>;
using CertificatePtr = CPtr<X509, X509_free>;

// For TLS 1.2; those of 1.3 are all good. Forward secrecy and authenticated encryption only (RFC
// 9325 4.2).
constexpr const char* ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

/// Why OpenSSL failed, in its words.
std::string openssl_error() {
    const auto code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return "unknown reason";
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    return text.data();
}

// OpenSSL keeps a pointer into it after the callback.
constexpr std::array<unsigned char, 9> our_protocols{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

/// http/1.1 if the client offers it; a client that offers only others is refused (RFC 7301 3.2).
int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
    unsigned char* found = nullptr;
    const int result = SSL_select_next_proto(&found, chosen_size, our_protocols.data(),
                                             our_protocols.size(), offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void configure(SSL_CTX* context) {
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                     SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_cipher_list(context, ciphers);
    SSL_CTX_set_alpn_select_cb(context, select_protocol, nullptr);
}

constexpr std::string_view session_context = "kalends";

/// Clients are asked for a certificate, and those of other authorities, expired or revoked ones, or
/// those that are not for clients (RFC 5280 4.2.1.12) end the handshake.
void ask_for_certificates(SSL_CTX* context, const Listener& listener) {
    const auto& file = listener.client_ca_file;
    SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(file.c_str()));  // and owns them
    if (SSL_CTX_load_verify_file(context, file.c_str()) != 1)
        throw std::runtime_error("the authorities of clients in " + file +
                                 " can't be read: " + openssl_error());
    // Those that are named are trusted, also where a greater authority has made them.
    X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
    const int required = listener.client_certificate_required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0;
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | required, nullptr);
    // Without it OpenSSL resumes no session of a client that has shown a certificate.
    SSL_CTX_set_session_id_context(context,
                                   reinterpret_cast<const unsigned char*>(session_context.data()),
                                   static_cast<unsigned>(session_context.size()));
}

/// RFC 5280 6.3, for the client's own certificate.
void look_at_revocation(SSL_CTX* context, const std::string& file) {
    auto* store = SSL_CTX_get_cert_store(context);
    auto* lookup = X509_STORE_add_lookup(store, X509_LOOKUP_file());
    if (lookup == nullptr || X509_load_crl_file(lookup, file.c_str(), X509_FILETYPE_PEM) < 1)
        throw std::runtime_error("the revocation list " + file +
                                 " can't be read: " + openssl_error());
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
}

std::shared_ptr<SSL_CTX> load(const Listener& listener) {
    const auto& certificate_file = listener.certificate_file;
    const auto& key_file = listener.key_file;
    std::shared_ptr<SSL_CTX> context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
    if (!context) throw std::runtime_error("TLS can't be set up: " + openssl_error());
    configure(context.get());
    if (SSL_CTX_use_certificate_chain_file(context.get(), certificate_file.c_str()) != 1)
        throw std::runtime_error("the certificate " + certificate_file +
                                 " can't be read: " + openssl_error());
    if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
        throw std::runtime_error("the key " + key_file +
                                 " can't be read or does not belong to the certificate " +
                                 certificate_file + ": " + openssl_error());
    if (!listener.client_ca_file.empty()) ask_for_certificates(context.get(), listener);
    if (!listener.client_crl_file.empty())
        look_at_revocation(context.get(), listener.client_crl_file);
    return context;
}

int clamp_size(std::size_t size) { return static_cast<int>(std::min<std::size_t>(size, INT_MAX)); }

class TlsTransport final : public Transport {
public:
    explicit TlsTransport(SslPtr ssl) : ssl_{std::move(ssl)} { SSL_set_accept_state(ssl_.get()); }

    Io handshake() override {
        ERR_clear_error();
        return outcome(SSL_accept(ssl_.get()));
    }

    Io read(char* to, std::size_t size) override {
        ERR_clear_error();
        return outcome(SSL_read(ssl_.get(), to, clamp_size(size)));
    }

    /// Small parts go into one record, so that an answer is one packet.
    Io write(std::string_view first, std::string_view second) override {
        constexpr std::size_t record = 16384;
        ERR_clear_error();
        if (second.empty() || first.size() >= record)
            return outcome(SSL_write(ssl_.get(), first.data(), clamp_size(first.size())));
        if (first.empty())
            return outcome(SSL_write(ssl_.get(), second.data(), clamp_size(second.size())));
        std::string both{first};
        both += second.substr(0, record - first.size());
        return outcome(SSL_write(ssl_.get(), both.data(), clamp_size(both.size())));
    }

    [[nodiscard]] bool holds_input() const override { return SSL_has_pending(ssl_.get()) == 1; }

    [[nodiscard]] std::string certificate() const override {
        const CertificatePtr certificate{SSL_get1_peer_certificate(ssl_.get())};
        unsigned char* der = nullptr;
        const int size = certificate ? i2d_X509(certificate.get(), &der) : 0;
        if (size <= 0 || SSL_get_verify_result(ssl_.get()) != X509_V_OK) {
            OPENSSL_free(der);
            return {};
        }
        std::string result(reinterpret_cast<const char*>(der), static_cast<std::size_t>(size));
        OPENSSL_free(der);
        return result;
    }

    void close_notify() override {
        if (broken_ || SSL_is_init_finished(ssl_.get()) == 0) return;
        ERR_clear_error();
        SSL_shutdown(ssl_.get());
    }

private:
    Io outcome(int result) {
        if (result > 0) return {Io::State::done, static_cast<std::size_t>(result)};
        switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return {Io::State::want_read, 0};
        case SSL_ERROR_WANT_WRITE:
            return {Io::State::want_write, 0};
        case SSL_ERROR_ZERO_RETURN:
            return {Io::State::closed, 0};
        default:
            break;
        }
        ERR_clear_error();
        broken_ = true;  // OpenSSL forbids any further call on it
        return {Io::State::closed, 0};
    }

    SslPtr ssl_;
    bool broken_ = false;
};

}  // namespace

TlsContext::TlsContext(Listener listener)
    : listener_{std::move(listener)}, context_{load(listener_)} {}

void TlsContext::reload() {
    auto fresh = load(listener_);
    const std::lock_guard lock{mutex_};
    context_ = std::move(fresh);
}

std::unique_ptr<Transport> TlsContext::transport(int socket) const {
    std::shared_ptr<SSL_CTX> context;
    {
        const std::lock_guard lock{mutex_};
        context = context_;
    }
    SslPtr ssl{SSL_new(context.get())};  // which counts itself as a user of the context
    if (!ssl || SSL_set_fd(ssl.get(), socket) != 1) return nullptr;
    return std::make_unique<TlsTransport>(std::move(ssl));
}

}  // namespace kalends::http
