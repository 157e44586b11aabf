#include "base/c_ptr.hpp"
#include "cli/certificate.hpp"
#include "support/certificates.hpp"
#include "support/directory.hpp"

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

using namespace kalends;
using namespace kalends::cli;

namespace {

constexpr long day = 86'400;

using Key = CPtr<EVP_PKEY, EVP_PKEY_free>;
using Certificate = CPtr<X509, X509_free>;
using Extension = CPtr<X509_EXTENSION, X509_EXTENSION_free>;
using Bio = CPtr<BIO, BIO_free_all>;

/// Certificates and keys in a directory that is gone at the end.
class Files {
public:
    Files() {
        std::string name = std::filesystem::temp_directory_path() / "kalends-tls-XXXXXX";
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        directory_ = name;
    }
    ~Files() { std::filesystem::remove_all(directory_); }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    /// Makes NAME.pem and NAME.key: valid from and until so many seconds from now, for
    /// dav.example.com.
    void make(const std::string& name, long from, long until) const {
        const Key key(EVP_EC_gen("P-256"));
        const Certificate certificate(X509_new());
        X509_set_version(certificate.get(), 2);
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until);
        X509_set_pubkey(certificate.get(), key.get());
        const Extension names(
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:dav.example.com"));
        X509_add_ext(certificate.get(), names.get(), -1);
        X509_sign(certificate.get(), key.get(), EVP_sha256());
        const Bio pem(BIO_new_file(this->certificate(name).c_str(), "w"));
        PEM_write_bio_X509(pem.get(), certificate.get());
        const Bio key_file(BIO_new_file(this->key(name).c_str(), "w"));
        PEM_write_bio_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    }

    [[nodiscard]] std::string certificate(const std::string& name) const {
        return directory_ / (name + ".pem");
    }
    [[nodiscard]] std::string key(const std::string& name) const {
        return directory_ / (name + ".key");
    }

private:
    std::filesystem::path directory_;
};

/// All bad sentences, joined.
std::string problems(const std::vector<Finding>& findings) {
    std::string all;
    for (const auto& finding : findings)
        if (finding.bad) all += finding.sentence + "\n";
    return all;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a certificate that is valid, with its key, for the server's name, is well") {
    const Files files;
    files.make("good", -day, 90 * day + 3600);
    const auto findings =
        examine_certificate(files.certificate("good"), files.key("good"), "dav.example.com");
    CHECK(problems(findings).empty());
    REQUIRE(findings.size() == 1);
    CHECK(contains(findings[0].sentence, "is valid for 90 days"));
}

TEST_CASE("a certificate that has expired, expires soon, or is not valid yet is a problem") {
    const Files files;
    files.make("old", -90 * day, -day);
    files.make("soon", -90 * day, 5 * day + 3600);
    files.make("future", day, 90 * day);
    CHECK(contains(problems(examine_certificate(files.certificate("old"), files.key("old"), "")),
                   "has expired"));
    CHECK(contains(problems(examine_certificate(files.certificate("soon"), files.key("soon"), "")),
                   "expires in 5 days"));
    CHECK(contains(
        problems(examine_certificate(files.certificate("future"), files.key("future"), "")),
        "not valid yet"));
}

TEST_CASE("a key of another certificate, and a name that it is not for, are problems") {
    const Files files;
    files.make("one", -day, 90 * day);
    files.make("two", -day, 90 * day);
    CHECK(contains(problems(examine_certificate(files.certificate("one"), files.key("two"), "")),
                   "is not that of"));
    CHECK(contains(problems(examine_certificate(files.certificate("one"), files.key("one"),
                                                "www.example.com")),
                   "is not for www.example.com"));
}

TEST_CASE("files that are not there, or are no PEM files, are problems and not crashes") {
    const Files files;
    files.make("one", -day, 90 * day);
    CHECK(contains(problems(examine_certificate("/nonexistent", files.key("one"), "")),
                   "can't be read"));
    CHECK(contains(
        problems(examine_certificate(files.certificate("one"), files.certificate("one"), "")),
        "The key"));
}

TEST_CASE("authorities of clients are looked at, and their revocation list") {
    const test::Directory directory;
    const test::Authority authority("Staff");
    const auto write = [&](const std::string& name, const std::string& contents) {
        std::ofstream(directory.path / name) << contents;
        return (directory.path / name).string();
    };
    const auto good = write("staff.pem", authority.pem());
    const auto list = write("staff.crl", authority.crl({}));
    CHECK(problems(examine_client_authorities(good, "")).empty());
    CHECK(problems(examine_client_authorities(good, list)).find("can't") == std::string::npos);
    CHECK(contains(problems(examine_client_authorities("/nonexistent", "")), "can't be read"));
    CHECK(contains(problems(examine_client_authorities(list, "")), "can't be read"));
    CHECK(contains(problems(examine_client_authorities(good, good)), "revocation list"));
}
