#include "dav/object_properties.hpp"

#include "dav/error.hpp"

namespace kalends::dav {

std::optional<store::Object> find_object(const View& view, const Resource& resource) {
    return store::find_object(view.database(), resource.home->principal.id, resource.collection->id,
                              resource.name);
}

store::Object require_object(const View& view, const Resource& resource) {
    auto object = find_object(view, resource);
    if (!object) throw DavError(http::Status::not_found, "There is no such object.");
    return std::move(*object);
}

void set_place(const View& view, const Resource& resource, store::PutObject& object) {
    object.home = resource.home->principal.id;
    object.collection = resource.collection->id;
    object.acl_seq = resource.collection->acl_seq;
    object.name = resource.name;
    object.quota = view.settings().quota_bytes;
}

store::ObjectView view_of(const store::Object& object) {
    store::ObjectView row;
    row.name = object.name;
    row.uid = object.uid;
    row.component = object.component;
    row.etag = object.etag;
    row.data = object.data;
    row.id = object.id.value;
    row.size = object.size;
    row.modseq = object.modseq;
    row.created = object.created;
    row.modified = object.modified;
    row.has_properties = object.has_properties;
    row.media_type = object.media_type;
    row.content_id = object.content_id;
    row.schedule_tag = object.schedule_tag;
    row.digest = object.digest;
    return row;
}

void append_object_response(const View& view, const Resource& object, std::string_view href,
                            const Asked& asked, std::string& to) {
    if (!object.may(access::read)) return;
    if (!object.object->has_properties) {
        append_response(view, object, href, names_for(view, object, asked), to);
        return;
    }
    const auto own =
        store::object_properties(view.database(), object.home->principal.id, {object.object->id});
    Resource with_own = object;
    with_own.stored = &own;
    append_response(view, with_own, href, names_for(view, with_own, asked), to);
}

void append_object_response(const View& view, const Resource& object, const Asked& asked,
                            std::string& to) {
    append_object_response(view, object, object.href, asked, to);
}

}  // namespace kalends::dav
