#pragma once
// What the queries and multigets of calendars and address books share: rows in, responses out,
// streamed. RFC 4791 7.8 and 7.9, RFC 6352 8.6 and 8.7.

#include "dav/body.hpp"
#include "dav/live_property.hpp"
#include "store/objects.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace kalends::dav {

/// The exact decision on a row.
using Match = std::function<bool(const store::ObjectView&)>;

struct Query {
    Kind in = calendar;            ///< of the collections that are searched in a home or folder
    store::Candidates candidates;  ///< what SQL narrows, and what the match needs to see
    std::function<Match(const Resource& collection)> match_in;
    bool answer_has_data = false;  ///< what is asked for needs the objects' bytes
    std::optional<std::size_t>
        limit;  ///< of results, as the client asked; the first by name are given
};

/// 207 with the objects that match in `target`: a collection, one object, or a home, where Depth
/// says whether its collections are meant (RFC 4791 7.2).
http::Response query(const View& view, const http::Request& request, const Resource& target,
                     const Asked& asked, Query query);

/// The collections of `kind` that a report on `target` (one, a folder or a home) is about: those in
/// which the user has `wanted`. Depth says how far below a folder.
std::vector<Resource> collections_in(const View& view, const http::Request& request,
                                     const Resource& target, Kind kind, access::Privileges wanted);

/// 207 with the objects that the D:href elements of `body` name: each under the href as sent, and
/// 404 for those that are not at or below it. Throws DavError if there are more than
/// Settings::max_multiget.
http::Response multiget(const View& view, const Resource& target, const Asked& asked,
                        const Body& body);

}  // namespace kalends::dav
