#include "dav/store_body.hpp"

#include "base/hash.hpp"
#include "base/text.hpp"
#include "dav/entity_tag.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/preferences.hpp"
#include "dav/quota.hpp"
#include "dav/schedule_tag.hpp"
#include "dav/write_outcome.hpp"
#include "http/spool.hpp"
#include "store/files.hpp"

namespace kalends::dav {
namespace {

using http::Status;

void require_storable(const http::Request& request, const Resource& target) {
    if (request.headers.find("Content-Range"))
        throw DavError(Status::bad_request, "A part of an object can't be stored (Content-Range).");
    if (const auto encoding = request.headers.find("Content-Encoding");
        encoding && !text::iequals(*encoding, "identity"))
        throw DavError(Status::unsupported_media_type, "The body must not be compressed.");
    require_name(target.name);
}

/// The bytes of the body from `offset` on, `most` of them; empty at the end.
std::string part_of_body(const http::Request& request, std::uint64_t offset, std::uint64_t most) {
    std::string bytes(most, '\0');
    bytes.resize(http::read_body(request, offset, bytes));
    return bytes;
}

std::string whole_body(const http::Request& request) {
    if (!request.spooled) return request.body;
    return part_of_body(request, 0, http::body_size(request));
}

std::string piece_of_body(const http::Request& request, std::int64_t position) {
    return part_of_body(request, static_cast<std::uint64_t>(position) * store::chunk_bytes,
                        store::chunk_bytes);
}

std::string fingerprint_of_body(const http::Request& request) {
    hash::Fingerprint fingerprint;
    for (std::int64_t position = 0;; ++position) {
        const auto piece = piece_of_body(request, position);
        if (piece.empty()) return fingerprint.finish();
        fingerprint.add(piece);
    }
}

/// What the store would find after gigabytes have been written: better before.
bool has_room(const View& view, const Resource& target, std::int64_t size) {
    const auto quota = view.settings().quota_bytes;
    if (quota == 0) return true;
    const auto present = find_object(view, target);
    const auto replaced = present ? present->size : 0;
    return size <= replaced || used_bytes(*target.home) + size - replaced <= quota;
}

store::WriteOutcome store_in_pieces(const View& view, const http::Request& request,
                                    const Resource& target, store::PutObject object) {
    if (!has_room(view, target, static_cast<std::int64_t>(http::body_size(request))))
        return {.wrote = store::Wrote::no_room, .modseq = 0, .etag = {}, .conflicting_name = {}};
    object.etag = fingerprint_of_body(request);
    return store::put_file(view.database(), std::move(object),
                           [&](std::int64_t position) { return piece_of_body(request, position); });
}

}  // namespace

void require_size(const View& view, const CollectionType& type, std::uint64_t bytes) {
    const auto most = type.max_bytes(view.settings());
    if (bytes <= most) return;
    const auto precondition = type.max_resource_size();
    throw DavError(precondition.local.empty() ? Status::content_too_large : Status::forbidden,
                   precondition, "The object is larger than " + std::to_string(most) + " bytes.");
}

store::WriteOutcome store_body(const View& view, const http::Request& request,
                               const Resource& target, const store::Preconditions& conditions) {
    const CollectionType& type = type_of(view, target.collection->kind);
    const auto size = http::body_size(request);
    require_storable(request, target);
    require_size(view, type, size);
    const bool in_pieces = !type.reads_content() && size > store::chunk_bytes;
    auto object = type.accept(view, target, request.headers.find("Content-Type").value_or(""),
                              in_pieces ? std::string() : whole_body(request));
    set_place(view, target, object);
    object.preconditions = conditions;
    return in_pieces ? store_in_pieces(view, request, target, std::move(object))
                     : type.put(view, request, target, object);
}

http::Response stored(const View& view, const http::Request& request, const Resource& target,
                      const store::WriteOutcome& outcome) {
    const auto preferred = [&](Status status) {
        return preferred_representation(view, request, target, status);
    };
    if (outcome.wrote == store::Wrote::precondition_failed)
        if (auto response = preferred(Status::precondition_failed)) return std::move(*response);
    require_written(view, target, outcome);

    const bool created = outcome.wrote == store::Wrote::created;
    if (auto response = preferred(created ? Status::created : Status::ok))
        return std::move(*response);
    http::Response response;
    response.status = created ? Status::created : Status::no_content;
    if (outcome.as_sent)  // RFC 4791 5.3.4
        response.headers.add("ETag", entity_tag(outcome.etag));
    add_schedule_tag(outcome.schedule_tag, response);
    return response;
}

}  // namespace kalends::dav
