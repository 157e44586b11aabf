#pragma once
// Reports about principals. RFC 3744 9, and calendarserver-principal-search.

#include "dav/live_property.hpp"

namespace kalends::dav {

/// The most properties or words that one search may be for.
inline constexpr std::size_t max_terms = 50;

http::Response acl_principal_prop_set(const View& view, const http::Request& request,
                                      const Resource& target, const Body& body);
http::Response principal_match(const View& view, const http::Request& request,
                               const Resource& target, const Body& body);
http::Response principal_property_search(const View& view, const http::Request& request,
                                         const Resource& target, const Body& body);
http::Response principal_search_property_set(const View& view, const http::Request& request,
                                             const Resource& target, const Body& body);
http::Response calendarserver_principal_search(const View& view, const http::Request& request,
                                               const Resource& target, const Body& body);

}  // namespace kalends::dav
