#pragma once
// The methods of WebDAV, a file each. dispatch.cpp has them in a table.

#include "dav/resource.hpp"
#include "dav/view.hpp"
#include "http/message.hpp"

#include <string>

namespace kalends::dav::methods {

http::Response options(const View& view,
                       const http::Request& request);  // RFC 9110 9.3.7, RFC 4918 10.1
http::Response get(const View& view, const http::Request& request);  // RFC 9110 9.3.1, RFC 4918 9.4
http::Response put(const View& view, const http::Request& request);  // RFC 4918 9.7, RFC 4791 5.3.2
http::Response post(const View& view, const http::Request& request);       // RFC 5995
http::Response erase(const View& view, const http::Request& request);      // RFC 4918 9.6
http::Response mkcol(const View& view, const http::Request& request);      // RFC 4918 9.3, RFC 5689
http::Response propfind(const View& view, const http::Request& request);   // RFC 4918 9.1
http::Response proppatch(const View& view, const http::Request& request);  // RFC 4918 9.2
http::Response acl(const View& view, const http::Request& request);        // RFC 3744 8.1
http::Response report(const View& view, const http::Request& request);     // RFC 3253 3.6
http::Response copy(const View& view, const http::Request& request);       // RFC 4918 9.8
http::Response move(const View& view, const http::Request& request);       // RFC 4918 9.9
http::Response bind(const View& view, const http::Request& request);       // RFC 5842 4
http::Response unbind(const View& view, const http::Request& request);     // RFC 5842 5
http::Response rebind(const View& view, const http::Request& request);     // RFC 5842 6
http::Response lock(const View& view, const http::Request& request);       // RFC 4918 9.10
http::Response unlock(const View& view, const http::Request& request);     // RFC 4918 9.11

/// GET of what is no object: a file with all that is in it, or a page for a browser. RFC 4918 9.4.
http::Response get_collection(const View& view, const http::Request& request,
                              const Resource& target);

/// The value of `Allow` for the path of the request: also of a 405. RFC 9110 10.2.1.
std::string allowed_methods(const View& view, const http::Request& request);

}  // namespace kalends::dav::methods
