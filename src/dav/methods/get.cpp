// GET and HEAD of an object: the bytes that the client stored. RFC 9110 9.3.1, RFC 4791 5.3.4. What
// is in memory is answered on the network thread.
#include "dav/collection_type.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "http/conditional.hpp"

#include <memory>

namespace kalends::dav::methods {
namespace {

using http::Status;

clock::Seconds moment(std::int64_t seconds) {
    return clock::Seconds{std::chrono::seconds{seconds}};
}

store::ObjectInMemory from_database(const View& view, const Resource& target,
                                    std::string_view name) {
    store::ObjectInMemory found{.known = true, .object = std::nullopt, .data = nullptr};
    found.object =
        store::find_object(view.database(), target.home->principal.id, target.collection->id, name);
    if (found.object)
        found.data = std::make_shared<const std::string>(std::move(found.object->data));
    return found;
}

store::ObjectInMemory find(const View& view, const Resource& target, std::string_view name) {
    auto found = store::find_object_in_memory(view.services->database, target.home->principal.id,
                                              target.collection->id, name);
    return found.known ? found : from_database(view, target, name);
}

/// Adds what the object is to `response`: its bytes, or what the Accept header turns them into.
void give(const View& view, const http::Request& request, const Resource& target,
          const store::ObjectInMemory& found, http::Response& response) {
    const CollectionType& type = type_of(view, target.collection->kind);
    std::string content_type = type.content_type(found.object->component, *found.data);
    auto converted = type.convert(request.headers.joined("Accept"), *found.data, content_type);
    response.headers.add("Content-Type", content_type);
    response.headers.add("Vary", "Accept");
    if (converted)
        response.body = std::move(*converted);
    else
        response.shared_body = found.data;
}

void add_validators(const store::Object& object, http::Response& response) {
    response.headers.add("ETag", '"' + object.etag + '"');
    response.headers.add("Last-Modified", clock::http_date(moment(object.modified)));
}

http::Verdict judge(const http::Request& request, const store::Object& object) {
    const std::string etag = '"' + object.etag + '"';
    return http::evaluate(http::preconditions_of(request.headers),
                          {true, etag, moment(object.modified)}, true);
}

}  // namespace

http::Response get(const View& view, const http::Request& request) {
    const auto path = parse_path(request.path);
    const Resource target = resolve(view, request.path);
    require(target, access::read);
    if (!target.is(objects))
        throw DavError(Status::method_not_allowed,
                       "Only calendar objects and cards can be fetched.");

    auto found = find(view, target, path->object);
    if (!found.object) throw DavError(Status::not_found, "There is no such object.");
    const auto verdict = judge(request, *found.object);
    if (verdict == http::Verdict::precondition_failed)
        throw DavError(Status::precondition_failed, "The object has changed.");

    http::Response response;
    if (verdict == http::Verdict::not_modified) {
        response.status = Status::not_modified;
        add_validators(*found.object, response);
        return response;
    }
    if (!found.data) found = from_database(view, target, path->object);
    if (!found.object) throw DavError(Status::not_found, "There is no such object.");
    add_validators(*found.object, response);
    give(view, request, target, found, response);
    return response;
}

}  // namespace kalends::dav::methods
