// MOVE of an object, or of a collection. RFC 4918 9.9. Within a home it is one transaction; to
// another home, or between kinds (a file that becomes an event), a copy and, when that is there, a
// removal: at worst both are there.
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "dav/transfer.hpp"

namespace kalends::dav::methods {
namespace {

using store::Wrote;

/// What was copied goes, if it is still as it was.
void remove_source(const View& view, const Resource& source, const std::string& etag) {
    if (!source.is(objects)) {
        (void)remove(view, source);
        return;
    }
    (void)store::erase(view.database(), {.home = source.home->principal.id,
                                         .collection = source.collection->id,
                                         .acl_seq = source.collection->acl_seq,
                                         .name = source.name,
                                         .preconditions = {.if_match = {etag}}});
}

store::WriteOutcome move_far(const View& view, const http::Request& request,
                             const Transfer& transfer) {
    require(transfer.source, access::read);
    auto outcome = copy_to_place(view, request, transfer);
    if (outcome.wrote == Wrote::created || outcome.wrote == Wrote::replaced)
        remove_source(view, transfer.source, outcome.etag);
    return outcome;
}

}  // namespace

http::Response move(const View& view, const http::Request& request) {
    return transferred(view, request, true, [&](const Transfer& transfer) {
        return is_within_reach(transfer) ? move_to_place(view, request, transfer)
                                         : move_far(view, request, transfer);
    });
}

}  // namespace kalends::dav::methods
