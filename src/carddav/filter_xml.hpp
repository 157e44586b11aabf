#pragma once
// CR:filter as XML, read into vcard's plain structs. RFC 6352 10.5.

#include "vcard/filter.hpp"
#include "xml/document.hpp"

namespace kalends::carddav {

/// The CR:filter of an addressbook-query. Throws DavError with supported-filter,
/// supported-collation.
vcard::Filter filter_in(const xml::Element& addressbook_query);

}  // namespace kalends::carddav
