#pragma once
// The reports of RFC 4791.

#include "dav/live_property.hpp"

namespace kalends::caldav {

http::Response calendar_query(const dav::View& view, const http::Request& request,
                              const dav::Resource& calendar, const dav::Body& body);  // 7.8
http::Response calendar_multiget(const dav::View& view, const http::Request& request,
                                 const dav::Resource& calendar, const dav::Body& body);  // 7.9
http::Response free_busy_query(const dav::View& view, const http::Request& request,
                               const dav::Resource& target, const dav::Body& body);  // 7.10

}  // namespace kalends::caldav
