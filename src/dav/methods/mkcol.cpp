// MKCOL, extended: the body says what kind of collection. RFC 5689 3.
#include "dav/body.hpp"
#include "dav/collection_type.hpp"
#include "dav/create_collection.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "dav/precondition.hpp"

namespace kalends::dav::methods {
namespace {

using http::Status;

constexpr xml::NameView mkcol_name{xml::dav, "mkcol"};
constexpr xml::NameView resourcetype{xml::dav, "resourcetype"};

/// The type that the body's D:resourcetype names. Throws 403 valid-resourcetype if it is none of
/// ours.
const CollectionType& wanted_type(const View& view, const xml::Element& body) {
    for (const auto* set : body.children({xml::dav, "set"}))
        for (const auto* prop : set->children({xml::dav, "prop"}))
            if (const auto* types = prop->child(resourcetype))
                for (const auto* type : view.registry().types())
                    if (types->child(type->resourcetype()) != nullptr) return *type;
    throw DavError(Status::forbidden, precondition::valid_resourcetype,
                   "Only calendars and address books can be made, and the body must say which.");
}

}  // namespace

http::Response mkcol(const View& view, const http::Request& request) {
    require_login(view);
    if (request.body.empty())
        throw DavError(
            Status::forbidden, precondition::valid_resourcetype,
            "Only calendars and address books can be made, and the body must say which.");
    const auto body = parse_body(view, request, mkcol_name);
    const CollectionType& type = wanted_type(view, *body);
    return create_collection(view, request,
                             {.kind = type.kind(),
                              .body = body.get(),
                              .location_ok = type.location_ok(),
                              .exists = Status::method_not_allowed,  // RFC 4918 9.3.1
                              .response_root = {xml::dav, "mkcol-response"}});
}

}  // namespace kalends::dav::methods
