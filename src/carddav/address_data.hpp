#pragma once
// The element CR:address-data in requests and answers. RFC 6352 10.4.

#include "dav/body.hpp"
#include "vcard/retrieve.hpp"

namespace kalends::carddav {

/// Throws DavError supported-address-data for another format than vCard 3.0 and 4.0.
vcard::DataRequest data_request(const xml::Element& address_data);

/// Checks each address-data that is asked for, before an answer begins.
void check_data_requests(const dav::Asked& asked);

/// The getter of the property table: the part of the card that is asked for.
bool get_address_data(const dav::View& view, const dav::Resource& resource,
                      const xml::Element* asked, xml::Writer& writer);

}  // namespace kalends::carddav
