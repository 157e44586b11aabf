// GET and HEAD of an object: the bytes that the client stored. RFC 9110 9.3.1, RFC 4791 5.3.4.
#include "dav/collection_type.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "http/conditional.hpp"

namespace kalends::dav::methods {
namespace {

using http::Status;

clock::Seconds moment(std::int64_t seconds) {
    return clock::Seconds{std::chrono::seconds{seconds}};
}

}  // namespace

http::Response get(const View& view, const http::Request& request) {
    const Resource target = resolve(view, request.path);
    require(target, access::read);
    if (!target.is(objects))
        throw DavError(Status::method_not_allowed, "Only calendar objects and cards can be fetched.");

    const auto path = parse_path(request.path);
    auto object = store::find_object(view.database(), target.home->principal.id, target.collection->id,
                                     path->object);
    if (!object) throw DavError(Status::not_found, "There is no such object.");

    const std::string etag = '"' + object->etag + '"';
    const http::Current current{true, etag, moment(object->modified)};
    const auto verdict = http::evaluate(http::preconditions_of(request.headers), current, true);
    if (verdict == http::Verdict::precondition_failed)
        throw DavError(Status::precondition_failed, "The object has changed.");

    http::Response response;
    response.headers.add("ETag", etag);
    response.headers.add("Last-Modified", clock::http_date(moment(object->modified)));
    if (verdict == http::Verdict::not_modified) {
        response.status = Status::not_modified;
        return response;
    }
    const CollectionType& type = type_of(view, target.collection->kind);
    std::string content_type = type.content_type(object->component, object->data);
    auto converted = type.convert(request.headers.joined("Accept"), object->data, content_type);
    response.headers.add("Content-Type", content_type);
    response.headers.add("Vary", "Accept");
    response.body = converted ? std::move(*converted) : std::move(object->data);
    return response;
}

}  // namespace kalends::dav::methods
