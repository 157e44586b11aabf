#include "dav/resource.hpp"

#include "access/share.hpp"
#include "base/percent.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/privacy.hpp"
#include "xml/writer.hpp"

#include <algorithm>

namespace kalends::dav {
namespace {

using http::Status;

[[noreturn]] void not_found() {
    throw DavError(Status::not_found, "There is nothing at this address, or you may not see it.");
}

Resource place(const View& view, const Path& path) {
    Resource resource{.kind = path.kind, .href = path.place};
    resource.principal_kind = path.principal_kind;
    resource.one_kind = path.kind == principal_set && path.place != href::principals;
    resource.privileges = view.privileges(store::PrincipalId{});
    return resource;
}

store::CollectionKind home_kind(Kind kind) {
    return kind == calendar_home      ? store::CollectionKind::calendar_home
           : kind == addressbook_home ? store::CollectionKind::addressbook_home
                                      : store::CollectionKind::file_home;
}

/// Names of the missing privileges that stand for themselves: the aggregate first, so that "write"
/// is said rather than its four parts.
std::string missing_privileges(std::string_view href, access::Privileges missing) {
    std::string content;
    xml::Writer writer{content};
    for (const auto& row : access::privilege_tree()) {
        if (row.bits == access::all || (row.bits & ~missing) != 0) continue;
        missing &= ~row.bits;
        writer.open({xml::dav, "resource"});
        writer.element({xml::dav, "href"}, href);
        writer.open({xml::dav, "privilege"});
        writer.empty({row.ns, row.name});
        writer.close({xml::dav, "privilege"});
        writer.close({xml::dav, "resource"});
    }
    return content;
}

/// Where what is not there is 404 for this user, so is what is hidden. A private event is not: its
/// time can be seen, and storing something in its place fails. calendarserver caldav-privateevents
/// 4.2.3.
bool is_hidden(const Resource& resource, access::Privileges missing) {
    return (missing & resource.in_parent & access::read) != 0 && resource.shown != Shown::nothing;
}

[[noreturn]] void refuse(std::string_view href, access::Privileges missing) {
    throw DavError(Status::forbidden, precondition::need_privileges,
                   "You do not have the privileges that this takes.",
                   missing_privileges(href, missing));
}

/// A collection of `home`, under this href.
Resource collection_resource(const View& view, const store::HomePtr& home,
                             const store::CollectionPtr& collection, std::string href) {
    Resource resource{.kind = kind_of(collection->kind), .href = std::move(href)};
    resource.home = home;
    resource.collection = collection;
    resource.stored = &collection->properties;
    resource.privileges = view.privileges(*home, *collection);
    return resource;
}

Resource object_in(const View& view, const Resource& collection, std::string_view name) {
    Resource resource{.kind = object_kind_of(collection.collection->kind), .href = collection.href};
    percent::append_segment(resource.href, name);
    resource.home = collection.home;
    resource.collection = collection.collection;
    resource.binding = collection.binding;
    resource.binding_home = collection.binding_home;
    resource.in_parent = collection.privileges;
    resource.privileges = collection.privileges;
    const auto& own = collection.collection->object_aces;
    if (const auto found = own.find(name); found != own.end())
        resource.privileges =
            view.privileges(*collection.home, *collection.collection, found->second);
    return resource;
}

/// How much of an object the user is shown, who is not its owner: from memory, if it is there.
Shown shown_of_stored(const View& view, const Resource& object) {
    auto found = store::find_object_in_memory(view.services->database, object.home->principal.id,
                                              object.collection->id, object.name);
    if (!found.known) found.object = find_object(view, object);
    return found.object ? shown_of(view, object, view_of(*found.object)) : Shown::whole;
}

/// Goes from a home through the collections that `names` name, as far as there are any; `at` is the
/// first that is none.
Resource descend(const View& view, const Path& path, std::size_t& at) {
    const auto home = view.home(path.login);
    if (!home) not_found();
    auto here = home_resource(view, home, home_kind(path.kind));
    for (at = 0; at < path.names.size(); ++at) {
        const auto child = here.home->child(here.collection->id, path.names[at]);
        if (!child) break;
        here = member_resource(view, here, child);
        if (!here.collection) not_found();
    }
    return here;
}

Resource below_home(const View& view, const Path& path, NoParent otherwise) {
    std::size_t at = 0;
    Resource here = descend(view, path, at);
    if (here.privileges == access::none) not_found();
    if (at == path.names.size()) return here;
    if (at + 1 == path.names.size() && !path.slash) return object_named(view, here, path.names[at]);
    if (otherwise == NoParent::conflict)
        throw DavError(Status::conflict, "There is no collection to hold this.");
    not_found();
}

}  // namespace

DavError log_in() { return {Status::unauthorized, "Log in with your name and password."}; }

void require_login(const View& view) {
    if (!view.user) throw log_in();
}

void require(const Resource& resource, access::Privileges wanted) {
    if (const auto missing = wanted & ~resource.privileges; missing != 0) {
        if (is_hidden(resource, missing)) not_found();
        refuse(resource.href, missing);
    }
}

void require_in_parent(const Resource& resource, access::Privileges wanted) {
    if (const auto missing = wanted & ~resource.in_parent; missing != 0)
        refuse(href::parent(resource.href), missing);
}

std::string own_href(const store::Home& home, const store::Collection& collection) {
    if (collection.parent.value == 0) return href::home(collection.kind, home.principal.login);
    return href::collection(own_href(home, *home.find(collection.parent)), collection.name);
}

bool is_shared(const Resource& collection) {
    const auto shares = access::shares_in(collection.collection->aces);
    return std::ranges::any_of(
        shares, [](const access::Share& share) { return share.level >= access::Level::reader; });
}

Resource home_resource(const View& view, const store::HomePtr& home,
                       store::CollectionKind home_kind) {
    return collection_resource(view, home, home->root(home_kind),
                               href::home(home_kind, home->principal.login));
}

Resource member_resource(const View& view, const Resource& parent,
                         const store::CollectionPtr& member) {
    auto href = href::collection(parent.href, member->name);
    store::HomePtr home = parent.home;
    store::CollectionPtr collection = member;
    if (member->target) {
        if (!parent.may(access::read)) return {};  // what is bound here is not everybody's business
        home = view.home(member->target->home);
        collection = home ? home->find(member->target->collection) : nullptr;
        if (!collection || collection->target) return {};
    }
    auto resource = collection_resource(view, home, collection, std::move(href));
    resource.in_parent = parent.privileges;
    resource.binding = member->target ? member : parent.binding;
    resource.binding_home = member->target ? parent.home : parent.binding_home;
    return resource;
}

Resource parent_of(const View& view, const Resource& target) {
    if (target.is(objects)) return collection_of(view, target);
    const auto& home = target.is_bound() ? target.binding_home : target.home;
    const auto& member = target.is_bound() ? target.binding : target.collection;
    const auto parent = home->find(member->parent);
    return parent ? collection_resource(view, home, parent, std::string(href::parent(target.href)))
                  : target;
}

Resource collection_of(const View& view, const Resource& target) {
    if (!target.is(objects)) return target;
    auto collection = collection_resource(view, target.home, target.collection,
                                          std::string(href::parent(target.href)));
    collection.binding = target.binding;
    collection.binding_home = target.binding_home;
    return collection;
}

Resource object_named(const View& view, const Resource& collection, const std::string& name) {
    Resource resource = object_in(view, collection, name);
    resource.name = name;
    if (resource.kind == calendar_object && resource.privileges != access::none &&
        !sees_all(view, *resource.home))
        show(resource, shown_of_stored(view, resource));
    return resource;
}

Resource object_resource(const View& view, const Resource& collection,
                         const store::ObjectView& object) {
    Resource resource = object_in(view, collection, object.name);
    resource.object = &object;
    show(resource, shown_of(view, collection, object));
    return resource;
}

Resource principal_resource(const View& view, const store::HomePtr& home) {
    Resource resource{.kind = principal,
                      .href = href::principal(home->principal.kind, home->principal.login)};
    resource.home = home;
    resource.privileges = view.privileges(home->principal.id);
    return resource;
}

Resource proxy_resource(const View& view, const store::HomePtr& home, store::PrincipalKind which) {
    Resource resource = principal_resource(view, home);
    resource.kind = proxy;
    resource.principal_kind = which;
    resource.href = href::principal(which, home->principal.login, home->principal.kind);
    return resource;
}

store::HomePtr principal_home(const View& view, const Path& path) {
    if ((path.kind & principals) == 0) return nullptr;
    auto home = view.home(path.login);
    const auto kind = path.kind == proxy ? path.proxy_of : path.principal_kind;
    return home && home->principal.kind == kind ? home : nullptr;
}

Resource resolve(const View& view, const Path& path, NoParent otherwise) {
    if ((path.kind & homes) != 0) return below_home(view, path, otherwise);
    require_login(view);
    if ((path.kind & principals) == 0) return place(view, path);

    const auto home = principal_home(view, path);
    if (!home) not_found();
    return path.kind == proxy ? proxy_resource(view, home, path.principal_kind)
                              : principal_resource(view, home);
}

Resource to_unbind(const View& view, std::string_view path) {
    const auto parsed = parse_path(path);
    if (parsed && (parsed->kind & homes) != 0) {
        std::size_t at = 0;
        auto here = descend(view, *parsed, at);
        if (at == parsed->names.size() && here.is_bound()) return here;
    }
    return resolve(view, path);
}

Resource resolve(const View& view, std::string_view path, NoParent otherwise) {
    const auto parsed = parse_path(path);
    if (!parsed) not_found();
    return resolve(view, *parsed, otherwise);
}

Place locate(const View& view, std::string_view path) {
    const auto parsed = parse_path(path);
    if (!parsed || (parsed->kind & homes) == 0 || parsed->names.empty())
        throw DavError(Status::forbidden, "Nothing can be made, moved or removed here.");
    Path above = *parsed;
    above.names.pop_back();
    above.slash = true;
    Place result{below_home(view, above, NoParent::conflict), parsed->names.back(), {}};
    if (const auto child = result.parent.home->child(result.parent.collection->id, result.name))
        if (auto existing = member_resource(view, result.parent, child); existing.collection)
            result.existing = std::move(existing);
    return result;
}

}  // namespace kalends::dav
