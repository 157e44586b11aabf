// Who one is, who owns, and what one may do. RFC 3744 4 and 5, RFC 5397.
#include "dav/acl_entries.hpp"
#include "dav/properties/properties.hpp"

#include <array>

namespace kalends::dav {
namespace {

using xml::Element;
using xml::Writer;

std::string principal_href(const store::Home& home) {
    return href::principal(home.principal.kind, home.principal.login);
}

bool get_current_user(const View& view, const Resource& /*resource*/, const Element* /*asked*/,
                      Writer& writer) {
    if (view.user)
        writer.element({xml::dav, "href"}, principal_href(*view.user));
    else
        writer.empty({xml::dav, "unauthenticated"});
    return true;
}

bool get_principal(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                   Writer& writer) {
    writer.element({xml::dav, "href"}, principal_href(*resource.home));
    return true;
}

bool get_acl(const View& view, const Resource& resource, const Element* /*asked*/, Writer& writer) {
    for (const auto& ace : entries_of(view, resource)) append_ace(writer, ace, place_of(resource));
    return true;
}

/// None: entries may deny, speak of all others, and stand in any order. RFC 3744 5.6.
bool get_acl_restrictions(const View& /*view*/, const Resource& /*resource*/,
                          const Element* /*asked*/, Writer& /*writer*/) {
    return true;
}

bool get_inherited_acls(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                        Writer& writer) {
    for (const auto& href : inherits_from(resource)) writer.element({xml::dav, "href"}, href);
    return true;
}

bool get_principal_sets(const View& /*view*/, const Resource& /*resource*/,
                        const Element* /*asked*/, Writer& writer) {
    writer.element({xml::dav, "href"}, href::principals);
    return true;
}

/// Each privilege that the user has, aggregates and their parts alike: clients look for one by its
/// name.
bool get_current_privileges(const View& /*view*/, const Resource& resource,
                            const Element* /*asked*/, Writer& writer) {
    for (const auto& row : access::privilege_tree()) {
        if (!row.is_on(place_of(resource)) || !resource.may(row.bits)) continue;
        writer.raw("<D:privilege>");
        writer.empty({row.ns, row.name});
        writer.raw("</D:privilege>");
    }
    return true;
}

/// The tree of privileges as nested elements. RFC 3744 5.3.
bool get_supported_privileges(const View& /*view*/, const Resource& resource,
                              const Element* /*asked*/, Writer& writer) {
    constexpr std::string_view close = "</D:supported-privilege>";
    std::size_t open = 0;
    for (const auto& row : access::privilege_tree()) {
        if (!row.is_on(place_of(resource))) continue;
        for (; open > row.depth; --open) writer.raw(close);
        writer.raw("<D:supported-privilege><D:privilege>");
        writer.empty({row.ns, row.name});
        writer.raw("</D:privilege>");
        writer.raw("<D:description xml:lang=\"en\">");
        writer.text(row.description);
        writer.raw("</D:description>");
        ++open;
    }
    for (; open > 0; --open) writer.raw(close);
    return true;
}

constexpr unsigned owned = stored_collections | objects | principals;
constexpr auto computed = Source::computed;
constexpr xml::NameView nothing;

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::dav, "current-user-principal"},     everything, computed, false, get_current_user,         nullptr, "RFC 5397 3"},
    LiveProperty{{xml::dav, "current-user-privilege-set"}, everything, computed, false, get_current_privileges,   nullptr, "RFC 3744 5.4", nothing, access::read_current_user_privilege_set},
    LiveProperty{{xml::dav, "supported-privilege-set"},    everything, computed, false, get_supported_privileges, nullptr, "RFC 3744 5.3"},
    LiveProperty{{xml::dav, "owner"},                      owned,      computed, false, get_principal,            nullptr, "RFC 3744 5.1"},
    LiveProperty{{xml::dav, "acl"},                        everything, computed, false, get_acl,                  nullptr, "RFC 3744 5.5", nothing, access::read_acl},
    LiveProperty{{xml::dav, "acl-restrictions"},           everything, computed, false, get_acl_restrictions,     nullptr, "RFC 3744 5.6"},
    LiveProperty{{xml::dav, "inherited-acl-set"},          everything, computed, false, get_inherited_acls,       nullptr, "RFC 3744 5.7"},
    LiveProperty{{xml::dav, "principal-collection-set"},   everything, computed, false, get_principal_sets,       nullptr, "RFC 3744 5.8"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> acl_properties() { return table; }

}  // namespace kalends::dav
