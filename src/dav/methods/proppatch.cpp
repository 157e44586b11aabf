// PROPPATCH: all or nothing. RFC 4918 9.2.
#include "dav/body.hpp"
#include "dav/conditions.hpp"
#include "dav/error.hpp"
#include "dav/locks.hpp"
#include "dav/methods/methods.hpp"
#include "dav/preferences.hpp"
#include "dav/property_changes.hpp"
#include "dav/proxy_members.hpp"
#include "dav/write_outcome.hpp"

namespace kalends::dav::methods {
namespace {

using http::Status;

store::Changed change(const View& view, const Resource& target,
                      const std::vector<PropertyChange>& asked,
                      const std::vector<store::ChangesElsewhere>& elsewhere) {
    const auto changes = for_store(asked);
    const bool own = target.is_shared_here();  // of a binding: the reader's, not the owner's
    const auto home = (own ? target.binding_home : target.home)->principal.id;
    const auto& collection = own ? *target.binding : *target.collection;
    if (target.is(stored_collections))
        return store::change_properties(view.database(), home, collection.id, collection.acl_seq,
                                        changes, elsewhere);
    return store::change_object_properties(view.database(), home, collection.id, collection.acl_seq,
                                           target.name, changes);
}

/// Other collections are written as by a PROPPATCH of their own.
std::vector<store::ChangesElsewhere> allowed_elsewhere(const LockTokens& tokens,
                                                       const std::vector<PropertyChange>& asked) {
    std::vector<store::ChangesElsewhere> result;
    for (auto& [collection, changes] : elsewhere(asked)) {
        require(collection, access::write_properties);
        tokens.require(collection);
        const auto& row = *collection.collection;
        result.push_back({row.id, row.acl_seq, std::move(changes)});
    }
    return result;
}

}  // namespace

http::Response proppatch(const View& view, const http::Request& request) {
    const auto body = parse_body(view, request, {xml::dav, "propertyupdate"});
    auto changes = changes_in(*body);
    if (changes.empty())
        throw DavError(Status::bad_request, "No property is named to be set or removed.");

    if (const auto path = parse_path(request.path); path && path->kind == proxy)
        return change_proxies(view, resolve(view, *path), std::move(changes));

    const LockTokens tokens{view, request};
    Resource target;
    const auto outcome = decided(view, request, [&](const Resource& resolved) {
        target = resolved;
        if (target.is_shared_here())
            require_in_parent(target, access::write_properties);
        else
            require(target, access::write_properties);
        if (target.is(stored_collections | objects)) tokens.require(target);
        require_conditions(view, request, target);
        store::WriteOutcome result;
        result.wrote = store::Wrote::unchanged;
        if (judge(view, target.kind, &target, changes))
            result = outcome_of(change(view, target, changes, allowed_elsewhere(tokens, changes)),
                                store::Wrote::replaced);
        return result;
    });
    require_written(view, target, outcome);

    if (view.prefer.minimal && outcome.wrote == store::Wrote::replaced) {  // RFC 8144 2.2
        http::Response response;
        note_applied(response, {.minimal = true});
        return response;
    }
    return multistatus([&](std::string& to) {
        append_changes_response(to, target.href, changes);
        return false;
    });
}

}  // namespace kalends::dav::methods
