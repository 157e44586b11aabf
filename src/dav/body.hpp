#pragma once
// XML bodies of requests: parsed within limits, with the errors that the RFCs name.

#include "dav/multistatus.hpp"
#include "http/message.hpp"
#include "xml/document.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace kalends::dav {

/// The body as XML. Throws DavError: 400 (not well-formed), 403 no-external-entities, 413, 415.
std::unique_ptr<xml::Element> parse_body(const View& view, const http::Request& request);

/// parse_body() and its root must be `root`, else 400.
std::unique_ptr<xml::Element> parse_body(const View& view, const http::Request& request,
                                         xml::NameView root);

enum class Depth { zero, one, infinity };

/// The Depth header, or `otherwise`. Throws 400 for any other value. RFC 4918 10.2.
Depth depth_of(const http::Request& request, Depth otherwise);

/// How many results the `limit` of a report in the namespace `ns` allows; nothing if there is none.
/// Throws 400. RFC 6578 6.4, RFC 6352 10.6.
std::optional<std::size_t> limit_of(const xml::Element& body, std::string_view ns);

/// What a PROPFIND or a report asks of each resource. RFC 4918 14.20.
struct Asked {
    enum class Mode { names, allprop, propname };
    Mode mode = Mode::allprop;
    std::vector<AskedProperty> properties;     ///< of names, and of allprop's include
    std::shared_ptr<const xml::Element> body;  ///< owns the names
};

/// The prop, allprop or propname below `parent`; allprop if there is none of them. A property that
/// is named twice is asked for once. Throws 400 for more than one.
Asked asked_below(const xml::Element& parent);

/// The names to give for this resource: what was asked, or all that it has.
std::vector<AskedProperty> names_for(const View& view, const Resource& resource,
                                     const Asked& asked);

}  // namespace kalends::dav
