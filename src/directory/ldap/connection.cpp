#include "directory/ldap/connection.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"
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
using std::chrono::duration_cast;

constexpr int page_size = 500;  // Active Directory gives 1000 at most

void free_control(LDAPControl* control) { ldap_control_free(control); }
void free_controls(LDAPControl** controls) { ldap_controls_free(controls); }
void free_values(berval** values) { ldap_value_free_len(values); }
void free_bytes(BerElement* bytes) { ber_free(bytes, 0); }

using Control = CPtr<LDAPControl, free_control>;
using Controls = CPtr<LDAPControl*, free_controls>;
using Text = CPtr<char, ldap_memfree>;

timeval left_until(Deadline deadline) {
    const auto left =
        std::max<std::chrono::nanoseconds>(deadline - clock::steady(), 1ms);  // 0 would be a poll
    const auto seconds = duration_cast<std::chrono::seconds>(left);
    const auto rest = duration_cast<std::chrono::microseconds>(left - seconds);
    return {.tv_sec = seconds.count(), .tv_usec = rest.count()};
}

berval as_berval(std::string_view text) {
    // libldap only reads it.
    return {.bv_len = text.size(), .bv_val = const_cast<char*>(text.data())};
}

std::string text_of(const char* text) { return text == nullptr ? "" : text; }

std::vector<std::string> values_of(::ldap* connection, LDAPMessage* message, const char* name) {
    const CPtr<berval*, free_values> raw{ldap_get_values_len(connection, message, name)};
    std::vector<std::string> values;
    if (!raw) return values;
    values.reserve(static_cast<std::size_t>(ldap_count_values_len(raw.get())));
    for (berval** value = raw.get(); *value != nullptr; ++value)
        values.emplace_back((*value)->bv_val, (*value)->bv_len);
    return values;
}

Entry entry_of(::ldap* connection, LDAPMessage* message) {
    Entry entry;
    const Text dn{ldap_get_dn(connection, message)};
    entry.dn = text_of(dn.get());
    BerElement* raw_position = nullptr;
    Text name{ldap_first_attribute(connection, message, &raw_position)};
    const CPtr<BerElement, free_bytes> position{raw_position};
    for (; name; name.reset(ldap_next_attribute(connection, message, raw_position)))
        entry.attributes.emplace_back(name.get(), values_of(connection, message, name.get()));
    return entry;
}

/// For libldap: a list of names that ends with a null pointer. "1.1" asks for none (RFC 4511
/// 4.5.1.8).
std::vector<char*> attribute_list(const std::vector<std::string>& names) {
    static const std::string none = LDAP_NO_ATTRS;
    std::vector<char*> list;
    list.reserve(names.size() + 2);
    for (const auto& name : names) list.push_back(const_cast<char*>(name.c_str()));
    if (list.empty()) list.push_back(const_cast<char*>(none.c_str()));
    list.push_back(nullptr);
    return list;
}

bool is_wrong_password(int code) {
    // What a server says when it has looked at the account: 389 answers 53 for one that is
    // inactivated, 19 for one that is locked; 48: it has no password; 32, 34: no such DN.
    constexpr std::array codes{LDAP_INVALID_CREDENTIALS,  LDAP_UNWILLING_TO_PERFORM,
                               LDAP_CONSTRAINT_VIOLATION, LDAP_INAPPROPRIATE_AUTH,
                               LDAP_NO_SUCH_OBJECT,       LDAP_INVALID_DN_SYNTAX,
                               LDAP_INSUFFICIENT_ACCESS,  LDAP_REFERRAL};
    return std::ranges::find(codes, code) != codes.end();
}

/// Whether the connection, the server or the network is to blame, so that another may do.
bool is_outage(int code) {
    return code < 0 || code == LDAP_BUSY || code == LDAP_UNAVAILABLE ||
           code == LDAP_TIMELIMIT_EXCEEDED || code == LDAP_ADMINLIMIT_EXCEEDED;
}

}  // namespace

