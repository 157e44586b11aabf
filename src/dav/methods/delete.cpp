// DELETE of an object or a whole collection. RFC 4918 9.6.
#include "dav/collection_type.hpp"
#include "dav/conditions.hpp"
#include "dav/error.hpp"
#include "dav/locks.hpp"
#include "dav/methods/methods.hpp"
#include "dav/write_outcome.hpp"
#include "directory/directory.hpp"
#include "store/collections.hpp"

namespace kalends::dav::methods {
namespace {

using http::Status;

store::WriteOutcome delete_object(const View& view, const http::Request& request,
                                  const Resource& target) {
    store::DeleteObject object{};
    object.home = target.home->principal.id;
    object.collection = target.collection->id;
    object.acl_seq = target.collection->acl_seq;
    object.name = target.name;
    object.preconditions = store_preconditions(view, request, target);
    return type_of(view, target.collection->kind).erase(view, request, target, object);
}

/// What is in it, however deep, may mean something to others; the name of a binding alone does not.
store::Changed before_removal(const View& view, const http::Request& request,
                              const Resource& target) {
    if (target.is_bound() || !target.collection) return store::Changed::done;
    for (const auto& child : target.home->children(target.collection->id)) {
        if (child->target) continue;
        Resource inside = target;
        inside.collection = child;
        const auto prepared = before_removal(view, request, inside);
        if (prepared != store::Changed::done) return prepared;
    }
    return type_of(view, target.collection->kind).before_removal(view, request, target);
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
    const LockTokens tokens{view, request};
    Resource target;
    const auto delete_it = [&](const View& now, std::vector<store::HomePtr>& decided_on) {
        target = to_unbind(now, request.path);
        decided_on = {target.home, target.binding_home};
        if (!target.is(objects | collections | folder))
            throw DavError(Status::forbidden, "This can't be deleted.");
        require_in_parent(target, access::unbind);
        if (target.shown == Shown::nothing) require(target, access::read);
        tokens.require_to_unbind(now, target);
        if (target.is(objects)) return delete_object(now, request, target);
        require_conditions(now, request, target);
        const auto prepared = before_removal(now, request, target);
        if (prepared != store::Changed::done) return outcome_of(prepared, store::Wrote::deleted);
        return outcome_of(remove(now, target, has_conditions(request)), store::Wrote::deleted);
    };
    const auto outcome = while_stale(view, delete_it);
    require_written(view, target, outcome);
    if (target.is(collections) && !target.is_bound())
        replace_the_last(view, target.home->principal.login);

    http::Response response;
    response.status = Status::no_content;
    return response;
}

}  // namespace kalends::dav::methods
