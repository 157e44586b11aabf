// expand-property: properties, and in place of the hrefs in them properties of what these name.
#include "dav/reports/expand_property.hpp"

#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/privacy.hpp"
#include "dav/reports/report_body.hpp"

namespace kalends::dav {
namespace {

using http::Status;
using xml::Element;
using xml::NameView;

constexpr NameView property_name{xml::dav, "property"};
constexpr NameView href_name{xml::dav, "href"};

/// The name in a D:property. Throws 400 if it has none.
NameView name_in(const Element& property) {
    const auto* name = property.attribute("name");
    if (name == nullptr || name->empty())
        throw DavError(Status::bad_request, "A property to be expanded has no name.");
    const auto* ns = property.attribute("namespace");
    return {ns == nullptr ? xml::dav : std::string_view(*ns), *name};
}

void check_properties(const Element& parent, std::size_t depth) {
    for (const auto* property : parent.children(property_name)) {
        (void)name_in(*property);
        if (depth == max_expand_depth)
            throw DavError(Status::forbidden, precondition::number_of_matches_within_limits,
                           "Properties can be expanded " + std::to_string(max_expand_depth) +
                               " deep.");
        check_properties(*property, depth + 1);
    }
}

class Expansion {
public:
    explicit Expansion(const View& view) : view_(view) {}

    /// The D:response of a resource, with what the D:property elements of `wanted` name.
    void append(const Resource& resource, const Element& wanted, std::string& to) {
        if (!resource.is(objects)) {
            append_properties(resource, wanted, to);
            return;
        }
        const auto object = find_object(view_, resource);
        if (!object) {
            append_status_response(to, resource.href, Status::not_found);
            return;
        }
        const auto row = view_of(*object);
        const auto own =
            store::object_properties(view_.database(), resource.home->principal.id, object->id);
        Resource shown = with_row(view_, resource, row);
        shown.stored = &own;
        if (shown.may(access::read))
            append_properties(shown, wanted, to);
        else
            append_status_response(to, resource.href, Status::forbidden);
    }

private:
    void append_properties(const Resource& resource, const Element& wanted, std::string& to) {
        std::string found;
        std::string missing;
        for (const auto* property : wanted.children(property_name)) {
            const auto name = name_in(*property);
            if (!append_one(resource, name, *property, found)) xml::Writer{missing}.empty(name);
        }
        to += "<D:response><D:href>";
        xml::append_escaped(to, resource.href);
        to += "</D:href>";
        if (!found.empty() || missing.empty()) append_propstat(found, Status::ok, to);
        if (!missing.empty()) append_propstat(missing, Status::not_found, to);
        to += "</D:response>";
    }

    static void append_propstat(const std::string& properties, Status status, std::string& to) {
        to.append("<D:propstat><D:prop>").append(properties).append("</D:prop>");
        append_status(to, status);
        to += "</D:propstat>";
    }

    /// False if the resource has no such property, or not for this user.
    bool append_one(const Resource& resource, NameView name, const Element& property,
                    std::string& to) {
        if (property.children(property_name).empty())
            return append_property(view_, resource, name, nullptr, to) == Status::ok;
        const auto value = property_of(view_, resource, name);
        if (value) append_expanded(*value, property, to);
        return value != nullptr;
    }

    /// The value, with a D:response for each D:href. What has none below stays as it is.
    void append_expanded(const Element& value, const Element& wanted, std::string& to) {
        if (hrefs_in(value).empty()) {
            to += xml::serialize(value);
            return;
        }
        xml::Writer writer{to};
        writer.open(value.name);
        for (const auto& node : value.nodes) {
            if (!node.element)
                writer.text(node.text);
            else if (node.element->is(href_name))
                append_href(hrefs_in(*node.element).front(), wanted, to);
            else
                append_expanded(*node.element, wanted, to);
        }
        writer.close(value.name);
    }

    void append_href(const std::string& href, const Element& wanted, std::string& to) {
        if (left_-- == 0)
            throw DavError(Status::forbidden, precondition::number_of_matches_within_limits,
                           "At most " + std::to_string(max_expanded) +
                               " resources are expanded at once.");
        Resource resource;
        try {
            resource = resolve(view_, path_of_href(href));
            require(resource, access::read);
        } catch (const DavError& error) {
            append_status_response(to, href, error.status());
            return;
        }
        append(resource, wanted, to);
    }

    const View& view_;
    std::size_t left_ = max_expanded;
};

}  // namespace

http::Response expand_property(const View& view, const http::Request& request,
                               const Resource& target, const Body& body) {
    require_depth_zero(request);
    check_properties(*body, 0);
    std::string inside;
    Expansion(view).append(target, *body, inside);
    return multistatus_of(std::move(inside));
}

}  // namespace kalends::dav
