#pragma once
// A page: what a GET gives at a path where no resource of WebDAV is.

#include "dav/view.hpp"
#include "http/message.hpp"

#include <functional>
#include <string_view>

namespace kalends::dav {

struct Page {
    /// `path` is percent-encoded, as sent.
    std::function<bool(std::string_view path)> is_at;
    /// Throws DavError.
    std::function<http::Response(const View& view, const http::Request& request)> get;
};

}  // namespace kalends::dav
