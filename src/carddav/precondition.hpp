#pragma once
// The precondition elements of RFC 6352, each once.

#include "xml/name.hpp"

namespace kalends::carddav::precondition {

using xml::NameView;

// RFC 6352 6.3.2.1, 5.2
inline constexpr NameView addressbook_collection_location_ok{xml::carddav,
                                                             "addressbook-collection-location-ok"};
inline constexpr NameView no_uid_conflict{xml::carddav, "no-uid-conflict"};
inline constexpr NameView max_resource_size{xml::carddav, "max-resource-size"};

// RFC 6352 8.6, 8.7, 5.1.1
inline constexpr NameView supported_address_data{xml::carddav, "supported-address-data"};
inline constexpr NameView supported_address_data_conversion{xml::carddav,
                                                            "supported-address-data-conversion"};
inline constexpr NameView supported_filter{xml::carddav, "supported-filter"};
inline constexpr NameView supported_collation{xml::carddav, "supported-collation"};

}  // namespace kalends::carddav::precondition
