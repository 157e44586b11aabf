#pragma once
// The URL space below /dav/: a path names a kind of resource, a principal, a collection, an object.
// DESIGN section 2; names are percent-decoded once and never used as file names.

#include "store/home.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

/// Kinds of resources, as bits, so that a table can say on which of them a property or a report is.
enum Kind : unsigned {
    root = 1U << 0,           ///< "/" and "/dav/"
    principal_set = 1U << 1,  ///< "/dav/principals/", "/dav/principals/users/"
    principal = 1U << 2,      ///< "/dav/principals/users/jane/"
    proxy = 1U << 3,          ///< "/dav/principals/users/jane/calendar-proxy-read/"
    home_set = 1U << 4,       ///< "/dav/calendars/", "/dav/addressbooks/", "/dav/files/"
    calendar_home = 1U << 5,
    addressbook_home = 1U << 6,
    file_home = 1U << 7,
    calendar = 1U << 8,
    addressbook = 1U << 9,
    folder = 1U << 10,  ///< a plain collection
    calendar_object = 1U << 11,
    address_object = 1U << 12,
    file = 1U << 13,
    inbox = 1U << 14,  ///< "/dav/calendars/jane/inbox/"; what is in it are calendar objects
    outbox = 1U << 15,
};

inline constexpr unsigned principals = principal | proxy;
inline constexpr unsigned homes = calendar_home | addressbook_home | file_home;
inline constexpr unsigned folders = homes | folder;  ///< may hold collections and files
inline constexpr unsigned collections = calendar | addressbook;
inline constexpr unsigned for_scheduling = inbox | outbox;
inline constexpr unsigned stored_collections =
    folders | collections | for_scheduling;  ///< below a principal's homes
inline constexpr unsigned objects = calendar_object | address_object | file;
inline constexpr unsigned containers = root | principal_set | home_set | stored_collections;
inline constexpr unsigned everything = containers | principals | objects;

struct Path {
    Kind kind = root;  ///< root, a set, a principal, or the home; what `names` lead to is not known
    std::string place;  ///< of a root, principal set or home set: its own path, "/dav/calendars/"
    store::PrincipalKind principal_kind = store::PrincipalKind::user;
    store::PrincipalKind proxy_of = store::PrincipalKind::user;  ///< of a proxy: whose it is
    std::string login;                                           ///< in canonical form
    std::vector<std::string> names;                              ///< below a home, decoded
    bool slash = false;  ///< it ends in one: only a collection is meant
};

/// What `path` (percent-encoded, as in a request or an href) names; nothing if nothing can be
/// there.
std::optional<Path> parse_path(std::string_view path);

/// Throws DavError 400 for a name that nothing can be stored under: it is not UTF-8, or longer than
/// store::max_name_bytes.
void require_name(std::string_view name);

/// The path of an href: of an absolute URL the part after the authority; without query and
/// fragment.
std::string_view path_of_href(std::string_view href);

/// Whether an href is a URL, or a path from the root.
bool is_absolute(std::string_view href);

/// Whether such an href can be of the server that the client calls `host` (with the port): a path
/// is.
bool is_here(std::string_view href, std::string_view host);

/// The hrefs that the server itself writes.
namespace href {
std::string of(const Path& path);
/// Of a proxy, `login` and `proxy_of` are those of whom it acts for.
std::string principal(store::PrincipalKind kind, std::string_view login,
                      store::PrincipalKind proxy_of = store::PrincipalKind::user);
/// Where the principals of a kind are: "/dav/principals/users/".
std::string principal_set(store::PrincipalKind kind);
/// Of one of the three roots of a principal's tree.
std::string home(store::CollectionKind home_kind, std::string_view login);
/// Of what is in a collection with this href; those of collections end in a slash.
std::string object(std::string_view collection, std::string_view name);
std::string collection(std::string_view parent, std::string_view name);
/// Where the last segment was: "/dav/files/jane/a/" of "/dav/files/jane/a/b/".
std::string_view parent(std::string_view href);
inline constexpr std::string_view root = "/dav/";
inline constexpr std::string_view principals = "/dav/principals/";
inline constexpr std::string_view calendars = "/dav/calendars/";
inline constexpr std::string_view addressbooks = "/dav/addressbooks/";
inline constexpr std::string_view files = "/dav/files/";
inline constexpr std::array places{principals, calendars, addressbooks, files};  ///< below the root
}  // namespace href

}  // namespace kalends::dav
