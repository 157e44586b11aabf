#pragma once
// The reports of RFC 6352.

#include "dav/live_property.hpp"

namespace kalends::carddav {

http::Response addressbook_query(const dav::View& view, const http::Request& request,
                                 const dav::Resource& book, const dav::Body& body);  // 8.6
http::Response addressbook_multiget(const dav::View& view, const http::Request& request,
                                    const dav::Resource& book, const dav::Body& body);  // 8.7

}  // namespace kalends::carddav
