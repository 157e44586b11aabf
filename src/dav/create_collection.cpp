#include "dav/create_collection.hpp"

#include "dav/collection_type.hpp"
#include "dav/error.hpp"
#include "dav/multistatus.hpp"
#include "dav/precondition.hpp"
#include "dav/property_changes.hpp"

namespace kalends::dav {
namespace {

using http::Status;

constexpr xml::NameView resourcetype{xml::dav, "resourcetype"};
constexpr xml::NameView component_set{xml::caldav, "supported-calendar-component-set"};

/// Where the collection shall be: a direct child of a home of its kind. Throws for anything else.
Path place_of(const View& view, const http::Request& request, const CreateRequest& wanted) {
    require_login(view);
    std::string_view sent = request.path;
    if (sent.ends_with('/')) sent.remove_suffix(1);
    const auto path = parse_path(sent);
    const Kind kind = kind_of(wanted.kind);
    if (!path || path->kind != kind) {
        if (path && (path->kind & objects) != 0 && collection_kind(path->kind) == wanted.kind)
            (void)resolve(view, *path,
                          NoParent::conflict);  // 404 and 409 before 403: the parent must be there
        throw DavError(Status::forbidden, wanted.location_ok,
                       "Such a collection can only be made directly in a home of its kind.");
    }
    require_name(path->collection);
    return *path;
}

DavError already_there(const CreateRequest& wanted) {
    return {wanted.exists, precondition::resource_must_be_null,
            "There is a collection of this name already."};
}

/// The home in which it is made, with the right to do so.
Resource home_of(const View& view, const Path& place, const CreateRequest& wanted) {
    Resource home = resolve(view, href::home(collection_kind(place.kind), place.login));
    require(home, access::bind);
    if (home.home->find(store::CollectionKind::calendar, place.collection) ||
        home.home->find(store::CollectionKind::addressbook, place.collection))
        throw already_there(wanted);
    if (home.home->collections.size() >= view.settings().max_collections)
        throw DavError(Status::insufficient_storage,
                       "This home has no room for another collection.");
    return home;
}

/// Component names in C:supported-calendar-component-set, as bits. Throws 403 for one that is not
/// known.
unsigned components_in(const xml::Element& value) {
    unsigned components = 0;
    for (const auto* comp : value.children({xml::caldav, "comp"})) {
        const auto* const name = comp->attribute("name");
        const std::string_view component = name != nullptr ? std::string_view(*name) : "";
        if (component == "VEVENT")
            components |= store::vevent;
        else if (component == "VTODO")
            components |= store::vtodo;
        else if (component == "VJOURNAL")
            components |= store::vjournal;
        else if (component == "VFREEBUSY")
            components |= store::vfreebusy;
        else
            throw DavError(Status::forbidden, component_set,
                           "Calendars hold VEVENT, VTODO, VJOURNAL and VFREEBUSY.");
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

http::Response create_collection(const View& view, const http::Request& request,
                                 const CreateRequest& wanted) {
    const Path place = place_of(view, request, wanted);
    const Resource home = home_of(view, place, wanted);

    store::NewCollection collection;
    collection.home = home.home->principal.id;
    collection.kind = wanted.kind;
    collection.name = place.collection;

    std::vector<PropertyChange> changes;
    if (wanted.body != nullptr) changes = changes_in(*wanted.body);
    for (const auto& change : changes)
        if (change.name == component_set && change.value != nullptr)
            collection.components = components_in(*change.value);
    std::erase_if(changes, set_at_creation);
    if (!judge(view, place.kind, changes)) return refused(wanted, changes, href::of(place));
    collection.properties = for_store(changes).set;

    type_of(view, wanted.kind).check_new(collection);
    switch (store::create_collection(view.database(), collection)) {
    case store::Changed::done:
        break;
    case store::Changed::exists:
        throw already_there(wanted);
    case store::Changed::not_found:
        throw DavError(Status::conflict, "The home is gone.");
    case store::Changed::stale:
        throw DavError(Status::service_unavailable,
                       "Access to this home is being changed; try again.");
    }
    http::Response response;
    response.status = Status::created;
    response.headers.add("Cache-Control",
                         "no-cache");  // RFC 4791 5.3.1: MUST on MKCALENDAR's answer
    return response;
}

}  // namespace kalends::dav
