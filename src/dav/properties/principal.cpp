// What principals have: their groups, who acts for them, and for whom they act. RFC 3744 4,
// calendarserver caldav-proxy 5.
#include "dav/principal.hpp"

#include "dav/properties/properties.hpp"
#include "dav/resource.hpp"

#include <array>

namespace kalends::dav {
namespace {

using store::PrincipalKind;
using store::Reach;
using xml::Element;
using xml::Writer;

/// The principal itself; 0 for proxies that nobody has ever been among.
store::PrincipalId id_of(const Resource& resource) {
    const auto& principal = resource.home->principal;
    if (!resource.is(proxy)) return principal.id;
    return resource.principal_kind == PrincipalKind::proxy_read ? principal.proxy_read
                                                                : principal.proxy_write;
}

bool is_group(const Resource& resource) {
    return resource.is(proxy) || resource.home->principal.kind == PrincipalKind::group;
}

void write_hrefs(const std::vector<store::PrincipalName>& names, Writer& writer) {
    for (const auto& name : names) writer.element({xml::dav, "href"}, href_of(name));
}

template <Reach reach> bool get_members(const View& view, const Resource& resource,
                                        const Element* /*asked*/, Writer& writer) {
    const auto id = id_of(resource);
    if (is_group(resource) && id.value != 0)
        write_hrefs(store::members_of(view.database(), id, reach), writer);
    return true;
}

template <Reach reach> bool get_membership(const View& view, const Resource& resource,
                                           const Element* /*asked*/, Writer& writer) {
    if (const auto id = id_of(resource); id.value != 0)
        write_hrefs(store::groups_of(view.database(), id, reach), writer);
    return true;
}

/// Through groups too. calendarserver caldav-proxy 5.3.
template <PrincipalKind which> bool get_proxy_for(const View& view, const Resource& resource,
                                                  const Element* /*asked*/, Writer& writer) {
    for (const auto& group : store::groups_of(view.database(), id_of(resource), Reach::nested))
        if (group.kind == which)
            writer.element({xml::dav, "href"}, href::principal(group.owner_kind, group.login));
    return true;
}

bool get_url(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
             Writer& writer) {
    writer.element({xml::dav, "href"}, resource.href);
    return true;
}

/// Nothing elsewhere describes them further.
bool get_alternate_uris(const View& /*view*/, const Resource& /*resource*/,
                        const Element* /*asked*/, Writer& /*writer*/) {
    return true;
}

bool get_addresses(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                   Writer& writer) {
    for (const auto& address : resource.home->principal.addresses)
        writer.element({xml::calendarserver, "email-address"}, address);
    return true;
}

/// Apple's word for what a principal is, in the order of PrincipalKind.
bool get_record_type(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                     Writer& writer) {
    static constexpr std::array types{
        "users", "groups", "resources", "locations", "read-delegate-group", "write-delegate-group"};
    const auto kind = resource.is(proxy) ? resource.principal_kind : resource.home->principal.kind;
    writer.raw(types.at(static_cast<std::size_t>(kind)));
    return true;
}

constexpr auto cs = xml::calendarserver;
constexpr auto computed = Source::computed;

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::dav, "principal-URL"},              principals, computed, false, get_url,                                   nullptr, "RFC 3744 4.2"},
    LiveProperty{{xml::dav, "alternate-URI-set"},          principals, computed, false, get_alternate_uris,                        nullptr, "RFC 3744 4.1"},
    LiveProperty{{xml::dav, "group-member-set"},           principals, computed, false, get_members<Reach::direct>,                nullptr, "RFC 3744 4.3"},
    LiveProperty{{xml::dav, "group-membership"},           principals, computed, false, get_membership<Reach::direct>,             nullptr, "RFC 3744 4.4"},
    LiveProperty{{cs, "expanded-group-member-set"},        principals, computed, false, get_members<Reach::nested>,                nullptr, "calendarserver"},
    LiveProperty{{cs, "expanded-group-membership"},        principals, computed, false, get_membership<Reach::nested>,             nullptr, "calendarserver"},
    LiveProperty{{cs, "calendar-proxy-read-for"},          principal,  computed, false, get_proxy_for<PrincipalKind::proxy_read>,  nullptr, "calendarserver caldav-proxy 5.3.1"},
    LiveProperty{{cs, "calendar-proxy-write-for"},         principal,  computed, false, get_proxy_for<PrincipalKind::proxy_write>, nullptr, "calendarserver caldav-proxy 5.3.2"},
    LiveProperty{{cs, "record-type"},                      principals, computed, false, get_record_type,                           nullptr, "calendarserver"},
    LiveProperty{{cs, "email-address-set"},                principal,  computed, false, get_addresses,                             nullptr, "calendarserver"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> principal_properties() { return table; }

}  // namespace kalends::dav
