#pragma once
// MKCALENDAR. RFC 4791 5.3.1.

#include "dav/view.hpp"
#include "http/message.hpp"

namespace kalends::caldav {

http::Response mkcalendar(const dav::View& view, const http::Request& request);

}  // namespace kalends::caldav
