#pragma once
// Making a collection with its properties: shared by MKCALENDAR and extended MKCOL. RFC 4791 5.3.1, RFC 5689 3.

#include "dav/live_property.hpp"

#include <string_view>

namespace kalends::dav {

/// What differs between the two methods.
struct CreateRequest {
    store::CollectionKind kind = store::CollectionKind::calendar;
    const xml::Element* body = nullptr;  ///< with D:set elements; nullptr if the request had no body
    xml::NameView response_root;         ///< of the answer that lists properties that can't be set
    xml::NameView location_ok;           ///< precondition where such a collection can't be
};

/// 201, or 207/424-like answers as the RFCs have them. Throws DavError.
http::Response create_collection(const View& view, const http::Request& request,
                                 const CreateRequest& wanted);

}  // namespace kalends::dav
