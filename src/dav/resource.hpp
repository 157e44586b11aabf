#pragma once
// From a path to what is there: home, collection, object, and what the user may do with it.

#include "access/privilege.hpp"
#include "dav/path.hpp"
#include "dav/view.hpp"
#include "store/objects.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

/// Something that has properties. Of an object only the row's members are here, borrowed from
/// whoever read it.
struct Resource {
    Kind kind = root;
    std::string href;                 ///< percent-encoded, as the server writes it
    store::HomePtr home;              ///< the principal's; not of root and sets
    store::CollectionPtr collection;  ///< of a collection and an object
    const store::ObjectView* object = nullptr;
    const std::vector<store::StoredProperty>* stored =
        nullptr;  ///< what clients set on it, where it has any
    store::PrincipalKind principal_kind = store::PrincipalKind::user;  ///< of a set, if it has one
    bool one_kind = false;  ///< a principal set of one kind: "/dav/principals/users/"
    access::Privileges privileges = access::none;

    [[nodiscard]] bool is(unsigned kinds) const { return (kind & kinds) != 0; }
    [[nodiscard]] bool may(access::Privileges wanted) const {
        return (privileges & wanted) == wanted;
    }
};

/// How a request fails for a member of a collection that is not there: 409 where it would make one
/// (RFC 4918 9.7.1), else 404.
enum class NoParent { not_found, conflict };

/// What the path names, if it is there and the user may see it. Nothing is read of an object:
/// `object` is null and whether it exists is not known. Throws DavError 404 (also for what the user
/// may not see), 409.
Resource resolve(const View& view, const Path& path, NoParent otherwise = NoParent::not_found);

/// resolve(), or 404 if `path` (as sent) names nothing that can be.
Resource resolve(const View& view, std::string_view path, NoParent otherwise = NoParent::not_found);

/// Throws DavError 403 with DAV:need-privileges if one of `wanted` is missing. RFC 3744 7.1.1.
void require(const Resource& resource, access::Privileges wanted);

/// Throws 401 where nobody has logged in.
void require_login(const View& view);

constexpr store::CollectionKind collection_kind(Kind kind) {
    return (kind & (addressbook_home | addressbook | address_object)) != 0
               ? store::CollectionKind::addressbook
               : store::CollectionKind::calendar;
}
constexpr Kind kind_of(store::CollectionKind kind) {
    return kind == store::CollectionKind::calendar ? calendar : addressbook;
}
constexpr Kind object_kind_of(store::CollectionKind kind) {
    return kind == store::CollectionKind::calendar ? calendar_object : address_object;
}

/// The resources of a collection of `home`, and of an object in `collection`, for listings.
Resource collection_resource(const View& view, const store::HomePtr& home,
                             const store::CollectionPtr& collection);
Resource object_resource(const Resource& collection, const store::ObjectView& object);
Resource principal_resource(const store::HomePtr& home);

}  // namespace kalends::dav
