#pragma once
// A certificate authority of a test, what it issues and revokes, and a client that shows it.

#include "base/c_ptr.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace kalends::test {

void free_certificate(x509_st* certificate) noexcept;
void free_certificate_key(evp_pkey_st* key) noexcept;

/// What is to be certified.
struct CertificateRequest {
    std::string cn = {};
    std::string uid = {};
    std::string san = {};  ///< as OpenSSL's configuration has it: "email:jane@example.com"
    std::string usage = "clientAuth";  ///< extendedKeyUsage; empty: none
    long from = -60;                   ///< seconds from now
    long until = 3600;
};

/// A certificate with its key.
struct Identity {
    CPtr<x509_st, free_certificate> certificate;
    CPtr<evp_pkey_st, free_certificate_key> key;

    [[nodiscard]] std::string der() const;
    [[nodiscard]] std::string pem() const;
    [[nodiscard]] std::string key_pem() const;
};

class Authority {
public:
    explicit Authority(const std::string& name);
    [[nodiscard]] Identity issue(const CertificateRequest& request) const;
    [[nodiscard]] std::string pem() const { return self_.pem(); }
    /// A revocation list, in PEM.
    [[nodiscard]] std::string crl(const std::vector<const Identity*>& revoked) const;

private:
    Identity self_;
    mutable long serial_ = 1;
};

/// One connection over TLS to 127.0.0.1, by a client that trusts everybody.
class TlsPeer {
public:
    /// `identity` null: it shows no certificate. `session`: of a connection before, to be resumed.
    TlsPeer(std::uint16_t port, const Identity* identity, bool newest = true,
            const TlsPeer* before = nullptr);
    ~TlsPeer();
    TlsPeer(const TlsPeer&) = delete;
    TlsPeer& operator=(const TlsPeer&) = delete;

    /// The status of the answer; 0 if the connection has ended. The whole of it is in last().
    int ask(const std::string& request);
    [[nodiscard]] const std::string& last() const;
    [[nodiscard]] bool was_resumed() const;

private:
    struct Inner;
    std::unique_ptr<Inner> inner_;
};

}  // namespace kalends::test
