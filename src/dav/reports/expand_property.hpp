#pragma once
// The report expand-property, RFC 3253 3.8.

#include "dav/live_property.hpp"

namespace kalends::dav {

/// The most resources that one report expands hrefs to, and the most D:property elements in each
/// other.
inline constexpr std::size_t max_expanded = 2000;
inline constexpr std::size_t max_expand_depth = 8;

http::Response expand_property(const View& view, const http::Request& request,
                               const Resource& target, const Body& body);

}  // namespace kalends::dav
