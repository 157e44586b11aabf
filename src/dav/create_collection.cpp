#include "dav/create_collection.hpp"

#include "dav/collection_type.hpp"
#include "dav/conditions.hpp"
#include "dav/error.hpp"
#include "dav/locks.hpp"
#include "dav/multistatus.hpp"
#include "dav/precondition.hpp"
#include "dav/preferences.hpp"
#include "dav/property_changes.hpp"
#include "dav/write_outcome.hpp"

namespace kalends::dav {
namespace {

using http::Status;
using store::Wrote;

constexpr xml::NameView resourcetype{xml::dav, "resourcetype"};
constexpr xml::NameView component_set{xml::caldav, "supported-calendar-component-set"};

DavError already_there(const CreateRequest& wanted) {
    return {wanted.exists, precondition::resource_must_be_null,
            "There is a collection of this name already."};
}

/// The root of the tree that a collection is in.
store::CollectionKind root_kind(const Resource& collection) {
    store::CollectionPtr at = collection.collection;
    while (at->parent.value != 0) at = collection.home->find(at->parent);
    return at->kind;
}

/// Where it is made, with the right to do so. Throws DavError for anything else.
Place place_of(const View& view, const http::Request& request, const CreateRequest& wanted) {
    const auto path = parse_path(request.path);
    if (!path || (path->kind & homes) == 0 || path->names.empty())
        throw DavError(Status::forbidden, wanted.location_ok,
                       "Such a collection can only be made in a home of its kind.");
    auto place = locate(view, request.path);
    if (!may_hold(place.parent, wanted.kind))
        throw DavError(Status::forbidden, wanted.location_ok,
                       "Such a collection can only be made in a home of its kind.");
    require_name(place.name);
    require(place.parent, access::bind);
    if (place.existing) throw already_there(wanted);
    LockTokens{view, request}.require(place.parent);
    if (place.parent.home->own_collections() >= view.settings().max_collections)
        throw DavError(Status::insufficient_storage,
                       "This home has no room for another collection.");
    require_conditions_of_new(request);
    return place;
}

/// Component names in C:supported-calendar-component-set, as bits. Throws 403 for one that is not
/// known.
unsigned components_in(const xml::Element& value) {
    unsigned components = 0;
    for (const auto* comp : value.children({xml::caldav, "comp"})) {
        const auto* const name = comp->attribute("name");
        const auto bit = store::component_bit(name != nullptr ? std::string_view(*name) : "");
        if (bit == 0)
            throw DavError(Status::forbidden, component_set,
                           "Calendars hold VEVENT, VTODO, VJOURNAL and VFREEBUSY.");
        components |= bit;
    }
    if (components == 0)
        throw DavError(Status::forbidden, component_set,
                       "A calendar must hold a kind of component.");
    return components;
}

/// The resourcetype and the component set are set when a collection is made, and never after.
bool set_at_creation(const PropertyChange& change) {
    return change.name == resourcetype || change.name == component_set;
}

http::Response refused(const CreateRequest& wanted, const std::vector<PropertyChange>& changes,
                       const std::string& href) {
    if (wanted.response_root.local.empty())
        return multistatus([&](std::string& to) {
            append_changes_response(to, href, changes);
            return false;
        });
    http::Response response;
    response.status = Status::forbidden;
    response.headers.add("Content-Type", "application/xml; charset=utf-8");
    xml::Writer writer{response.body};
    writer.begin_document(wanted.response_root);
    append_propstats(response.body, changes);
    writer.close(wanted.response_root);
    return response;
}

}  // namespace

bool may_hold(const Resource& parent, store::CollectionKind kind) {
    return parent.is(folders) &&
           (kind == store::CollectionKind::folder || root_kind(parent) == store::home_of(kind));
}

http::Response create_collection(const View& view, const http::Request& request,
                                 const CreateRequest& wanted) {
    store::NewCollection collection{.kind = wanted.kind};
    std::vector<PropertyChange> changes;
    if (wanted.body != nullptr) changes = changes_in(*wanted.body);
    for (const auto& change : changes)
        if (change.name == component_set && change.value != nullptr)
            collection.components = components_in(*change.value);
    std::erase_if(changes, set_at_creation);

    const bool possible = judge(view, kind_of(wanted.kind), nullptr, changes);
    collection.properties = for_store(changes).set;

    Place place;
    const auto outcome =
        while_stale(view, [&](const View& now, std::vector<store::HomePtr>& decided_on) {
            place = place_of(now, request, wanted);
            decided_on = {place.parent.home, place.parent.binding_home};
            if (!possible) return outcome_of(store::Changed::done, Wrote::unchanged);
            collection.home = place.parent.home->principal.id;
            collection.parent = place.parent.collection->id;
            collection.parent_acl_seq = place.parent.collection->acl_seq;
            collection.name = place.name;
            type_of(view, wanted.kind).check_new(collection);
            return outcome_of(store::create_collection(now.database(), collection), Wrote::created);
        });
    if (!possible) return refused(wanted, changes, href::collection(place.parent.href, place.name));
    if (outcome.wrote == Wrote::precondition_failed) throw already_there(wanted);
    if (outcome.wrote == Wrote::not_found)
        throw DavError(Status::conflict, "There is no collection to hold this.");
    require_written(view, place.parent, outcome);

    http::Response response;
    response.status = Status::created;
    response.headers.add("Cache-Control",
                         "no-cache");  // RFC 4791 5.3.1: MUST on MKCALENDAR's answer
    if (wanted.body != nullptr)
        note_applied(response, {.minimal = view.prefer.minimal});  // RFC 8144 2.3
    return response;
}

}  // namespace kalends::dav
