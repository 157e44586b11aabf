#pragma once
// From a path to what is there: home, collection, object, and what the user may do with it.

#include "access/privilege.hpp"
#include "dav/error.hpp"
#include "dav/path.hpp"
#include "dav/view.hpp"
#include "store/objects.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

/// How much of an object its reader is shown: privacy.hpp.
enum class Shown { whole, part, nothing };

/// Something that has properties. Of an object only the row's members are here, borrowed from
/// whoever read it.
struct Resource {
    Kind kind = root;
    std::string href;     ///< percent-encoded, as the server writes it
    store::HomePtr home;  ///< whose it is; not of root and sets. Of a proxy: for whom it acts
    store::CollectionPtr collection;  ///< of a home, a collection, and what an object is in
    std::string name;                 ///< of an object, decoded
    const store::ObjectView* object = nullptr;
    const std::vector<store::StoredProperty>* stored =
        nullptr;  ///< what clients set on it, where it has any

    /// Where the way to it went through a binding: the last one, and whose it is.
    store::CollectionPtr binding;
    store::HomePtr binding_home;

    store::PrincipalKind principal_kind =
        store::PrincipalKind::user;  ///< of a set or a proxy, if it has one
    bool one_kind = false;           ///< a principal set of one kind: "/dav/principals/users/"
    Shown shown = Shown::whole;      ///< of an object
    access::Privileges privileges = access::none;
    access::Privileges in_parent = access::none;  ///< those on what it is a member of

    [[nodiscard]] bool is(unsigned kinds) const { return (kind & kinds) != 0; }
    [[nodiscard]] bool may(access::Privileges wanted) const {
        return (privileges & wanted) == wanted;
    }

    /// Whether it is somebody, or something, that others can act for: it has proxies in it.
    [[nodiscard]] bool has_proxies() const {
        return is(dav::principal) && home->principal.kind != store::PrincipalKind::group;
    }

    /// Whether its own last segment is a binding.
    [[nodiscard]] bool is_bound() const {
        return is(stored_collections) && binding && binding->target->collection == collection->id;
    }

    /// Whether it is a binding to what belongs to somebody else: then name, colour and the like are
    /// the reader's own.
    [[nodiscard]] bool is_shared_here() const {
        return is_bound() && binding->target->home != binding->home;
    }
};

/// How a request fails for a member of a collection that is not there: 409 where it would make one
/// (RFC 4918 9.7.1), else 404.
enum class NoParent { not_found, conflict };

/// The home of the principal that a path names, or of whose proxies; nullptr if there is none of
/// that kind.
store::HomePtr principal_home(const View& view, const Path& path);

/// What the path names, if it is there and the user may see it. Nothing is read of an object:
/// `object` is null and whether it exists is not known, but what is known of what the user is shown
/// of it. Throws DavError 404 (also for what the user may not see), 409.
Resource resolve(const View& view, const Path& path, NoParent otherwise = NoParent::not_found);

/// resolve(), or 404 if `path` (as sent) names nothing that can be.
Resource resolve(const View& view, std::string_view path, NoParent otherwise = NoParent::not_found);

/// What shall be removed from what it is in, or moved: resolve(), but a binding is found, too, that
/// leads to what the user may not see any more. It has no privileges then.
Resource to_unbind(const View& view, std::string_view path);

/// A name in a collection, where something is or may be made.
struct Place {
    Resource parent;                   ///< a home or a collection
    std::string name;                  ///< decoded
    std::optional<Resource> existing;  ///< the collection of that name
};

/// Where a path below a home leads, if there is a collection to hold what is there; 409 if there is
/// none. Throws DavError 403 for a home and what is above it, which can't be made or removed.
Place locate(const View& view, std::string_view path);

/// Throws DavError 403 with DAV:need-privileges if one of `wanted` is missing. RFC 3744 7.1.1.
void require(const Resource& resource, access::Privileges wanted);

/// The same of the privileges on what the resource is a member of: to bind and unbind it.
void require_in_parent(const Resource& resource, access::Privileges wanted);

/// 401.
DavError log_in();

/// Throws it where nobody has logged in.
void require_login(const View& view);

constexpr Kind kind_of(store::CollectionKind kind) {
    constexpr std::array kinds{calendar,
                               addressbook,
                               folder,
                               calendar_home,
                               addressbook_home,
                               file_home,
                               root /* never asked for: a binding */,
                               inbox,
                               outbox};
    return kinds.at(static_cast<std::size_t>(kind));
}
constexpr Kind object_kind_of(store::CollectionKind kind) {
    return kind == store::CollectionKind::calendar || store::is_for_scheduling(kind)
               ? calendar_object
           : kind == store::CollectionKind::addressbook ? address_object
                                                        : file;
}

/// A member of `parent` that is a collection, bindings followed; nothing where a binding leads
/// nowhere, or the user may not see what is in `parent`.
Resource member_resource(const View& view, const Resource& parent,
                         const store::CollectionPtr& member);

/// What a collection or an object is a member of; a home: itself. Bindings above it are not told.
Resource parent_of(const View& view, const Resource& target);

/// What `target` is or is in, if it is an object.
Resource collection_of(const View& view, const Resource& target);

/// Which privileges there are on it. RFC 6638 6.
inline access::Place place_of(const Resource& resource) {
    if (resource.is(inbox)) return access::Place::inbox;
    if (resource.is(outbox)) return access::Place::outbox;
    return resource.is(collections) ? access::Place::collection : access::Place::anywhere;
}

/// The address of a collection in its owner's tree.
std::string own_href(const store::Home& home, const store::Collection& collection);

/// Whether its owner lets others read it, by name.
bool is_shared(const Resource& collection);

/// The root of a principal's tree.
Resource home_resource(const View& view, const store::HomePtr& home,
                       store::CollectionKind home_kind);
/// The object of that name in a collection, of which nothing is known but how much of it the user
/// is shown, and one of which a row is.
Resource object_named(const View& view, const Resource& collection, const std::string& name);
Resource object_resource(const View& view, const Resource& collection,
                         const store::ObjectView& object);
Resource principal_resource(const View& view, const store::HomePtr& home);
/// The group of those who may read, or write, for `home`.
Resource proxy_resource(const View& view, const store::HomePtr& home, store::PrincipalKind which);

}  // namespace kalends::dav
