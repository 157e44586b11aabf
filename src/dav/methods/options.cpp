// OPTIONS: what can be done here. RFC 9110 9.3.7, RFC 4918 10.1.
#include "dav/live_property.hpp"
#include "dav/methods/methods.hpp"

namespace kalends::dav::methods {

std::string allowed_methods(const View& view, const http::Request& request) {
    const auto path = parse_path(request.path);
    std::string allowed = "OPTIONS, GET, HEAD, PUT, POST, DELETE, COPY, MOVE, LOCK, UNLOCK, "
                          "PROPFIND, PROPPATCH, REPORT, MKCOL";
    if (!path || (path->kind & homes) != 0) allowed += ", ACL, BIND, UNBIND, REBIND";
    for (const auto* method : view.registry().methods())
        if (!path || (method->on & path->kind) != 0) allowed.append(", ").append(method->name);
    return allowed;
}

http::Response options(const View& view, const http::Request& request) {
    // Answered without a login, for any path: clients look here before they know whom to log in as,
    // and it says nothing about what exists.
    http::Response response;
    response.headers.add("Allow", allowed_methods(view, request));
    if (request.path == "*" || parse_path(request.path))
        response.headers.add("DAV", view.registry().capabilities());
    return response;
}

}  // namespace kalends::dav::methods
