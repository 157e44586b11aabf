// GET and HEAD of an object: the bytes that the client stored. RFC 9110 9.3.1, RFC 4791 5.3.4. What
// is in memory is answered on the network thread.
#include "dav/collection_type.hpp"
#include "dav/entity_tag.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "dav/object_properties.hpp"
#include "http/conditional.hpp"

#include <memory>
#include <optional>

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
    if (!found.object) throw DavError(Status::not_found, "There is no such object.");
    found.data = std::make_shared<const std::string>(std::move(found.object->data));
    return found;
}

store::ObjectInMemory find(const View& view, const Resource& target, std::string_view name) {
    auto found = store::find_object_in_memory(view.services->database, target.home->principal.id,
                                              target.collection->id, name);
    if (!found.known) return from_database(view, target, name);
    if (!found.object) throw DavError(Status::not_found, "There is no such object.");
    return found;
}

/// What a GET gives: the stored bytes, or what the request's headers make of them, which is told
/// apart by its ETag. RFC 9110 8.8.3.
struct Representation {
    std::string etag;  ///< quoted
    std::string content_type;
    std::optional<std::string> converted;
};

Representation represent(const CollectionType& type, std::string_view variant,
                         const store::ObjectInMemory& found) {
    Representation result{entity_tag(found.object->etag), {}, {}};
    if (found.data) result.content_type = type.content_type(view_of(*found.object));
    if (variant.empty()) return result;
    result.converted = type.convert(variant, *found.data, result.content_type);
    if (result.converted) result.etag = entity_tag(found.object->etag, variant);
    return result;
}

void add_validators(const CollectionType& type, const Representation& representation,
                    const store::Object& object, http::Response& response) {
    response.headers.add("ETag", representation.etag);
    response.headers.add("Last-Modified", clock::http_date(moment(object.modified)));
    if (!type.vary().empty()) response.headers.add("Vary", type.vary());
}

http::Verdict judge(const http::Request& request, const Representation& representation,
                    const store::Object& object) {
    return http::evaluate(http::preconditions_of(request.headers),
                          {true, representation.etag, moment(object.modified)}, true);
}

}  // namespace

http::Response get(const View& view, const http::Request& request) {
    const Resource target = resolve(view, request.path);
    require(target, access::read);
    if (!target.is(objects))
        throw DavError(Status::method_not_allowed,
                       "Only calendar objects and cards can be fetched.");

    auto found = find(view, target, target.name);
    const CollectionType& type = type_of(view, target.collection->kind);
    const auto variant = type.variant(request.headers);
    if (!variant.empty()) (void)view.database();  // to convert is work for a worker
    if (!variant.empty() && !found.data) found = from_database(view, target, target.name);
    auto representation = represent(type, variant, found);
    const auto verdict = judge(request, representation, *found.object);
    if (verdict == http::Verdict::precondition_failed)
        throw DavError(Status::precondition_failed, "The object has changed.");

    http::Response response;
    if (verdict == http::Verdict::not_modified) {
        response.status = Status::not_modified;
        add_validators(type, representation, *found.object, response);
        return response;
    }
    if (!found.data) {
        found = from_database(view, target, target.name);
        representation = represent(type, variant, found);
    }
    add_validators(type, representation, *found.object, response);
    response.headers.add("Content-Type", representation.content_type);
    if (representation.converted)
        response.body = std::move(*representation.converted);
    else
        response.shared_body = found.data;
    return response;
}

}  // namespace kalends::dav::methods
