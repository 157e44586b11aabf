#include "dav/resource.hpp"

#include "base/percent.hpp"
#include "dav/error.hpp"
#include "dav/precondition.hpp"
#include "xml/writer.hpp"

namespace kalends::dav {
namespace {

using http::Status;

[[noreturn]] void not_found() {
    throw DavError(Status::not_found, "There is nothing at this address, or you may not see it.");
}

Resource place(const Path& path) {
    Resource resource{.kind = path.kind, .href = path.place};
    resource.principal_kind = path.principal_kind;
    resource.one_kind = path.kind == principal_set && path.place != href::principals;
    resource.privileges = access::read | access::read_current_user_privilege_set;
    return resource;
}

/// Names of the missing privileges that stand for themselves: the aggregate first, so that "write"
/// is said rather than its four parts.
std::string missing_privileges(const Resource& resource, access::Privileges missing) {
    std::string content;
    xml::Writer writer{content};
    for (const auto& row : access::privilege_tree()) {
        if (row.bits == access::all || (row.bits & ~missing) != 0) continue;
        missing &= ~row.bits;
        writer.open({xml::dav, "resource"});
        writer.element({xml::dav, "href"}, resource.href);
        writer.open({xml::dav, "privilege"});
        writer.empty({row.ns, row.name});
        writer.close({xml::dav, "privilege"});
        writer.close({xml::dav, "resource"});
    }
    return content;
}

}  // namespace

void require_login(const View& view) {
    if (!view.user) throw DavError(Status::unauthorized, "Log in with your name and password.");
}

void require(const Resource& resource, access::Privileges wanted) {
    const access::Privileges missing = wanted & ~resource.privileges;
    if (missing == 0) return;
    throw DavError(Status::forbidden, precondition::need_privileges,
                   "You do not have the privileges that this takes.",
                   missing_privileges(resource, missing));
}

Resource collection_resource(const View& view, const store::HomePtr& home,
                             const store::CollectionPtr& collection) {
    Resource resource{
        .kind = kind_of(collection->kind),
        .href = href::collection(collection->kind, home->principal.login, collection->name)};
    resource.home = home;
    resource.collection = collection;
    resource.stored = &collection->properties;
    resource.privileges = view.privileges(*home, *collection);
    return resource;
}

Resource object_resource(const Resource& collection, const store::ObjectView& object) {
    Resource resource{.kind = object_kind_of(collection.collection->kind), .href = collection.href};
    percent::append_segment(resource.href, object.name);
    resource.home = collection.home;
    resource.collection = collection.collection;
    resource.object = &object;
    resource.privileges = collection.privileges;
    return resource;
}

Resource principal_resource(const store::HomePtr& home) {
    Resource resource{.kind = principal,
                      .href = href::principal(home->principal.kind, home->principal.login)};
    resource.home = home;
    resource.privileges = access::read | access::read_current_user_privilege_set;
    return resource;
}

Resource resolve(const View& view, const Path& path, NoParent otherwise) {
    require_login(view);
    if ((path.kind & (root | principal_set | home_set)) != 0) return place(path);

    const auto home = view.home(path.login);
    if (!home) not_found();
    if (path.kind == principal) {
        if (home->principal.kind != path.principal_kind) not_found();
        return principal_resource(home);
    }

    Resource resource{.kind = path.kind, .href = href::of(path)};
    resource.home = home;
    if ((path.kind & homes) != 0) {
        resource.privileges = view.privileges(*home);
    } else {
        resource.collection = home->find(collection_kind(path.kind), path.collection);
        if (!resource.collection) {
            // Others must not be able to tell this from what they may not see.
            if ((path.kind & objects) != 0 && otherwise == NoParent::conflict &&
                view.privileges(*home) != access::none)
                throw DavError(Status::conflict, "There is no collection to hold this.");
            not_found();
        }
        if ((path.kind & collections) != 0) resource.stored = &resource.collection->properties;
        resource.privileges = view.privileges(*home, *resource.collection);
    }
    if (resource.privileges == access::none) not_found();
    return resource;
}

Resource resolve(const View& view, std::string_view path, NoParent otherwise) {
    require_login(view);
    const auto parsed = parse_path(path);
    if (!parsed) not_found();
    return resolve(view, *parsed, otherwise);
}

}  // namespace kalends::dav
