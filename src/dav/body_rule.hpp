#pragma once
// What becomes of the body of an upload, decided from its head: so that a file of gigabytes is
// taken from whom may store it, and nobody else can fill the disk.

#include "dav/view.hpp"
#include "http/message.hpp"

namespace kalends::dav {

/// Whether body_rule() has to be asked: it is a PUT or POST with more than fits into memory easily,
/// or of unknown length.
bool may_be_large(const http::Request& head);

/// Throws DavError where the request would be refused whatever its body, NotInMemory.
http::BodyRule body_rule(const View& view, const http::Request& head);

}  // namespace kalends::dav
