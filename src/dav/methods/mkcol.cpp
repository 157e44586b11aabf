// MKCOL, extended: the body says what kind of collection. RFC 5689 3.
#include "dav/body.hpp"
#include "dav/collection_type.hpp"
#include "dav/create_collection.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "dav/precondition.hpp"

#include <algorithm>
#include <memory>

namespace kalends::dav::methods {
namespace {

using http::Status;

constexpr xml::NameView mkcol_name{xml::dav, "mkcol"};
constexpr xml::NameView resourcetype{xml::dav, "resourcetype"};

/// The D:resourcetype that the body sets; nullptr if it sets none.
const xml::Element* types_in(const xml::Element& body) {
    for (const auto* set : body.children({xml::dav, "set"}))
        for (const auto* prop : set->children({xml::dav, "prop"}))
            if (const auto* types = prop->child(resourcetype)) return types;
    return nullptr;
}

/// The type that all of these elements together name. Throws 403 valid-resourcetype if it is none
/// of ours.
const CollectionType& type_named(const View& view, const xml::Element& types) {
    for (const auto* type : view.registry().types()) {
        const auto wanted = type->resourcetype();
        const bool fits = std::ranges::all_of(types.children(), [&](const xml::Element* each) {
            return each->is({xml::dav, "collection"}) || each->is(wanted);
        });
        if (fits && (wanted.local.empty() || types.child(wanted) != nullptr)) return *type;
    }
    throw DavError(Status::forbidden, precondition::valid_resourcetype,
                   "Only calendars, address books and plain collections can be made.");
}

}  // namespace

http::Response mkcol(const View& view, const http::Request& request) {
    std::unique_ptr<xml::Element> body;
    if (!request.body.empty()) body = parse_body(view, request, mkcol_name);
    const auto* const types = body ? types_in(*body) : nullptr;
    const CollectionType& type =
        types != nullptr ? type_named(view, *types) : type_of(view, store::CollectionKind::folder);
    return create_collection(view, request,
                             {.kind = type.kind(),
                              .body = body.get(),
                              .location_ok = type.location_ok(),
                              .exists = Status::method_not_allowed,  // RFC 4918 9.3.1
                              .response_root = {xml::dav, "mkcol-response"}});
}

}  // namespace kalends::dav::methods
