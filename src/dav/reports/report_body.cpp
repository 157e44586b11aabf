#include "dav/reports/report_body.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/live_property.hpp"

#include <iterator>

namespace kalends::dav {
namespace {

using http::Status;

constexpr xml::NameView prop{xml::dav, "prop"};
constexpr xml::NameView href_name{xml::dav, "href"};

/// Of a property that is taken apart again: far above what a resource can have.
constexpr std::size_t max_property_bytes = std::size_t{16} * 1024 * 1024;

}  // namespace

void require_depth_zero(const http::Request& request) {
    if (depth_of(request, Depth::zero) != Depth::zero)
        throw DavError(Status::bad_request, "This report is only defined for Depth 0.");
}

Asked asked_in(const Body& body) {
    const auto count = body->children(prop).size();
    if (count > 1) throw DavError(Status::bad_request, "There is more than one prop.");
    Asked asked;
    if (count == 1) asked = asked_below(*body);
    asked.mode = Asked::Mode::names;
    asked.body = body;
    return asked;
}

void append_found(const View& view, const Resource& resource, const Asked& asked, std::string& to) {
    if (asked.properties.empty())
        append_status_response(to, resource.href, Status::ok);
    else
        append_response(view, resource, resource.href, asked.properties, to);
}

http::Response multistatus_of(std::string inside) {
    return multistatus([inside = std::move(inside)](std::string& to) {
        to += inside;
        return false;
    });
}

std::unique_ptr<xml::Element> property_of(const View& view, const Resource& resource,
                                          xml::NameView name) {
    std::string document;
    xml::Writer writer{document};
    writer.begin_document(prop);
    if (append_property(view, resource, name, nullptr, document) != Status::ok) return nullptr;
    writer.close(prop);
    xml::Limits limits;
    limits.max_bytes = max_property_bytes;
    limits.max_nodes = max_property_bytes;
    auto parsed = xml::parse(document, limits);
    for (auto& node : parsed->nodes)
        if (node.element) return std::move(node.element);
    return nullptr;
}

std::vector<std::string> hrefs_in(const xml::Element& element) {
    if (element.is(href_name)) return {std::string(text::trim(element.text()))};
    std::vector<std::string> hrefs;
    for (const auto* child : element.children()) {
        auto below = hrefs_in(*child);
        std::move(below.begin(), below.end(), std::back_inserter(hrefs));
    }
    return hrefs;
}

}  // namespace kalends::dav
