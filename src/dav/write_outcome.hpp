#pragma once
// From what the store says of a write to an answer, and what a write takes.

#include "dav/resource.hpp"
#include "http/message.hpp"
#include "store/collections.hpp"
#include "store/objects.hpp"

#include <vector>

namespace kalends::dav {

/// What storing an object takes: write-content where there is one, else bind on its collection. Who
/// has one of the two may do only that, which `conditions` then say. RFC 3744 Appendix B. Throws
/// 403.
void require_to_store(const View& view, const Resource& target, store::Preconditions& conditions);

/// Throws the DavError for an outcome that is none of created, replaced, unchanged, deleted.
void require_written(const View& view, const Resource& target, const store::WriteOutcome& outcome);

/// Deletes a collection with all that is in it; of a binding, the binding alone. RFC 5842 2.4.
/// `as_seen`: `stale` if something has changed in it since it was resolved.
store::Changed remove(const View& view, const Resource& collection, bool as_seen = false);

/// For what changes collections: `done` is what it did.
store::WriteOutcome outcome_of(store::Changed changed, store::Wrote done);

/// Calls `write(view, decided_on)` again where access control or locks changed between decision and
/// write, with what is in `decided_on` then read anew: on these it says it has decided.
template <class Write> store::WriteOutcome while_stale(const View& view, Write write) {
    constexpr int attempts = 5;
    View now = view;
    for (int attempt = 1;; ++attempt) {
        std::vector<store::HomePtr> decided_on;
        auto outcome = write(now, decided_on);
        if (outcome.wrote != store::Wrote::stale || attempt == attempts) return outcome;
        for (const auto& home : decided_on)
            if (home) view.database().forget(home->principal.id);
        now = view.refreshed();
    }
}

/// The same for what the request's path names, resolved anew each time.
template <class Write> store::WriteOutcome decided(const View& view, const http::Request& request,
                                                   Write write,
                                                   NoParent otherwise = NoParent::not_found) {
    return while_stale(view, [&](const View& now, std::vector<store::HomePtr>& decided_on) {
        const Resource target = resolve(now, request.path, otherwise);
        decided_on = {target.home, target.binding_home};
        return store::WriteOutcome{write(target)};
    });
}

}  // namespace kalends::dav