void close(::ldap* connection) noexcept { ldap_unbind_ext(connection, nullptr, nullptr); }
void free_message(::ldapmsg* message) noexcept { ldap_msgfree(message); }

struct Connection::Answer {
    int code = LDAP_SUCCESS;
    std::string diagnostic;
    Controls controls;
};

Connection::Connection(const Settings& settings, const std::string& uri, Deadline deadline)
    : uri_(uri) {
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

SearchEnd Connection::search(const Search& search, std::chrono::milliseconds timeout,
                             const std::function<void(Entry&&)>& take) {
    SearchEnd end;
    std::string cookie;
    while (read_page(search, cookie, clock::steady() + timeout, end, take)) {
    }
    return end;
}

/// True: there is a next page, to which `cookie` leads.
bool Connection::read_page(const Search& search, std::string& cookie, Deadline deadline,
                           SearchEnd& end, const std::function<void(Entry&&)>& take) {
    Control page;
    if (search.at_most == 0) {
        auto from = as_berval(cookie);
        LDAPControl* raw = nullptr;
        if (ldap_create_page_control(ldap_.get(), page_size, cookie.empty() ? nullptr : &from, 0,
                                     &raw) != LDAP_SUCCESS)
            throw std::bad_alloc();
        page.reset(raw);
    }
    std::array<LDAPControl*, 2> controls{page.get(), nullptr};
    auto attributes = attribute_list(search.attributes);
    auto limit = left_until(deadline);
    limit.tv_sec = std::max<decltype(limit.tv_sec)>(limit.tv_sec, 1);  // the server counts seconds
    int id = 0;
    const int scope = search.scope == Scope::entry ? LDAP_SCOPE_BASE : LDAP_SCOPE_SUBTREE;
    const int sent = ldap_search_ext(ldap_.get(), search.base.c_str(), scope, search.filter.c_str(),
                                     attributes.data(), 0, controls.data(), nullptr, &limit,
                                     static_cast<int>(search.at_most), &id);
    if (sent == LDAP_FILTER_ERROR)
        throw DirectoryRefused("\"" + text::printable(search.filter) + "\" is not a filter");
    if (sent != LDAP_SUCCESS) fail(sent, "cannot search");

    Message message = wait(id, false, deadline);
    for (; ldap_msgtype(message.get()) != LDAP_RES_SEARCH_RESULT;
         message = wait(id, false, deadline)) {
        const int type = ldap_msgtype(message.get());
        if (type == LDAP_RES_SEARCH_REFERENCE) ++end.referrals;
        if (type != LDAP_RES_SEARCH_ENTRY) continue;
        auto entry = entry_of(ldap_.get(), message.get());
        complete_ranges(entry, deadline);
        ++end.entries;
        take(std::move(entry));
    }
    const auto answer = result_of(message.get());
    end.cut = search.at_most != 0 && answer.code == LDAP_SIZELIMIT_EXCEEDED;
    if (answer.code != LDAP_SUCCESS && !end.cut) {
        const auto what = uri_ + ": the search below \"" + text::printable(search.base) +
                          "\" for " + text::printable(search.filter) +
                          " failed: " + explain(answer.code, answer.diagnostic);
        if (is_outage(answer.code)) throw DirectoryUnavailable(what);
        throw DirectoryRefused(answer.code == LDAP_SIZELIMIT_EXCEEDED
                                   ? what + "; let " + "ldap.bind_dn read all of it"
                                   : what);
    }
    cookie.clear();
    auto* const found =
        ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, answer.controls.get(), nullptr);
    if (found == nullptr) return false;
    berval next{};
    ber_int_t estimate = 0;
    if (ldap_parse_pageresponse_control(ldap_.get(), found, &estimate, &next) == LDAP_SUCCESS &&
        next.bv_val != nullptr) {
        cookie.assign(next.bv_val, next.bv_len);
        ber_memfree(next.bv_val);
    }
    return !cookie.empty();
}

