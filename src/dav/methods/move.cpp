// MOVE of an object, or of a collection. RFC 4918 9.9. Within a home it is one transaction; to
// another home, or between kinds (a file that becomes an event), a copy and, when that is there, a
// removal: at worst both are there.
#include "dav/collection_type.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "dav/object_properties.hpp"
#include "dav/transfer.hpp"

#include <algorithm>

namespace kalends::dav::methods {
namespace {

using store::Wrote;

/// Whether nothing was written to a collection, or below it, since it was looked at.
bool is_as_it_was(const View& view, const Resource& source) {
    view.database().forget(source.home->principal.id);
    const auto now = view.database().home(source.home->principal.id);
    const auto same = [&](const auto& self, const store::Collection& was) -> bool {
        const auto is = now->find(was.id);
        const auto before = source.home->children(was.id);
        if (!is || is->modseq != was.modseq || now->children(was.id).size() != before.size())
            return false;
        return std::ranges::all_of(before, [&](const auto& each) { return self(self, *each); });
    };
    return now && same(same, *source.collection);
}

/// What was copied goes, if it is still as it was.
void remove_source(const View& view, const http::Request& request, const Resource& source,
                   const std::string& etag) {
    if (!source.is(objects)) {
        if (is_as_it_was(view, source)) (void)remove(view, source);
        return;
    }
    (void)type_of(view, source.collection->kind)
        .erase(view, request, source,
               {.home = source.home->principal.id,
                .collection = source.collection->id,
                .acl_seq = source.collection->acl_seq,
                .name = source.name,
                .preconditions = {.if_match = {etag}}});
}

store::WriteOutcome move_far(const View& view, const http::Request& request,
                             const Transfer& transfer) {
    require(transfer.source, access::read);
    const auto& source = transfer.source;
    const auto etag = source.is(objects) ? require_object(view, source).etag : std::string();
    auto outcome = copy_to_place(view, request, transfer);
    if (outcome.wrote == Wrote::created || outcome.wrote == Wrote::replaced)
        remove_source(view, request, source, etag);
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
