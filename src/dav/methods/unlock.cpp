// UNLOCK. RFC 4918 9.11, RFC 3744 3.5.
#include "dav/conditions.hpp"
#include "dav/error.hpp"
#include "dav/lock_headers.hpp"
#include "dav/locks.hpp"
#include "dav/methods/methods.hpp"
#include "dav/precondition.hpp"
#include "store/locks.hpp"

namespace kalends::dav::methods {

using http::Status;

http::Response unlock(const View& view, const http::Request& request) {
    const auto target = resolve(view, request.path);
    const auto token = lock_token_of(request.headers);
    const store::Lock* found = nullptr;
    if (target.is(stored_collections | objects))
        for (const auto* lock : locks_on(target))
            if (lock_uri(*lock) == token) found = lock;
    if (found == nullptr)
        throw DavError(Status::conflict, precondition::lock_token_matches,
                       "The token is not that of a lock of this resource.");
    require_login(view);
    const bool own = found->principal == view.user->principal.id;
    if (!own || (view.scope & access::write_content) == 0) require(target, access::unlock);
    require_conditions(view, request, target);
    (void)store::remove_lock(view.database(), target.home->principal.id, found->token);

    http::Response response;
    response.status = Status::no_content;
    return response;
}

}  // namespace kalends::dav::methods
