#pragma once
// What of a request is kept for kalends audit: what was deleted, moved away, shared, or given to
// others.

#include "dav/acl_body.hpp"
#include "dav/view.hpp"
#include "http/message.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace kalends::dav {

/// Records the event if the request has done something. "": it is of no interest.
void keep_for_audit(const View& view, const http::Request& request, const http::Response& response,
                    std::string_view event_of_method);

/// "read, write-acl to /dav/principals/users/tor/; not read to DAV:all"
std::string words_of(const std::vector<AceElement>& entries);

}  // namespace kalends::dav
