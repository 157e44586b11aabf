// GET and HEAD of an object: the bytes that the client stored, or a range of them. RFC 9110 9.3.1,
// 14, RFC 4791 5.3.4. What is in memory is answered on the network thread; large files are
// streamed.
#include "dav/collection_type.hpp"
#include "dav/entity_tag.hpp"
#include "dav/error.hpp"
#include "dav/file_body.hpp"
#include "dav/methods/methods.hpp"
#include "dav/object_properties.hpp"
#include "dav/privacy.hpp"
#include "dav/schedule_tag.hpp"
#include "http/conditional.hpp"
#include "http/range.hpp"

#include <memory>
#include <optional>

namespace kalends::dav::methods {
namespace {

using http::Status;

clock::Seconds moment(std::int64_t seconds) {
    return clock::Seconds{std::chrono::seconds{seconds}};
}

store::ObjectInMemory from_database(const View& view, const Resource& target) {
    store::ObjectInMemory found{
        .known = true, .object = require_object(view, target), .data = nullptr};
    found.data = std::make_shared<const std::string>(std::move(found.object->data));
    return found;
}

store::ObjectInMemory find(const View& view, const Resource& target) {
    auto found = store::find_object_in_memory(view.services->database, target.home->principal.id,
                                              target.collection->id, target.name);
    if (!found.known) return from_database(view, target);
    if (!found.object) throw DavError(Status::not_found, "There is no such object.");
    return found;
}

/// What a GET gives: the stored bytes, the part of them that the user is shown, or what the
/// request's headers make of these, which is told apart by its ETag. RFC 9110 8.8.3.
struct Representation {
    std::string etag;  ///< quoted
    std::string content_type;
    std::optional<std::string> converted;

    [[nodiscard]] std::uint64_t size(const store::Object& stored) const {
        return converted ? converted->size() : static_cast<std::uint64_t>(stored.size);
    }
};

/// `target` becomes what the row says: it may have become private since it was resolved.
Representation represent(const View& view, Resource& target, std::string_view variant,
                         const store::ObjectInMemory& found) {
    auto row = view_of(*found.object);
    if (found.data) row.data = *found.data;
    show(target, shown_of(view, target, row));
    require(target, access::read);
    const auto& type = type_of(view, target.collection->kind);
    const auto etag = shown_etag(view, target, row);
    Representation result{entity_tag(etag), type.content_type(row), part_shown(view, target, row)};
    if (variant.empty()) return result;
    auto converted = type.convert(variant, result.converted ? *result.converted : *found.data,
                                  result.content_type);
    if (!converted) return result;
    result.converted = std::move(converted);
    result.etag = entity_tag(etag, variant);
    return result;
}

void add_validators(const CollectionType& type, const Resource& target,
                    const Representation& representation, const store::Object& object,
                    http::Response& response) {
    response.headers.add("ETag", representation.etag);
    response.headers.add("Last-Modified", clock::http_date(moment(object.modified)));
    if (target.shown == Shown::whole) add_schedule_tag(object.schedule_tag, response);
    if (!type.vary().empty()) response.headers.add("Vary", type.vary());
}

http::Verdict judge(const http::Request& request, const Representation& representation,
                    const store::Object& object) {
    return http::evaluate(http::preconditions_of(request.headers),
                          {true, representation.etag, moment(object.modified)}, true);
}

/// Nothing where it may have changed twice in that second: then the date is no strong validator.
/// RFC 9110 8.8.2.2.
std::optional<clock::Seconds> strong_date(const store::Object& object) {
    constexpr std::chrono::seconds settled{60};
    const auto modified = moment(object.modified);
    if (clock::now() - modified < settled) return std::nullopt;
    return modified;
}

http::Selection select(const http::Request& request, const Representation& representation,
                       const store::Object& object) {
    const auto size = representation.size(object);
    if (!request.headers.find("Range")) return {http::Status::ok, 0, size, {}};
    return http::select_range(request, {size, representation.etag, strong_date(object)});
}

/// A browser runs what it is given as a page of this server: not what somebody has uploaded.
void add_file_guards(http::Response& response) {
    response.headers.add("Content-Security-Policy", "sandbox");
    response.headers.add("X-Content-Type-Options", "nosniff");
}

/// The selected bytes.
void add_body(const View& view, const Resource& target, const store::ObjectInMemory& found,
              Representation& representation, const http::Selection& selected,
              http::Response& response) {
    if (found.object->content_id != 0) {
        response.length = selected.length;
        response.more = file_body(view.database(), target.home->principal.id,
                                  found.object->content_id, selected.first, selected.length);
    } else if (selected.status != Status::ok) {
        const std::string_view all =
            representation.converted ? *representation.converted : *found.data;
        response.body = all.substr(selected.first, selected.length);
    } else if (representation.converted) {
        response.body = std::move(*representation.converted);
    } else {
        response.shared_body = found.data;
    }
}

}  // namespace

http::Response get(const View& view, const http::Request& request) {
    Resource target = resolve(view, request.path);
    require(target, access::read);
    if (!target.is(objects)) return get_collection(view, request, target);

    auto found = find(view, target);
    const CollectionType& type = type_of(view, target.collection->kind);
    const auto variant = type.variant(request.headers);
    const bool is_made = !variant.empty() || target.shown != Shown::whole;
    if (is_made) (void)view.database();  // to convert is work for a worker
    if (is_made && !found.data) found = from_database(view, target);
    auto representation = represent(view, target, variant, found);
    const auto verdict = judge(request, representation, *found.object);
    if (verdict == http::Verdict::precondition_failed)
        throw DavError(Status::precondition_failed, "The object has changed.");

    http::Response response;
    if (verdict == http::Verdict::not_modified) {
        response.status = Status::not_modified;
        add_validators(type, target, representation, *found.object, response);
        return response;
    }
    if (!found.data && found.object->content_id == 0) {
        found = from_database(view, target);
        representation = represent(view, target, variant, found);
    }
    const auto selected = select(request, representation, *found.object);
    response.status = selected.status;
    add_validators(type, target, representation, *found.object, response);
    response.headers.add("Accept-Ranges", "bytes");
    if (!selected.content_range.empty())
        response.headers.add("Content-Range", selected.content_range);
    if (selected.status == Status::range_not_satisfiable) return response;
    response.headers.add("Content-Type", representation.content_type);
    if (target.is(file)) add_file_guards(response);
    add_body(view, target, found, representation, selected, response);
    return response;
}

}  // namespace kalends::dav::methods
