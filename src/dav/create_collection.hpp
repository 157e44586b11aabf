#pragma once
// Making a collection with its properties: shared by MKCALENDAR and extended MKCOL. RFC 4791 5.3.1,
// RFC 5689 3.

#include "dav/live_property.hpp"

#include <string_view>

namespace kalends::dav {

/// Whether a collection of that kind may be made in `parent`: calendars in the tree of calendars,
/// address books in theirs, folders anywhere but in these two.
bool may_hold(const Resource& parent, store::CollectionKind kind);

/// What differs between the two methods.
struct CreateRequest {
    store::CollectionKind kind = store::CollectionKind::calendar;
    const xml::Element* body =
        nullptr;                ///< with D:set elements; nullptr if the request had no body
    xml::NameView location_ok;  ///< precondition where such a collection can't be
    http::Status exists =
        http::Status::method_not_allowed;  ///< where there is a collection already
    /// Of the 403 that lists the properties that can't be set (RFC 5689 3.3); none: a 207 does (RFC
    /// 4791 5.3.1.1).
    xml::NameView response_root;
};

/// 201, or the answer that lists the properties that can't be set. Throws DavError.
http::Response create_collection(const View& view, const http::Request& request,
                                 const CreateRequest& wanted);

}  // namespace kalends::dav
