#include "cli/certificate.hpp"

#include "base/c_ptr.hpp"
#include "base/clock.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

namespace kalends::cli {
namespace {

constexpr int warn_days = 14;

using Bio = CPtr<BIO, BIO_free_all>;
using Certificate = CPtr<X509, X509_free>;
using Key = CPtr<EVP_PKEY, EVP_PKEY_free>;

Certificate read_certificate(const std::string& file) {
    const Bio bio(BIO_new_file(file.c_str(), "r"));
    return Certificate(bio == nullptr ? nullptr
                                      : PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

/// An encrypted key would ask on the terminal; nobody is there when a server starts.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

Key read_key(const std::string& file) {
    const Bio bio(BIO_new_file(file.c_str(), "r"));
    return Key(bio == nullptr ? nullptr
                              : PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr));
}

Finding validity(X509& certificate, const std::string& file) {
    int days = 0;
    int seconds = 0;
    ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(&certificate));
    if (days < 0 || seconds < 0)
        return {true, "The certificate " + file + " has expired: renew it."};
    if (X509_cmp_current_time(X509_get0_notBefore(&certificate)) > 0)
        return {true, "The certificate " + file + " is not valid yet: is the clock right?"};
    const auto left = std::to_string(days) + " days";
    if (days < warn_days)
        return {true, "The certificate " + file + " expires in " + left + ": renew it."};
    return {false, "The certificate " + file + " is valid for " + left + "."};
}

using Revocations = CPtr<X509_CRL, X509_CRL_free>;

Finding examine_revocations(const std::string& file) {
    const Bio bio(BIO_new_file(file.c_str(), "r"));
    const Revocations list(
        bio == nullptr ? nullptr : PEM_read_bio_X509_CRL(bio.get(), nullptr, nullptr, nullptr));
    if (list == nullptr)
        return {true, "The revocation list " + file + " can't be read, or is no PEM file."};
    const auto* next = X509_CRL_get0_nextUpdate(list.get());
    if (next != nullptr && X509_cmp_current_time(next) < 0)
        return {true, "The revocation list " + file +
                          " is out of date: no client certificate is taken. Fetch the new one."};
    return {false, "The revocation list " + file + " is up to date."};
}

}  // namespace

std::vector<Finding> examine_client_authorities(const std::string& ca_file,
                                                const std::string& crl_file) {
    const Bio bio(BIO_new_file(ca_file.c_str(), "r"));
    std::vector<Finding> findings;
    while (bio != nullptr) {
        const Certificate certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
        if (certificate == nullptr) break;
        findings.push_back(validity(*certificate, ca_file));
    }
    if (findings.empty())
        findings.push_back({true, "The authorities of clients in " + ca_file +
                                      " can't be read, or are no PEM file."});
    if (!crl_file.empty()) findings.push_back(examine_revocations(crl_file));
    return findings;
}

std::vector<Finding> examine_certificate(const std::string& certificate_file,
                                         const std::string& key_file, const std::string& name) {
    const auto certificate = read_certificate(certificate_file);
    if (certificate == nullptr)
        return {
            {true, "The certificate " + certificate_file + " can't be read, or is no PEM file."}};
    std::vector<Finding> findings{validity(*certificate, certificate_file)};
    const auto key = read_key(key_file);
    if (key == nullptr)
        findings.push_back(
            {true, "The key " + key_file + " can't be read, has a password, or is no PEM file."});
    else if (X509_check_private_key(certificate.get(), key.get()) != 1)
        findings.push_back({true, "The key " + key_file + " is not that of the certificate " +
                                      certificate_file + "."});
    if (!name.empty() &&
        X509_check_host(certificate.get(), name.c_str(), name.size(), 0, nullptr) != 1)
        findings.push_back({true, "The certificate " + certificate_file + " is not for " + name +
                                      " (server.name): clients will refuse it."});
    return findings;
}

}  // namespace kalends::cli
