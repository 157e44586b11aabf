#pragma once
// What the queries and multigets of calendars and address books share: rows in, responses out, streamed.
// RFC 4791 7.8 and 7.9, RFC 6352 8.6 and 8.7.

#include "dav/body.hpp"
#include "dav/live_property.hpp"
#include "store/objects.hpp"

#include <functional>
#include <limits>
#include <string_view>

namespace kalends::dav {

struct Query {
    store::Candidates candidates;                          ///< what SQL narrows, and what `match` needs to see
    std::function<bool(const store::ObjectView&)> match;   ///< the exact decision
    bool answer_has_data = false;                          ///< what is asked for needs the objects' bytes
    std::size_t limit = std::numeric_limits<std::size_t>::max();  ///< of results, as the client asked
};

/// 207 with the objects of `target` (a collection, or one object) that match.
http::Response query(const View& view, const Resource& target, const Asked& asked, Query query,
                     std::string_view object_name);

/// 207 with the objects that the D:href elements of `body` name: each under the href as sent, and 404 for those
/// that are not in this collection. Throws DavError if there are more than Settings::max_multiget.
http::Response multiget(const View& view, const Resource& target, const Asked& asked, const Body& body);

/// The decoded name of an object's own path; empty for a collection.
std::string object_name(const http::Request& request);

}  // namespace kalends::dav
