#pragma once
// The URL space below /dav/: a path names a kind of resource, a principal, a collection, an object.
// DESIGN section 2; names are percent-decoded once and never used as file names.

#include "store/home.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace kalends::dav {

/// Kinds of resources, as bits, so that a table can say on which of them a property or a report is.
enum Kind : unsigned {
    root = 1U << 0,           ///< "/" and "/dav/"
    principal_set = 1U << 1,  ///< "/dav/principals/", "/dav/principals/users/"
    principal = 1U << 2,      ///< "/dav/principals/users/jane/"
    home_set = 1U << 3,       ///< "/dav/calendars/", "/dav/addressbooks/"
    calendar_home = 1U << 4,
    addressbook_home = 1U << 5,
    calendar = 1U << 6,
    addressbook = 1U << 7,
    calendar_object = 1U << 8,
    address_object = 1U << 9,
};

inline constexpr unsigned homes = calendar_home | addressbook_home;
inline constexpr unsigned collections = calendar | addressbook;
inline constexpr unsigned objects = calendar_object | address_object;
inline constexpr unsigned containers = root | principal_set | home_set | homes | collections;
inline constexpr unsigned everything = containers | principal | objects;

struct Path {
    Kind kind = root;
    std::string
        place;  ///< of a root, principal set or home set: its own path, "/dav/principals/users/"
    store::PrincipalKind principal_kind = store::PrincipalKind::user;
    std::string login;  ///< in canonical form
    std::string collection;
    std::string object;
};

/// What `path` (percent-encoded, as in a request or an href) names; nothing if nothing can be
/// there. A final slash makes no difference for collections, and is none for objects.
std::optional<Path> parse_path(std::string_view path);

/// Throws DavError 400 for a name that nothing can be stored under: it is not UTF-8, or longer than
/// store::max_name_bytes.
void require_name(std::string_view name);

/// The path of an href: of an absolute URL the part after the authority; without query and
/// fragment.
std::string_view path_of_href(std::string_view href);

/// The hrefs that the server itself writes. `login`, `collection`, `object` are decoded names.
namespace href {
std::string of(const Path& path);
std::string principal(store::PrincipalKind kind, std::string_view login);
std::string home(store::CollectionKind kind, std::string_view login);
std::string collection(store::CollectionKind kind, std::string_view login,
                       std::string_view collection);
std::string object(store::CollectionKind kind, std::string_view login, std::string_view collection,
                   std::string_view object);
inline constexpr std::string_view root = "/dav/";
inline constexpr std::string_view principals = "/dav/principals/";
inline constexpr std::string_view calendars = "/dav/calendars/";
inline constexpr std::string_view addressbooks = "/dav/addressbooks/";
}  // namespace href

}  // namespace kalends::dav
