#include "dav/body.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/precondition.hpp"

#include <algorithm>
#include <unordered_set>

namespace kalends::dav {
namespace {

using http::Status;

bool is_xml(std::string_view content_type) {
    const auto type = text::trim(content_type.substr(0, content_type.find(';')));
    return type.empty() || text::iequals(type, "application/xml") ||
           text::iequals(type, "text/xml") || text::lower_ascii(type).ends_with("+xml");
}

constexpr xml::NameView prop{xml::dav, "prop"};
constexpr xml::NameView allprop{xml::dav, "allprop"};
constexpr xml::NameView propname{xml::dav, "propname"};
constexpr xml::NameView include{xml::dav, "include"};

}  // namespace

std::unique_ptr<xml::Element> parse_body(const View& view, const http::Request& request) {
    // Clients label XML in many ways (curl as a form, some not at all): only what can't be XML is
    // refused.
    const auto type = request.headers.find("Content-Type").value_or("");
    if (!is_xml(type) && text::trim(request.body).substr(0, 1) != "<")
        throw DavError(Status::unsupported_media_type, "The body must be XML (application/xml).");
    try {
        xml::Limits limits;
        limits.max_bytes = view.settings().max_xml_bytes;
        limits.max_depth = view.settings().max_xml_depth;
        return xml::parse(request.body, limits);
    } catch (const xml::TooLarge& error) {
        throw DavError(Status::content_too_large, error.what());
    } catch (const xml::ParseError& error) {
        throw DavError(Status::bad_request,
                       std::string("The body is not well-formed XML: ") + error.what());
    }
}

std::unique_ptr<xml::Element> parse_body(const View& view, const http::Request& request,
                                         xml::NameView root) {
    auto body = parse_body(view, request);
    if (!body->is(root))
        throw DavError(Status::bad_request,
                       "The body must be a " + xml::to_string(root) + " element.");
    return body;
}

Depth depth_of(const http::Request& request, Depth otherwise) {
    const auto value = request.headers.find("Depth");
    if (!value) return otherwise;
    const auto depth = text::trim(*value);
    if (depth == "0") return Depth::zero;
    if (depth == "1") return Depth::one;
    if (text::iequals(depth, "infinity")) return Depth::infinity;
    throw DavError(Status::bad_request, "Depth must be 0, 1 or infinity.");
}

std::optional<std::size_t> limit_of(const xml::Element& body, std::string_view ns) {
    const auto* const limit = body.child({ns, "limit"});
    if (limit == nullptr) return std::nullopt;
    const auto* const nresults = limit->child({ns, "nresults"});
    const std::string text = nresults != nullptr ? nresults->text() : std::string();
    const auto number = text::to_number(text::trim(text));
    if (!number || *number < 1)
        throw DavError(Status::bad_request, "nresults must be a number above 0.");
    return static_cast<std::size_t>(*number);
}

Asked asked_below(const xml::Element& parent) {
    Asked asked;
    const xml::Element* const names = parent.child(prop);
    const bool all = parent.child(allprop) != nullptr;
    const bool only_names = parent.child(propname) != nullptr;
    if ((names != nullptr ? 1 : 0) + (all ? 1 : 0) + (only_names ? 1 : 0) > 1)
        throw DavError(Status::bad_request,
                       "Only one of prop, allprop and propname may be asked for.");
    const xml::Element* const listed = names != nullptr ? names : parent.child(include);
    if (listed != nullptr) {
        std::unordered_set<xml::NameView, xml::NameHash> seen;
        for (const auto* child : listed->children())
            if (seen.insert(child->name).second) asked.properties.push_back({child->name, child});
    }
    asked.mode = names != nullptr ? Asked::Mode::names
                 : only_names     ? Asked::Mode::propname
                                  : Asked::Mode::allprop;
    return asked;
}

std::vector<AskedProperty> names_for(const View& view, const Resource& resource,
                                     const Asked& asked) {
    if (asked.mode == Asked::Mode::names) return asked.properties;
    const bool only_names = asked.mode == Asked::Mode::propname;
    std::vector<AskedProperty> names;
    for (const auto* row : view.registry().properties())
        if ((row->on & resource.kind) != 0 && row->source != Source::report &&
            (row->in_allprop || only_names) &&
            (row->get != nullptr || stored_property(resource, row->name) != nullptr))
            names.push_back({row->name, nullptr, only_names});
    const auto add = [&](const AskedProperty& more) {
        if (std::none_of(names.begin(), names.end(),
                         [&](const auto& known) { return known.name == more.name; }))
            names.push_back(more);
    };
    const auto add_dead = [&](const std::vector<store::StoredProperty>& properties) {
        for (const auto& stored : properties) {
            const xml::NameView name{stored.ns, stored.local};
            if (view.registry().property(name, resource.kind) == nullptr)
                add({name, nullptr, only_names});
        }
    };
    if (resource.is_shared_here()) add_dead(resource.binding->properties);
    if (resource.stored != nullptr) add_dead(*resource.stored);
    for (const auto& included : asked.properties) add(included);
    return names;
}

}  // namespace kalends::dav
