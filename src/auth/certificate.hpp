#pragma once
// Client certificates (RFC 5280) that TLS has verified: whose they are.

#include "auth/verifier.hpp"
#include "store/database.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::auth {

/// What in a certificate says whose it is.
enum class CertificateName {
    san_email,  ///< subjectAltName rfc822Name (RFC 5280 4.2.1.6)
    san_upn,    ///< subjectAltName otherName userPrincipalName, as Active Directory makes them
    cn,         ///< of the subject
    uid,        ///< of the subject (RFC 4519 2.39)
};

struct CertificateFacts {
    std::vector<std::string> names;  ///< of that kind, in their order; UTF-8
    std::chrono::sys_seconds from, until;
    bool for_clients = false;  ///< extended key usage has clientAuth, any, or is not there
};

/// Nothing if it is no certificate (DER).
std::optional<CertificateFacts> read_certificate(std::string_view der, CertificateName name);

/// A certificate that names nobody here is not_mine.
class Certificates final : public Verifier {
public:
    Certificates(CertificateName name, store::Database& db) : name_(name), db_(db) {}
    Verdict verify(const Presented& presented) override;

private:
    [[nodiscard]] store::HomePtr account_of(const CertificateFacts& facts);

    CertificateName name_;
    store::Database& db_;
};

}  // namespace kalends::auth
