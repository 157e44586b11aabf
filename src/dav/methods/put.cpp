// PUT stores one object. RFC 4918 9.7, RFC 4791 5.3.2, RFC 6352 6.3.2.
#include "dav/conditions.hpp"
#include "dav/error.hpp"
#include "dav/locks.hpp"
#include "dav/methods/methods.hpp"
#include "dav/store_body.hpp"
#include "dav/write_outcome.hpp"

namespace kalends::dav::methods {

using http::Status;

http::Response put(const View& view, const http::Request& request) {
    const LockTokens tokens{view, request};
    Resource target;
    const auto outcome = decided(
        view, request,
        [&](const Resource& resolved) {
            target = resolved;
            if (!target.is(objects))
                throw DavError(Status::method_not_allowed, "A collection can't be stored by PUT.");
            auto conditions = store_preconditions(view, request, target);
            require_to_store(view, target, conditions);
            tokens.require_to_store(view, target, conditions);
            return store_body(view, request, target, conditions);
        },
        NoParent::conflict);
    return stored(view, request, target, outcome);
}

}  // namespace kalends::dav::methods
