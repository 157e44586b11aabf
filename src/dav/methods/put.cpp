// PUT stores one object. RFC 4918 9.7, RFC 4791 5.3.2, RFC 6352 6.3.2.
#include "base/text.hpp"
#include "dav/collection_type.hpp"
#include "dav/entity_tag.hpp"
#include "dav/error.hpp"
#include "dav/locks.hpp"
#include "dav/methods/methods.hpp"
#include "dav/write_outcome.hpp"

namespace kalends::dav::methods {
namespace {

using http::Status;

void require_storable(const View& view, const http::Request& request, const Resource& target,
                      const CollectionType& type) {
    if (request.headers.find("Content-Range"))
        throw DavError(Status::bad_request, "A part of an object can't be stored (Content-Range).");
    if (const auto encoding = request.headers.find("Content-Encoding");
        encoding && !text::iequals(*encoding, "identity"))
        throw DavError(Status::unsupported_media_type, "The body must not be compressed.");
    require_name(target.name);
    if (request.body.size() > view.settings().max_resource_size)
        throw DavError(Status::forbidden, type.max_resource_size(),
                       "The object is larger than " +
                           std::to_string(view.settings().max_resource_size) + " bytes.");
}

}  // namespace

http::Response put(const View& view, const http::Request& request) {
    const LockTokens tokens{view, request};
    store::PutObject object;
    Resource target;
    const auto outcome = decided(
        view, request,
        [&](const Resource& resolved) {
            target = resolved;
            if (!target.is(objects))
                throw DavError(Status::method_not_allowed, "A collection can't be stored by PUT.");
            object.preconditions = store_preconditions(request);
            require_to_store(view, target, object.preconditions);
            tokens.require_to_store(view, target, object.preconditions);
            const CollectionType& type = type_of(view, target.collection->kind);
            require_storable(view, request, target, type);
            auto conditions = std::move(object.preconditions);
            object = type.accept(view, target, request.headers.find("Content-Type").value_or(""),
                                 request.body);
            object.home = target.home->principal.id;
            object.collection = target.collection->id;
            object.acl_seq = target.collection->acl_seq;
            object.name = target.name;
            object.preconditions = std::move(conditions);
            object.quota = view.settings().quota_bytes;
            return store::put(view.database(), object);
        },
        NoParent::conflict);
    require_written(view, target, outcome);

    http::Response response;
    response.status = outcome.wrote == store::Wrote::created ? Status::created : Status::no_content;
    response.headers.add("ETag", entity_tag(outcome.etag));  // stored as sent: RFC 4791 5.3.4
    return response;
}

}  // namespace kalends::dav::methods
