#include "support/certificates.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <stdexcept>
#include <unistd.h>

namespace kalends::test {
namespace {

using Bio = CPtr<BIO, BIO_free_all>;

std::string contents(BIO* bio) {
    char* bytes = nullptr;
    const auto size = BIO_get_mem_data(bio, &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

void add_name(X509_NAME* name, const char* kind, const std::string& value) {
    if (value.empty()) return;
    X509_NAME_add_entry_by_txt(name, kind, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(value.data()),
                               static_cast<int>(value.size()), -1, 0);
}

void add_extension(X509* certificate, int kind, const std::string& value) {
    if (value.empty()) return;
    const CPtr<X509_EXTENSION, X509_EXTENSION_free> extension{
        X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str())};
    if (!extension) throw std::runtime_error("no such extension: " + value);
    X509_add_ext(certificate, extension.get(), -1);
}

/// All but the issuer and the signature.
Identity unsigned_identity(const CertificateRequest& request, long serial) {
    Identity identity{decltype(Identity::certificate){X509_new()},
                      decltype(Identity::key){EVP_EC_gen("P-256")}};
    auto* certificate = identity.certificate.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate), request.from);
    X509_gmtime_adj(X509_getm_notAfter(certificate), request.until);
    X509_set_pubkey(certificate, identity.key.get());
    add_name(X509_get_subject_name(certificate), "CN", request.cn);
    add_name(X509_get_subject_name(certificate), "UID", request.uid);
    add_extension(certificate, NID_subject_alt_name, request.san);
    add_extension(certificate, NID_ext_key_usage, request.usage);
    return identity;
}

int connect_to(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("can't connect");
    return socket;
}

}  // namespace

void free_certificate(x509_st* certificate) noexcept { X509_free(certificate); }
void free_certificate_key(evp_pkey_st* key) noexcept { EVP_PKEY_free(key); }

std::string Identity::der() const {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(certificate.get(), &bytes);
    std::string result(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    return result;
}

std::string Identity::pem() const {
    const Bio bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509(bio.get(), certificate.get());
    return contents(bio.get());
}

std::string Identity::key_pem() const {
    const Bio bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    return contents(bio.get());
}

Authority::Authority(const std::string& name)
    : self_(unsigned_identity({.cn = name, .usage = {}, .until = 90L * 86'400}, 1)) {
    auto* certificate = self_.certificate.get();
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate, self_.key.get(), EVP_sha256());
}

Identity Authority::issue(const CertificateRequest& request) const {
    auto identity = unsigned_identity(request, ++serial_);
    X509_set_issuer_name(identity.certificate.get(),
                         X509_get_subject_name(self_.certificate.get()));
    X509_sign(identity.certificate.get(), self_.key.get(), EVP_sha256());
    return identity;
}

std::string Authority::crl(const std::vector<const Identity*>& revoked) const {
    const CPtr<X509_CRL, X509_CRL_free> list{X509_CRL_new()};
    const CPtr<ASN1_TIME, ASN1_TIME_free> now{X509_gmtime_adj(nullptr, -60)};
    const CPtr<ASN1_TIME, ASN1_TIME_free> next{X509_gmtime_adj(nullptr, 3600)};
    X509_CRL_set_version(list.get(), 1);
    X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(self_.certificate.get()));
    X509_CRL_set1_lastUpdate(list.get(), now.get());
    X509_CRL_set1_nextUpdate(list.get(), next.get());
    for (const auto* identity : revoked) {
        auto* entry = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(identity->certificate.get()));
        X509_REVOKED_set_revocationDate(entry, now.get());
        X509_CRL_add0_revoked(list.get(), entry);
    }
    X509_CRL_sign(list.get(), self_.key.get(), EVP_sha256());
    const Bio bio{BIO_new(BIO_s_mem())};
    PEM_write_bio_X509_CRL(bio.get(), list.get());
    return contents(bio.get());
}

struct TlsPeer::Inner {
    int socket = -1;
    CPtr<SSL_CTX, SSL_CTX_free> context{SSL_CTX_new(TLS_client_method())};
    CPtr<SSL, SSL_free> ssl{nullptr};
    std::string last;
};

TlsPeer::TlsPeer(std::uint16_t port, const Identity* identity, bool newest, const TlsPeer* before)
    : inner_(std::make_unique<Inner>()) {
    auto* context = inner_->context.get();
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_set_max_proto_version(context, newest ? TLS1_3_VERSION : TLS1_2_VERSION);
    if (identity != nullptr) {
        SSL_CTX_use_certificate(context, identity->certificate.get());
        SSL_CTX_use_PrivateKey(context, identity->key.get());
    }
    inner_->socket = connect_to(port);
    inner_->ssl.reset(SSL_new(context));
    if (before != nullptr)
        SSL_set_session(inner_->ssl.get(), SSL_get0_session(before->inner_->ssl.get()));
    SSL_set_fd(inner_->ssl.get(), inner_->socket);
    SSL_connect(inner_->ssl.get());
    ERR_clear_error();
}

TlsPeer::~TlsPeer() { ::close(inner_->socket); }

int TlsPeer::ask(const std::string& request) {
    auto& last = inner_->last;
    last.clear();
    std::string piece(65536, '\0');
    auto* ssl = inner_->ssl.get();
    const auto ended = [&last] {
        const auto head = last.find("\r\n\r\n");
        const auto length = last.find("Content-Length: ");
        return head != std::string::npos &&
               (length == std::string::npos || length > head ||
                last.size() >= head + 4 + std::stoul(last.substr(length + 16)));
    };
    int got = SSL_write(ssl, request.data(), static_cast<int>(request.size()));
    while (got > 0 && !ended()) {
        got = SSL_read(ssl, piece.data(), static_cast<int>(piece.size()));
        if (got > 0) last.append(piece, 0, static_cast<std::size_t>(got));
    }
    ERR_clear_error();
    return last.size() > 12 ? static_cast<int>(text::to_number(last.substr(9, 3)).value_or(0)) : 0;
}

const std::string& TlsPeer::last() const { return inner_->last; }

bool TlsPeer::was_resumed() const { return SSL_session_reused(inner_->ssl.get()) == 1; }

}  // namespace kalends::test
