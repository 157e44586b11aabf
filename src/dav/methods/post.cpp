// POST makes a new member of a collection under a name of our choice. RFC 5995.
#include "base/hash.hpp"
#include "base/text.hpp"
#include "dav/add_member.hpp"
#include "dav/collection_type.hpp"
#include "dav/conditions.hpp"
#include "dav/error.hpp"
#include "dav/locks.hpp"
#include "dav/methods/methods.hpp"
#include "dav/store_body.hpp"
#include "dav/write_outcome.hpp"

namespace kalends::dav::methods {
namespace {

using http::Status;

/// Nobody can guess it: who knows the collection does not know its members.
Resource new_member(const View& view, const http::Request& request, const Resource& collection) {
    constexpr std::size_t bytes = 16;
    const CollectionType& type = type_of(view, collection.collection->kind);
    auto name = text::to_hex(hash::random_bytes(bytes));
    name += type.extension(request.headers.find("Content-Type").value_or(""));
    return resolve(view, href::object(collection.href, name));
}

}  // namespace

http::Response post(const View& view, const http::Request& request) {
    const auto at = resolve(view, request.path);
    if (at.is(stored_collections) && request.query != add_member_query)
        return type_of(view, at.collection->kind).post(view, request, at);
    const LockTokens tokens{view, request};
    Resource target;
    const auto outcome = decided(view, request, [&](const Resource& collection) {
        if (!collection.is(takes_new_members) || request.query != add_member_query)
            throw DavError(Status::method_not_allowed,
                           "A POST goes to the DAV:add-member URL of a collection.");
        require(collection, access::bind);
        tokens.require(collection);
        target = new_member(view, request, collection);
        auto conditions = store_preconditions(view, request, target);
        conditions.must_not_exist = true;
        return store_body(view, request, target, conditions);
    });
    auto response = stored(view, request, target, outcome);
    response.headers.add("Location", target.href);
    return response;
}

}  // namespace kalends::dav::methods
