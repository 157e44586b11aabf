// COPY of an object, or of a collection. RFC 4918 9.8.
#include "dav/methods/methods.hpp"
#include "dav/transfer.hpp"

namespace kalends::dav::methods {

http::Response copy(const View& view, const http::Request& request) {
    return transferred(view, request, false, [&](const Transfer& transfer) {
        return copy_to_place(view, request, transfer);
    });
}

}  // namespace kalends::dav::methods
