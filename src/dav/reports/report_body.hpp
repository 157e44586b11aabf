#pragma once
// What reports that are not about objects have in common.

#include "dav/body.hpp"
#include "dav/resource.hpp"

#include <string>
#include <vector>

namespace kalends::dav {

/// Throws DavError 400 for a Depth other than 0, which is what it is if there is none.
void require_depth_zero(const http::Request& request);

/// The D:prop of a report's body, which may be absent: then no property is asked for. Throws 400
/// for several.
Asked asked_in(const Body& body);

/// A response with the properties, or with 200 alone if none is asked for.
void append_found(const View& view, const Resource& resource, const Asked& asked, std::string& to);

/// A 207 around `inside`.
http::Response multistatus_of(std::string inside);

/// The property as the server would write it, parsed; nullptr if the resource has it not, or not
/// for this user.
std::unique_ptr<xml::Element> property_of(const View& view, const Resource& resource,
                                          xml::NameView name);

/// All D:href in an element, at any depth.
std::vector<std::string> hrefs_in(const xml::Element& element);

}  // namespace kalends::dav
