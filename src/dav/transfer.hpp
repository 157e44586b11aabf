#pragma once
// What COPY and MOVE have in common: from where, to where, and what may be put there. RFC
// 4918 9.8, 9.9, 10.3, 10.6.

#include "dav/locks.hpp"
#include "dav/write_outcome.hpp"

namespace kalends::dav {

struct Transfer {
    Resource source;
    Place place;  ///< the destination; `existing` is a collection there
    bool overwrite = true;
    bool deep = true;    ///< of a collection: with all that is in it
    bool moves = false;  ///< else it is copied
    LockTokens tokens;
};

/// The Overwrite header; true if there is none. Throws DavError 400. RFC 4918 10.6.
bool overwrite_of(const http::Request& request);

/// From the request's path and headers, with all that can be told before anything is written.
/// Throws DavError: 400 and 502 for the headers, 403 for what may not be transferred or not to
/// there, 404, 409, 412 where a collection is at the destination that may not be overwritten, 423.
Transfer transfer_of(const View& view, const http::Request& request, bool moves);

/// Stores a copy of an object, or of a collection, at the destination: with its properties, without
/// locks and access control. Throws DavError with the precondition of what the destination refuses.
store::WriteOutcome copy_to_place(const View& view, const http::Request& request,
                                  const Transfer& transfer);

/// Whether the destination is of the same home and kind, so that one transaction can move it.
bool is_within_reach(const Transfer& transfer);

/// Moves it in one transaction.
store::WriteOutcome move_to_place(const View& view, const http::Request& request,
                                  const Transfer& transfer);

/// Makes a binding to the source there. RFC 5842 4.
store::WriteOutcome bind_to_place(const View& view, const Transfer& transfer);

/// 201, or 204 where something was replaced. Throws DavError for any other outcome.
http::Response answer_to(const View& view, const Transfer& transfer,
                         const store::WriteOutcome& outcome);

/// Repeats `write(transfer)` where access control or locks changed between decision and write.
template <class Write> http::Response transferred(const View& view, const http::Request& request,
                                                  bool moves, Write write) {
    Transfer transfer;
    const auto outcome =
        while_stale(view, [&](const View& now, std::vector<store::HomePtr>& decided_on) {
            transfer = transfer_of(now, request, moves);
            decided_on = {transfer.source.home, transfer.source.binding_home,
                          transfer.place.parent.home, transfer.place.parent.binding_home};
            return store::WriteOutcome{write(transfer)};
        });
    return answer_to(view, transfer, outcome);
}

}  // namespace kalends::dav
