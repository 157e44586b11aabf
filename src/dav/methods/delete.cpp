// DELETE of an object or a whole collection. RFC 4918 9.6.
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "dav/write_outcome.hpp"
#include "directory/directory.hpp"
#include "store/collections.hpp"

namespace kalends::dav::methods {
namespace {

using http::Status;

store::WriteOutcome delete_object(const View& view, const http::Request& request,
                                  const Resource& target) {
    store::DeleteObject object;
    object.home = target.home->principal.id;
    object.collection = target.collection->id;
    object.acl_seq = target.collection->acl_seq;
    object.name = target.name;
    object.preconditions = store_preconditions(request);
    return store::erase(view.database(), object);
}

store::WriteOutcome delete_collection(const View& view, const Resource& target) {
    store::WriteOutcome outcome;
    const bool bound = target.is_bound();  // only the binding goes. RFC 5842 2.3
    const auto& home = bound ? target.binding_home : target.home;
    const auto& collection = bound ? *target.binding : *target.collection;
    switch (store::delete_collection(view.database(), home->principal.id, collection.id,
                                     collection.acl_seq)) {
    case store::Changed::done:
        outcome.wrote = store::Wrote::deleted;
        break;
    case store::Changed::not_found:
        outcome.wrote = store::Wrote::not_found;
        break;
    case store::Changed::exists:
    case store::Changed::no_room:
    case store::Changed::stale:
        outcome.wrote = store::Wrote::stale;
        break;
    }
    return outcome;
}

/// A home never stays without a calendar and an address book: clients that clean up (and scripts
/// that empty a home) find a new, empty one in place of the last. Another client may have made one
/// meanwhile: then that is it.
void replace_the_last(const View& view, const std::string& login) {
    const auto home = view.database().home(login);
    if (!home || home->principal.kind != store::PrincipalKind::user) return;
    for (const auto& missing : directory::missing_defaults(*home))
        (void)store::create_collection(view.database(), missing);
}

}  // namespace

http::Response erase(const View& view, const http::Request& request) {
    Resource target;
    const auto outcome = decided(view, request, [&](const Resource& resolved) {
        target = resolved;
        if (!target.is(objects | collections | folder))
            throw DavError(Status::forbidden, "This can't be deleted.");
        require_in_parent(target, access::unbind);
        return target.is(objects) ? delete_object(view, request, target)
                                  : delete_collection(view, target);
    });
    require_written(view, target, outcome);
    if (target.is(collections) && !target.is_bound())
        replace_the_last(view, target.home->principal.login);

    http::Response response;
    response.status = Status::no_content;
    return response;
}

}  // namespace kalends::dav::methods
