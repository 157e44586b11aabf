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

}  // namespace

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