std::optional<Range> range_of(std::string_view attribute) {
    constexpr std::string_view option = ";range=";
    const auto at = text::lower_ascii(attribute).find(option);
    if (at == std::string::npos) return std::nullopt;
    Range range{.attribute = std::string(attribute.substr(0, at)), .next = std::nullopt};
    const auto bounds = attribute.substr(at + option.size());
    const auto last = bounds.substr(std::min(bounds.find('-') + 1, bounds.size()));
    if (const auto number = text::to_number(last))
        range.next = static_cast<std::size_t>(*number) + 1;
    return range;
}

/// Active Directory gives 1500 values of an attribute at once; the others are asked for.
void Connection::complete_ranges(Entry& entry, Deadline deadline) {
    constexpr std::size_t most_parts = 1000;
    for (std::size_t i = 0; i < entry.attributes.size(); ++i) {
        auto range = range_of(entry.attributes[i].first);
        if (!range) continue;
        auto values = std::move(entry.attributes[i].second);
        for (std::size_t part = 0; range && range->next && part < most_parts; ++part) {
            const auto left = duration_cast<std::chrono::milliseconds>(deadline - clock::steady());
            const Search next{
                .base = entry.dn,
                .scope = Scope::entry,
                .attributes = {range->attribute + ";range=" + std::to_string(*range->next) + "-*"},
                .at_most = 1};
            range.reset();
            search(next, left, [&](Entry&& more) {
                for (auto& [name, found] : more.attributes) {
                    range = range_of(name);
                    values.insert(values.end(), found.begin(), found.end());
                }
            });
        }
        const auto plain = range_of(entry.attributes[i].first)->attribute;
        std::erase_if(entry.attributes, [&](const auto& each) {
            return text::iequals(each.first, plain) && each.second.empty();
        });
        for (auto& [name, all] : entry.attributes)
            if (const auto its = range_of(name); its && its->attribute == plain) {
                name = plain;
                all = std::move(values);
                break;
            }
        i = std::min(i, entry.attributes.size());
    }
}

bool Connection::watch(const Search& search, Deadline deadline) {
    // SEQUENCE { ENUMERATED refreshAndPersist }. RFC 4533 2.2.
    static constexpr std::string_view request{"\x30\x03\x0a\x01\x03"};
    auto value = as_berval(request);
    LDAPControl* raw = nullptr;
    if (ldap_control_create(LDAP_CONTROL_SYNC, 1, &value, 1, &raw) != LDAP_SUCCESS)
        throw std::bad_alloc();
    const Control control{raw};
    std::array<LDAPControl*, 2> controls{raw, nullptr};
    auto attributes = attribute_list({});
    const int code =
        ldap_search_ext(ldap_.get(), search.base.c_str(), LDAP_SCOPE_SUBTREE, search.filter.c_str(),
                        attributes.data(), 0, controls.data(), nullptr, nullptr, 0, &watching_);
    if (code != LDAP_SUCCESS) fail(code, "cannot search");
    const auto first = wait(watching_, false, deadline);
    return ldap_msgtype(first.get()) != LDAP_RES_SEARCH_RESULT;
}

bool Connection::changed(std::chrono::milliseconds within) {
    constexpr auto quiet = 100ms;
    constexpr auto noisy_at_most = 2s;
    bool any = false;
    auto until = clock::steady() + within;
    const auto last = until + noisy_at_most;
    for (;;) {
        auto limit = left_until(until);
        LDAPMessage* raw = nullptr;
        const int type = ldap_result(ldap_.get(), watching_, LDAP_MSG_ONE, &limit, &raw);
        const Message message{raw};
        if (type == 0) return any;
        if (type < 0 || type == LDAP_RES_SEARCH_RESULT)
            throw DirectoryUnavailable(uri_ + ": it does not tell of changes any more");
        any = true;
        until = std::min(clock::steady() + quiet, last);
        if (clock::steady() >= last) return true;
    }
}

}  // namespace kalends::directory::ldap
