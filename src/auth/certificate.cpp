#include "auth/certificate.hpp"

#include "base/c_ptr.hpp"
#include "base/clock.hpp"
#include "base/text.hpp"
#include "directory/directory.hpp"
#include "store/principals.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <ctime>

namespace kalends::auth {
namespace {

using Kind = Verdict::Kind;
using Certificate = CPtr<X509, X509_free>;
using Names = CPtr<GENERAL_NAMES, GENERAL_NAMES_free>;

/// As UTF-8; empty if it can't be, or has what no login or address has.
std::string text_of(const ASN1_STRING* string) {
    unsigned char* utf8 = nullptr;
    const int size = ASN1_STRING_to_UTF8(&utf8, string);
    if (size < 0) return {};
    std::string text(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
    OPENSSL_free(utf8);
    const bool is_plain =
        std::ranges::none_of(text, [](char c) { return (c >= 0 && c <= ' ') || c == 127; });
    return is_plain && text::is_utf8(text) ? text : std::string();
}

/// An object identifier of Microsoft's, which OpenSSL knows by its short name.
bool is_upn(const OTHERNAME& name) {
    return OBJ_obj2nid(name.type_id) == NID_ms_upn && name.value->type == V_ASN1_UTF8STRING;
}

std::vector<std::string> alternative_names(const X509* certificate, bool upn) {
    std::vector<std::string> result;
    const Names names{static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr))};
    const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
    result.reserve(static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) {
        const auto* name = sk_GENERAL_NAME_value(names.get(), i);
        if (!upn && name->type == GEN_EMAIL)
            result.push_back(text_of(name->d.rfc822Name));
        else if (upn && name->type == GEN_OTHERNAME && is_upn(*name->d.otherName))
            result.push_back(text_of(name->d.otherName->value->value.utf8string));
    }
    return result;
}

std::vector<std::string> subject_names(const X509* certificate, int kind) {
    std::vector<std::string> result;
    const auto* subject = X509_get_subject_name(certificate);
    for (int at = -1; (at = X509_NAME_get_index_by_NID(subject, kind, at)) >= 0;)
        result.push_back(text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at))));
    return result;
}

std::vector<std::string> names_of(const X509* certificate, CertificateName name) {
    switch (name) {
    case CertificateName::san_email:
        return alternative_names(certificate, false);
    case CertificateName::san_upn:
        return alternative_names(certificate, true);
    case CertificateName::cn:
        return subject_names(certificate, NID_commonName);
    case CertificateName::uid:
        return subject_names(certificate, NID_userId);
    }
    return {};
}

std::chrono::sys_seconds moment_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
    return std::chrono::sys_seconds{std::chrono::seconds{::timegm(&parts)}};
}

/// RFC 5280 4.2.1.12: without the extension it is for all.
bool is_for_clients(X509* certificate) {
    const auto usage = X509_get_extended_key_usage(certificate);
    return usage == UINT32_MAX || (usage & (XKU_SSL_CLIENT | XKU_ANYEKU)) != 0;
}

}  // namespace

std::optional<CertificateFacts> read_certificate(std::string_view der, CertificateName name) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    const Certificate certificate{d2i_X509(nullptr, &at, static_cast<long>(der.size()))};
    ERR_clear_error();
    if (!certificate) return std::nullopt;
    return CertificateFacts{.names = names_of(certificate.get(), name),
                            .from = moment_of(X509_get0_notBefore(certificate.get())),
                            .until = moment_of(X509_get0_notAfter(certificate.get())),
                            .for_clients = is_for_clients(certificate.get())};
}

/// Its time is looked at again: a connection, or a resumed session, may be older than its end.
Verdict Certificates::verify(const Presented& presented) {
    const auto facts = read_certificate(presented.secret, name_);
    if (!facts) return {.kind = Kind::wrong, .why = "it is no certificate"};
    const auto now = std::chrono::floor<std::chrono::seconds>(clock::now());
    if (!facts->for_clients) return {.kind = Kind::wrong, .why = "it is not for clients"};
    if (now < facts->from || now > facts->until)
        return {.kind = Kind::wrong, .outlived = true, .why = "it has expired"};
    const auto home = account_of(*facts);
    if (!home) return {.why = "there is no account for the certificate"};
    return {.kind = Kind::right,
            .principal = home->principal.id,
            .credential_seq = home->principal.credential_seq,
            .lifetime = facts->until - now};
}

/// Of several names the first that somebody has.
store::HomePtr Certificates::account_of(const CertificateFacts& facts) {
    for (const auto& name : facts.names) {
        if (name.empty()) continue;
        if (name_ != CertificateName::san_email) {
            if (auto home = directory::find_by_current_name(db_, name)) return home;
        } else if (const auto id = store::principal_of_address(db_, text::lower_ascii(name))) {
            return db_.home(*id);
        }
    }
    return nullptr;
}

}  // namespace kalends::auth
