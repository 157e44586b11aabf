#pragma once
// The Schedule-Tag: changes only when a scheduling object changed in what its user has to know of,
// not when others answered. RFC 6638 3.2.10, 8.

#include "http/message.hpp"

#include <string>
#include <string_view>

namespace kalends::dav {

/// Quoted, as in the header and in C:schedule-tag.
std::string quoted_schedule_tag(std::string_view tag);

/// Schedule-Tag, where the object has one.
void add_schedule_tag(std::string_view tag, http::Response& response);

/// Whether a request asks for the state that `tag` (empty: of no scheduling object) stands for:
/// always where it has no If-Schedule-Tag-Match. RFC 6638 8.3.
bool schedule_tag_matches(const http::Request& request, std::string_view tag);

/// Throws DavError 412 where it does not.
void require_schedule_tag(const http::Request& request, std::string_view tag);

/// The request without that condition, which is on what is at its path: for what else it means to
/// write. RFC 6638 3.2.10.
http::Request without_schedule_tag_condition(const http::Request& request);

/// Whether it has that header.
bool has_schedule_tag_condition(const http::Request& request);

}  // namespace kalends::dav
