// Making accounts, and the home that a new one gets.

#include "base/text.hpp"
#include "directory/directory.hpp"
#include "directory/password.hpp"

#include <algorithm>

namespace kalends::directory {
namespace {

using store::CollectionKind;

/// Escaped for an element's content.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '&')
            result += "&amp;";
        else if (c == '<')
            result += "&lt;";
        else
            result += c;
    }
    return result;
}

store::StoredProperty display_name(const std::string& name) {
    return {"DAV:", "displayname",
            "<displayname xmlns=\"DAV:\">" + escaped(name) + "</displayname>", name};
}

store::NewCollection collection(CollectionKind kind, const std::string& name, unsigned components,
                                const std::string& title) {
    return {.home = {},
            .parent = {},
            .kind = kind,
            .name = name,
            .components = components,
            .properties = {display_name(title)},
            .target = std::nullopt};
}

store::NewCollection default_calendar() {
    return collection(CollectionKind::calendar, "calendar", store::all_components, "Calendar");
}

store::NewCollection default_addressbook() {
    return collection(CollectionKind::addressbook, "contacts", 0, "Contacts");
}

}  // namespace

std::vector<store::NewCollection> default_home() {
    return {default_calendar(),
            collection(CollectionKind::calendar, "tasks", store::vtodo, "Tasks"),
            default_addressbook(), collection(CollectionKind::inbox, "inbox", 0, "Inbox"),
            collection(CollectionKind::outbox, "outbox", 0, "Outbox")};
}

std::optional<std::string> canonical_address(std::string_view address) {
    constexpr std::size_t max_address = 254;  // RFC 5321 4.5.3.1
    const auto at = address.rfind('@');
    const bool plain = std::ranges::none_of(
        address, [](char c) { return c == ' ' || (c >= 0 && c < ' ') || c == 127; });
    if (at == std::string_view::npos || at == 0 || at + 1 == address.size() || !plain ||
        !text::is_utf8(address) || address.size() > max_address)
        return std::nullopt;
    return text::lower_ascii(address);
}

namespace {

/// In canonical form, each once.
std::vector<std::string> canonical_addresses(const std::vector<std::string>& given) {
    std::vector<std::string> addresses;
    for (const auto& text : given) {
        const auto address = canonical_address(text);
        if (!address)
            throw InvalidAccount('"' + text::printable(text) + "\" is not a mail address");
        if (std::ranges::find(addresses, *address) == addresses.end())
            addresses.push_back(*address);
    }
    return addresses;
}

void require_name(const std::string& name) {
    if (!text::is_utf8(name) || name.find('\0') != std::string::npos)
        throw InvalidAccount("the display name is not UTF-8");
}

}  // namespace

store::PrincipalId create_user(store::Database& db, const NewAccount& account) {
    const auto login = canonical_login(account.login);
    if (!login)
        throw InvalidAccount(
            '"' + text::printable(account.login) +
            "\" cannot be a login: use letters, digits and signs, without spaces, '/' and ':'");
    require_name(account.display_name);
    const bool has_home = account.kind != store::PrincipalKind::group;
    const store::NewPrincipal principal{
        .kind = account.kind,
        .login = *login,
        .display_name = account.display_name,
        .addresses = canonical_addresses(account.addresses),
        .administrator = account.administrator,
        .password_hash = account.password.empty() ? "" : hash_password(account.password),
        .collections = has_home ? default_home() : std::vector<store::NewCollection>{}};
    const auto id = store::create_principal(db, principal);
    if (!id)
        throw InvalidAccount("the login \"" + *login + "\", or one of its addresses, is taken");
    return *id;
}

void change_user(store::Database& db, store::PrincipalId id, store::PrincipalChange change) {
    if (change.display_name) require_name(*change.display_name);
    if (change.addresses) change.addresses = canonical_addresses(*change.addresses);
    if (!store::change_principal(db, id, change))
        throw InvalidAccount("one of the addresses is somebody else's");
}

std::vector<store::NewCollection> missing_defaults(const store::Home& home) {
    const auto& all = home.collections;
    std::vector<store::NewCollection> missing;
    if (std::ranges::none_of(all,
                             [](const auto& c) { return (c->components & store::vevent) != 0; }))
        missing.push_back(default_calendar());
    if (std::ranges::none_of(all,
                             [](const auto& c) { return c->kind == CollectionKind::addressbook; }))
        missing.push_back(default_addressbook());
    for (auto& made : missing) made.home = home.principal.id;
    return missing;
}

store::HomePtr find(store::Database& db, std::string_view login) {
    const auto canonical = canonical_login(login);
    return canonical ? db.home(*canonical) : nullptr;
}

namespace {

store::HomePtr find_by_address(store::Database& db, std::string_view address) {
    if (address.find('@') == std::string_view::npos) return nullptr;
    const auto principal = store::principal_of_address(db, text::lower_ascii(address));
    return principal ? db.home(*principal) : nullptr;
}

}  // namespace

store::HomePtr find_for_login(store::Database& db, std::string_view typed) {
    auto home = find(db, typed);
    return home ? home : find_by_address(db, typed);
}

store::HomePtr find_by_current_name(store::Database& db, std::string_view name) {
    auto home = find(db, name);
    const bool is_current = home && home->principal.login == canonical_login(name);
    return is_current ? home : find_by_address(db, name);
}

}  // namespace kalends::directory
