#include "caldav/scheduling_types.hpp"

#include "caldav/outbox.hpp"
#include "dav/error.hpp"

namespace kalends::caldav {

using dav::DavError;
using http::Status;

store::PutObject InboxType::accept(const dav::View& /*view*/, const dav::Resource& /*collection*/,
                                   std::string_view /*content_type*/, std::string /*body*/) const {
    throw DavError(Status::forbidden, "What is in an inbox has been delivered; nothing can be "
                                      "stored there.");
}

http::Response InboxType::post(const dav::View& /*view*/, const http::Request& /*request*/,
                               const dav::Resource& /*collection*/) const {
    throw DavError(Status::forbidden, "A POST goes to an outbox.");
}

store::PutObject OutboxType::accept(const dav::View& /*view*/, const dav::Resource& /*collection*/,
                                    std::string_view /*content_type*/, std::string /*body*/) const {
    throw DavError(Status::forbidden, "An outbox takes requests by POST; nothing is stored there.");
}

http::Response OutboxType::post(const dav::View& view, const http::Request& request,
                                const dav::Resource& collection) const {
    return query_busy_time(view, request, collection, outside_);
}

}  // namespace kalends::caldav
