// Properties that every kind of resource has. RFC 4918 15, RFC 3253 3.1.5, RFC 5842 3.1.
#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/percent.hpp"
#include "dav/add_member.hpp"
#include "dav/collection_type.hpp"
#include "dav/privacy.hpp"
#include "dav/properties/properties.hpp"
#include "dav/representation.hpp"

#include <array>

namespace kalends::dav {
namespace {

using xml::Element;
using xml::Writer;

clock::Seconds moment(std::int64_t seconds) {
    return clock::Seconds{std::chrono::seconds{seconds}};
}

constexpr xml::NameView proxy_type(store::PrincipalKind which) {
    return {xml::calendarserver, which == store::PrincipalKind::proxy_read
                                     ? "calendar-proxy-read"
                                     : "calendar-proxy-write"};
}

bool is_own(const View& view, const Resource& resource) {
    return view.user && view.user->principal.id == resource.home->principal.id;
}

/// Who has proxies is a collection with them in it, and they are ones, too: Apple's clients look
/// for that. calendarserver caldav-proxy 5.2, caldav-sharing 5.2.1.
bool get_resourcetype(const View& view, const Resource& resource, const Element* /*asked*/,
                      Writer& writer) {
    if (resource.is(containers | proxy) || resource.has_proxies())
        writer.empty({xml::dav, "collection"});
    if (resource.is(principals)) writer.empty({xml::dav, "principal"});
    if (resource.is(proxy)) writer.empty(proxy_type(resource.principal_kind));
    if (!resource.is(collections | for_scheduling)) return true;
    writer.empty(type_of(view, resource.collection->kind).resourcetype());
    if (resource.is_shared_here())
        writer.empty({xml::calendarserver, "shared"});
    else if (is_own(view, resource) && is_shared(resource))
        writer.empty({xml::calendarserver, "shared-owner"});
    return true;
}

/// Until the reader gives it a name.
bool get_shared_name(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                     Writer& writer) {
    if (!resource.is_shared_here()) return false;
    writer.text(shown_name(resource));
    return true;
}

bool get_principal_name(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                        Writer& writer) {
    writer.text(resource.home->principal.shown_name());
    if (resource.is(proxy))
        writer.raw(resource.principal_kind == store::PrincipalKind::proxy_read
                       ? " (calendar-proxy-read)"
                       : " (calendar-proxy-write)");
    return true;
}

bool get_etag(const View& view, const Resource& resource, const Element* /*asked*/,
              Writer& writer) {
    writer.raw("\"");  // a quote may stand in content as it is, and our etags are hexadecimal
    if (resource.shown == Shown::whole)
        writer.raw(resource.object->etag);
    else
        writer.raw(shown_etag(view, resource, *resource.object));
    writer.raw("\"");
    return true;
}

bool get_collection_etag(const View& view, const Resource& resource, const Element* /*asked*/,
                         Writer& writer) {
    writer.raw(default_validators(view, resource).etag);
    return true;
}

bool get_collection_type(const View& view, const Resource& resource, const Element* /*asked*/,
                         Writer& writer) {
    writer.raw(default_type(view, resource));
    return true;
}

bool get_content_type(const View& view, const Resource& resource, const Element* /*asked*/,
                      Writer& writer) {
    writer.text(type_of(view, resource.collection->kind).content_type(*resource.object));
    return true;
}

bool get_content_length(const View& view, const Resource& resource, const Element* /*asked*/,
                        Writer& writer) {
    const auto part = part_shown(view, resource, *resource.object);
    writer.raw(part ? std::to_string(part->size()) : std::to_string(resource.object->size));
    return true;
}

bool get_last_modified(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                       Writer& writer) {
    writer.raw(clock::http_date(moment(resource.object->modified)));
    return true;
}

/// As a GET of it says. RFC 4918 15.7.
bool get_collection_modified(const View& /*view*/, const Resource& resource,
                             const Element* /*asked*/, Writer& writer) {
    writer.raw(clock::http_date(resource.collection->modified));
    return true;
}

bool get_object_creation(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                         Writer& writer) {
    writer.raw(clock::iso_date(moment(resource.object->created)));
    return true;
}

bool get_collection_creation(const View& /*view*/, const Resource& resource,
                             const Element* /*asked*/, Writer& writer) {
    writer.raw(clock::iso_date(resource.collection->created));
    return true;
}

/// Hex digits as a UUID of version 8 (RFC 9562 5.8), for what has no uuid of its own.
std::string made_uuid(const std::string& what) {
    std::string hex = hash::fingerprint(what);
    hex[12] = '8';
    hex[16] = 'a';
    return hash::as_uuid(std::move(hex));
}

/// The same for the life of the resource, whatever its name. RFC 5842 3.1.
bool get_resource_id(const View& view, const Resource& resource, const Element* /*asked*/,
                     Writer& writer) {
    const auto& epoch = view.services->database.epoch();
    std::string uuid;
    if (resource.is(principal))
        uuid = resource.home->principal.uuid;
    else if (resource.is(stored_collections))
        uuid = resource.collection->uuid;
    else if (resource.is(objects))
        uuid = made_uuid(epoch + "/object/" + std::to_string(resource.object->id));
    else
        uuid = made_uuid(epoch + (resource.is(root) ? std::string(href::root) : resource.href));
    writer.element({xml::dav, "href"}, "urn:uuid:" + uuid);
    return true;
}

void write_parent(std::string_view href, std::string_view name, Writer& writer) {
    writer.open({xml::dav, "parent"});
    writer.element({xml::dav, "href"}, href);
    writer.element({xml::dav, "segment"}, percent::encode_segment(name));
    writer.close({xml::dav, "parent"});
}

/// The collection that it is in, and in its owner's home and the reader's those that have bindings
/// to it: what is in other homes is nobody else's business. RFC 5842 3.2.
bool get_parent_set(const View& view, const Resource& resource, const Element* /*asked*/,
                    Writer& writer) {
    const auto write = [&](const store::Home& home, store::CollectionId parent,
                           std::string_view name) {
        const auto in = home.find(parent);
        if (in && (view.privileges(home, *in) & access::read) != 0)
            write_parent(own_href(home, *in), name, writer);
    };
    const auto& row = *resource.collection;
    if (resource.is(objects)) {
        write(*resource.home, row.id, resource.object->name);
        return true;
    }
    write(*resource.home, row.parent, row.name);
    const auto write_bindings = [&](const store::Home& home) {
        for (const auto& member : home.collections)
            if (member->target && member->target->collection == row.id)
                write(home, member->parent, member->name);
    };
    write_bindings(*resource.home);
    if (view.user && !is_own(view, resource)) write_bindings(*view.user);
    return true;
}

/// Where a POST makes a new member. RFC 5995 3.2.1.
bool get_add_member(const View& /*view*/, const Resource& resource, const Element* /*asked*/,
                    Writer& writer) {
    writer.element({xml::dav, "href"}, resource.href + "?" + std::string(add_member_query));
    return true;
}

bool get_supported_reports(const View& view, const Resource& resource, const Element* /*asked*/,
                           Writer& writer) {
    for (const auto* report : view.registry().reports()) {
        if (!resource.is(report->on)) continue;
        writer.raw("<D:supported-report><D:report>");
        writer.empty(report->name);
        writer.raw("</D:report></D:supported-report>");
    }
    return true;
}

constexpr unsigned below_homes = collections | folder | objects;

// clang-format off
constexpr std::array table{
    LiveProperty{{xml::dav, "resourcetype"},         everything,  Source::computed, true,  get_resourcetype,        nullptr, "RFC 4918 15.9"},
    LiveProperty{{xml::dav, "displayname"},          principals,  Source::computed, true,  get_principal_name,      nullptr, "RFC 4918 15.2"},
    LiveProperty{{xml::dav, "displayname"},          stored_collections, Source::stored,   true,  get_shared_name,         nullptr, "RFC 4918 15.2"},
    LiveProperty{{xml::dav, "getetag"},              objects,     Source::computed, true,  get_etag,                nullptr, "RFC 4918 15.6"},
    LiveProperty{{xml::dav, "getetag"},              stored_collections, Source::computed, true,  get_collection_etag,     nullptr, "RFC 4918 15.6"},
    LiveProperty{{xml::dav, "getcontenttype"},       objects,     Source::computed, true,  get_content_type,        nullptr, "RFC 4918 15.5"},
    LiveProperty{{xml::dav, "getcontenttype"},       everything & ~objects, Source::computed, true,  get_collection_type,     nullptr, "RFC 4918 15.5"},
    LiveProperty{{xml::dav, "getcontentlength"},     objects,     Source::computed, true,  get_content_length,      nullptr, "RFC 4918 15.4"},
    LiveProperty{{xml::dav, "getlastmodified"},      objects,     Source::computed, true,  get_last_modified,       nullptr, "RFC 4918 15.7"},
    LiveProperty{{xml::dav, "getlastmodified"},      stored_collections, Source::computed, true,  get_collection_modified, nullptr, "RFC 4918 15.7"},
    LiveProperty{{xml::dav, "creationdate"},         objects,     Source::computed, true,  get_object_creation,     nullptr, "RFC 4918 15.1"},
    LiveProperty{{xml::dav, "creationdate"},         stored_collections, Source::computed, true,  get_collection_creation, nullptr, "RFC 4918 15.1"},
    LiveProperty{{xml::dav, "add-member"},           takes_new_members, Source::computed, false, get_add_member,         nullptr, "RFC 5995 3.2.1"},
    LiveProperty{{xml::dav, "resource-id"},          everything,  Source::computed, false, get_resource_id,         nullptr, "RFC 5842 3.1"},
    LiveProperty{{xml::dav, "parent-set"},           below_homes, Source::computed, false, get_parent_set,          nullptr, "RFC 5842 3.2"},
    LiveProperty{{xml::dav, "supported-report-set"}, everything,  Source::computed, false, get_supported_reports,   nullptr, "RFC 3253 3.1.5"},
};
// clang-format on

}  // namespace

std::span<const LiveProperty> core_properties() { return table; }

}  // namespace kalends::dav
