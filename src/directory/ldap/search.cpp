// Searching and watching: RFC 4511 4.5, pages (RFC 2696), being told of changes (RFC 4533).

#include "base/clock.hpp"
#include "base/text.hpp"
#include "directory/ldap/libldap_private.hpp"

#include <algorithm>
#include <array>
#include <new>

namespace kalends::directory::ldap {
namespace {

using namespace std::chrono_literals;
using std::chrono::duration_cast;

constexpr int page_size = 500;  // Active Directory gives 1000 at most

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

/// Whether the connection, the server or the network is to blame, so that another may do.
bool is_outage(int code) {
    return code < 0 || code == LDAP_BUSY || code == LDAP_UNAVAILABLE ||
           code == LDAP_TIMELIMIT_EXCEEDED || code == LDAP_ADMINLIMIT_EXCEEDED;
}

}  // namespace

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

/// Adds the values from there on; what is still missing then.
std::optional<Range> Connection::read_range(const std::string& dn, const Range& from,
                                            std::vector<std::string>& values, Deadline deadline) {
    const Search next{
        .base = dn,
        .scope = Scope::entry,
        .attributes = {from.attribute + ";range=" + std::to_string(*from.next) + "-*"},
        .at_most = 1};
    std::optional<Range> rest;
    search(next, duration_cast<std::chrono::milliseconds>(deadline - clock::steady()),
           [&](Entry&& more) {
               for (const auto& [name, found] : more.attributes) {
                   rest = range_of(name);
                   values.insert(values.end(), found.begin(), found.end());
               }
           });
    const bool goes_on = rest && rest->next && *rest->next > *from.next;
    return goes_on ? rest : std::nullopt;
}

/// Active Directory gives 1500 values of an attribute at once; the others are asked for.
void Connection::complete_ranges(Entry& entry, Deadline deadline) {
    for (auto& [name, values] : entry.attributes) {
        auto range = range_of(name);
        if (!range) continue;
        name = range->attribute;
        while (range && range->next) range = read_range(entry.dn, *range, values, deadline);
    }
    // The plain name stands there too, without a value.
    std::erase_if(entry.attributes, [](const auto& each) { return each.second.empty(); });
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
