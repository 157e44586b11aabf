#pragma once
// Properties that calendars and address books have alike, each in a namespace of its own.

#include "dav/live_property.hpp"

namespace kalends::dav {

/// The largest object in octets. RFC 4791 5.2.5, RFC 6352 6.2.3.
bool get_max_resource_size(const View& view, const Resource& resource, const xml::Element* asked,
                           xml::Writer& writer);

/// The collations of text-match as supported-collation elements in `ns`. RFC 4791 7.5.1, RFC 6352
/// 8.3.1.
void write_collations(xml::Writer& writer, std::string_view ns);

}  // namespace kalends::dav
