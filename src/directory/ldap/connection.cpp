#include "directory/ldap/connection.hpp"

#include "base/text.hpp"
#include "directory/ldap/libldap_private.hpp"
#include "directory/ldap/socket_private.hpp"

#include <ldap.h>
#include <sys/time.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <openldap.h>
#include <unistd.h>

namespace kalends::directory::ldap {
namespace {

using namespace std::chrono_literals;

bool is_wrong_password(int code) {
    // What a server says when it has looked at the account: 389 answers 53 for one that is
    // inactivated, 19 for one that is locked; 48: it has no password; 32, 34: no such DN.
    constexpr std::array codes{LDAP_INVALID_CREDENTIALS,  LDAP_UNWILLING_TO_PERFORM,
                               LDAP_CONSTRAINT_VIOLATION, LDAP_INAPPROPRIATE_AUTH,
                               LDAP_NO_SUCH_OBJECT,       LDAP_INVALID_DN_SYNTAX,
                               LDAP_INSUFFICIENT_ACCESS,  LDAP_REFERRAL};
    return std::ranges::find(codes, code) != codes.end();
}

}  // namespace

void close(::ldap* connection) noexcept { ldap_unbind_ext(connection, nullptr, nullptr); }
void free_message(::ldapmsg* message) noexcept { ldap_msgfree(message); }

Connection::Connection(const Settings& settings, std::string uri, Deadline deadline)
    : uri_(std::move(uri)) {
    open(settings, deadline);
    set_options(settings);
    if (settings.start_tls) ask_for_tls(deadline);
    if (settings.start_tls || uri_.starts_with("ldaps:")) begin_tls(deadline);
}

void Connection::open(const Settings& settings, Deadline deadline) {
    LDAPURLDesc* parsed = nullptr;
    if (ldap_url_parse(uri_.c_str(), &parsed) != LDAP_URL_SUCCESS)
        throw DirectoryUnavailable('"' + uri_ + "\" is no address of a directory");
    const CPtr<LDAPURLDesc, ldap_free_urldesc> url{parsed};
    ::ldap* raw = nullptr;
    if (std::string_view{url->lud_scheme} == "ldapi") {
        const int code = ldap_initialize(&raw, uri_.c_str());
        ldap_.reset(raw);
        if (code != LDAP_SUCCESS) fail(code, "cannot be used");
        return;
    }
    const std::string host = text_of(url->lud_host);
    try {
        socket_ = connect_tcp(host.empty() ? "localhost" : host, url->lud_port, deadline,
                              settings.timeout);
    } catch (const DirectoryUnavailable& error) {
        throw DirectoryUnavailable(uri_ + ": " + error.what());
    }
    const int code = ldap_init_fd(socket_, LDAP_PROTO_TCP, uri_.c_str(), &raw);
    ldap_.reset(raw);
    if (code == LDAP_SUCCESS) return;
    ::close(socket_);
    fail(code, "cannot be used");
}

/// Nothing is left to ldap.conf or the environment.
void Connection::set_options(const Settings& settings) {
    auto* connection = ldap_.get();
    const int version = LDAP_VERSION3;
    const int no_dereferencing = LDAP_DEREF_NEVER;
    const int check = settings.check_certificate ? LDAP_OPT_X_TLS_DEMAND : LDAP_OPT_X_TLS_NEVER;
    const int for_clients = 0;
    ldap_set_option(connection, LDAP_OPT_PROTOCOL_VERSION, &version);
    ldap_set_option(connection, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
    ldap_set_option(connection, LDAP_OPT_DEREF, &no_dereferencing);
    ldap_set_option(connection, LDAP_OPT_RESTART, LDAP_OPT_ON);
    ldap_set_option(connection, LDAP_OPT_X_TLS_REQUIRE_CERT, &check);
    if (!settings.ca_file.empty())
        ldap_set_option(connection, LDAP_OPT_X_TLS_CACERTFILE, settings.ca_file.c_str());
    const bool uses_tls = settings.start_tls || uri_.starts_with("ldaps:");
    // What was set before counts only in a new context.
    if (uses_tls &&
        ldap_set_option(connection, LDAP_OPT_X_TLS_NEWCTX, &for_clients) != LDAP_OPT_SUCCESS)
        throw DirectoryUnavailable(uri_ + ": TLS cannot be set up; can " + settings.ca_file +
                                   " be read?");
}

/// StartTLS, RFC 4511 4.14.
void Connection::ask_for_tls(Deadline deadline) {
    int id = 0;
    const int code = ldap_start_tls(ldap_.get(), nullptr, nullptr, &id);
    if (code != LDAP_SUCCESS) fail(code, "cannot connect");
    const auto answer = result_of(wait(id, true, deadline).get());
    if (answer.code != LDAP_SUCCESS)
        throw DirectoryUnavailable(uri_ +
                                   " refuses StartTLS: " + explain(answer.code, answer.diagnostic));
}

void Connection::begin_tls(Deadline deadline) {
    const CutOff limit{socket_, deadline};
    const int code = ldap_install_tls(ldap_.get());
    if (code != LDAP_SUCCESS)
        fail(code, "TLS failed (is the certificate signed by ldap.ca_file, of that host, and not "
                   "expired?)");
}

Connection::Answer Connection::result_of(::ldapmsg* message) const {
    Answer answer;
    char* diagnostic = nullptr;
    LDAPControl** controls = nullptr;
    const int code = ldap_parse_result(ldap_.get(), message, &answer.code, nullptr, &diagnostic,
                                       nullptr, &controls, 0);
    const Text owned{diagnostic};
    answer.controls.reset(controls);
    answer.diagnostic = text_of(diagnostic);
    if (code != LDAP_SUCCESS) fail(code, "sent what is not LDAP");
    return answer;
}

/// Throws DirectoryUnavailable also when the time is over; then the operation is abandoned.
Message Connection::wait(int message_id, bool whole, Deadline deadline) {
    auto limit = left_until(deadline);
    LDAPMessage* raw = nullptr;
    const int type =
        ldap_result(ldap_.get(), message_id, whole ? LDAP_MSG_ALL : LDAP_MSG_ONE, &limit, &raw);
    Message message{raw};
    if (type > 0) return message;
    if (type == 0) {
        ldap_abandon_ext(ldap_.get(), message_id, nullptr, nullptr);
        throw DirectoryUnavailable(uri_ + " does not answer in time");
    }
    int code = LDAP_SERVER_DOWN;
    ldap_get_option(ldap_.get(), LDAP_OPT_RESULT_CODE, &code);
    fail(code, "the connection broke");
}

void Connection::fail(int code, const std::string& what) const {
    char* diagnostic = nullptr;
    if (ldap_) ldap_get_option(ldap_.get(), LDAP_OPT_DIAGNOSTIC_MESSAGE, &diagnostic);
    const Text owned{diagnostic};
    throw DirectoryUnavailable(uri_ + ": " + what + ": " + explain(code, text_of(diagnostic)));
}

Connection::Answer Connection::bind(const std::string& dn, const std::string& password,
                                    Deadline deadline) {
    auto credentials = as_berval(password);
    int id = 0;
    const int code = ldap_sasl_bind(ldap_.get(), dn.c_str(), LDAP_SASL_SIMPLE, &credentials,
                                    nullptr, nullptr, &id);
    if (code != LDAP_SUCCESS) fail(code, "cannot connect");
    return result_of(wait(id, true, deadline).get());
}

void Connection::bind_as_service(const Settings& settings, Deadline deadline) {
    if (settings.external) {
        auto nothing = as_berval("");
        int id = 0;
        const int code =
            ldap_sasl_bind(ldap_.get(), "", "EXTERNAL", &nothing, nullptr, nullptr, &id);
        if (code != LDAP_SUCCESS) fail(code, "cannot connect");
        const auto answer = result_of(wait(id, true, deadline).get());
        if (answer.code != LDAP_SUCCESS)
            throw DirectoryUnavailable(
                uri_ + " refuses SASL EXTERNAL: " + explain(answer.code, answer.diagnostic));
        return;
    }
    if (!settings.bind_dn.empty() && settings.bind_password.empty())
        throw DirectoryUnavailable("ldap.bind_dn has no password");
    const auto answer = bind(settings.bind_dn, settings.bind_password, deadline);
    if (answer.code != LDAP_SUCCESS)
        throw DirectoryUnavailable(uri_ + " refuses our own login " +
                                   (settings.bind_dn.empty() ? "(anonymous)" : settings.bind_dn) +
                                   ": " + explain(answer.code, answer.diagnostic));
}

BindOutcome Connection::bind_as(const std::string& dn, const std::string& password,
                                Deadline deadline) {
    if (dn.empty() || password.empty() || password.find('\0') != std::string::npos)
        return {.why = "an empty password is never right"};
    const auto answer = bind(dn, password, deadline);
    if (answer.code == LDAP_SUCCESS) return {.right = true, .why = {}};
    if (is_wrong_password(answer.code)) return {.why = explain(answer.code, answer.diagnostic)};
    throw DirectoryUnavailable(uri_ + ": the bind as " + text::printable(dn) +
                               " failed: " + explain(answer.code, answer.diagnostic));
}

}  // namespace kalends::directory::ldap
