#include "caldav/mkcalendar.hpp"

#include "caldav/precondition.hpp"
#include "dav/body.hpp"
#include "dav/create_collection.hpp"
#include "dav/error.hpp"

namespace kalends::caldav {

http::Response mkcalendar(const dav::View& view, const http::Request& request) {
    dav::require_login(view);
    std::unique_ptr<xml::Element> body;
    if (!request.body.empty()) body = dav::parse_body(view, request, {xml::caldav, "mkcalendar"});
    return dav::create_collection(
        view, request,
        {.kind = store::CollectionKind::calendar,
         .body = body.get(),
         .location_ok = precondition::calendar_collection_location_ok,
         .exists = http::Status::forbidden,  // RFC 4791 5.3.1: a failed precondition
         .response_root = {}});
}

}  // namespace kalends::caldav
