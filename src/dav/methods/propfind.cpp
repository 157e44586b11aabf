// PROPFIND. RFC 4918 9.1. Depth 0 of anything but an object, and Depth 1 of homes, come from
// memory.
#include "dav/body.hpp"
#include "dav/error.hpp"
#include "dav/methods/methods.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/preferences.hpp"
#include "dav/privacy.hpp"
#include "store/principals.hpp"

#include <algorithm>
#include <utility>

namespace kalends::dav::methods {
namespace {

using http::Status;

constexpr std::size_t page = 1000;

void append(const View& view, const Resource& resource, const Asked& asked, std::string& to) {
    append_response(view, resource, resource.href, names_for(view, resource, asked), to);
}

/// What is not known is ignored, and then there must be something left. RFC 4918 A.4, 17.
bool says_what(const xml::Element& propfind) {
    return std::ranges::any_of(propfind.children(), [](const auto* child) {
        return child->is({xml::dav, "prop"}) || child->is({xml::dav, "allprop"}) ||
               child->is({xml::dav, "propname"});
    });
}

Asked what_is_asked(const View& view, const http::Request& request) {
    if (request.body.empty()) return {};  // RFC 4918 9.1: as if allprop
    const std::shared_ptr<const xml::Element> body =
        parse_body(view, request, {xml::dav, "propfind"});
    if (!says_what(*body))
        throw DavError(Status::bad_request, "A propfind must hold prop, allprop or propname.");
    auto asked = asked_below(*body);
    asked.body = body;
    return asked;
}

http::Response of_object(const View& view, const Resource& target, const Asked& asked) {
    const auto object = require_object(view, target);
    auto row = view_of(object);
    row.data = {};  // what reports give is no property: RFC 4791 9.6
    const auto resource = with_row(view, target, row);
    require(resource, access::read);
    std::string inside;
    append_object_response(view, resource, asked, inside);
    auto response = multistatus([inside](std::string& to) {
        to += inside;
        return false;
    });
    note_applied(response, {.minimal = view.prefer.minimal});
    return response;
}

/// Of what is private no more than that it is there, as a GET of it tells.
void append_member(const View& view, const Resource& object, const Asked& asked, std::string& to) {
    if (object.shown == Shown::nothing)
        append_status_response(to, object.href, Status::forbidden);
    else
        append_object_response(view, object, asked, to);
}

/// The objects in a collection, a page of rows at a time.
Producer members(const View& view, const Resource& collection, const Asked& asked) {
    return [view, collection, asked,
            scan = store::ObjectScan(view.database(), collection.home->principal.id,
                                     collection.collection->id, {})](std::string& to) mutable {
        return scan.next(page, [&](const store::ObjectView& row) {
            append_member(view, object_resource(view, collection, row), asked, to);
        });
    };
}

/// All principals of one kind, a page at a time.
Producer principals(const View& view, store::PrincipalKind kind, const Asked& asked) {
    return [view, kind, asked, after = std::string()](std::string& to) mutable {
        const auto found = store::list_principals(view.database(), kind, after, page);
        for (const auto& row : found) {
            auto home = std::make_shared<store::Home>();
            home->principal = row;
            append(view, principal_resource(view, home), asked, to);
            after = row.login;
        }
        return found.size() == page;
    };
}

void append_member_collections(const View& view, const Resource& parent, const Asked& asked,
                               std::string& to) {
    for (const auto& member : parent.home->children(parent.collection->id)) {
        const auto resource = member_resource(view, parent, member);
        if (resource.may(access::read)) append(view, resource, asked, to);
    }
}

/// The fixed places below a place: "/dav/" has principals/, calendars/ and addressbooks/.
void append_places(const View& view, const Resource& parent, const Asked& asked, std::string& to) {
    if (!parent.is(root)) return;
    for (const auto place : href::places) append(view, resolve(view, place), asked, to);
}

void append_own_home(const View& view, const Resource& set, const Asked& asked, std::string& to) {
    append(view, resolve(view, href::collection(set.href, view.user->principal.login)), asked, to);
}

void append_proxies(const View& view, const Resource& principal, const Asked& asked,
                    std::string& to) {
    if (!principal.has_proxies()) return;
    for (const auto which : {store::PrincipalKind::proxy_read, store::PrincipalKind::proxy_write})
        append(view, proxy_resource(view, principal.home, which), asked, to);
}

void append_principal_sets(const View& view, const Asked& asked, std::string& to) {
    for (const auto kind : store::directory_kinds)
        append(view, resolve(view, href::principal_set(kind)), asked, to);
}

}  // namespace

http::Response propfind(const View& view, const http::Request& request) {
    const Asked asked = what_is_asked(view, request);
    const Depth depth = depth_of(request, Depth::infinity);
    const Resource target = resolve(view, request.path);
    require(target, access::read);
    if (target.is(objects)) return of_object(view, target, asked);
    if (depth == Depth::infinity)
        throw DavError(Status::forbidden, precondition::propfind_finite_depth,
                       "Ask with Depth 0 or 1; infinity is not served.");

    std::string begin;
    const bool without_root = view.prefer.depth_noroot && depth == Depth::one;  // RFC 8144 4
    if (!without_root) append(view, target, asked, begin);
    Producer rest;
    if (depth == Depth::one) {
        if (target.is(stored_collections)) {
            append_member_collections(view, target, asked, begin);
            if (target.collection->object_count > 0) {
                (void)view.database();  // not from memory
                rest = members(view, target, asked);
            }
        } else if (target.is(root)) {
            append_places(view, target, asked, begin);
        } else if (target.is(home_set)) {
            append_own_home(view, target, asked, begin);
        } else if (target.is(principal_set) && target.one_kind) {
            (void)view.database();
            rest = principals(view, target.principal_kind, asked);
        } else if (target.is(principal_set)) {
            append_principal_sets(view, asked, begin);
        } else if (target.is(principal)) {
            append_proxies(view, target, asked, begin);
        }
    }
    auto response = multistatus(
        [begin = std::move(begin), rest = std::move(rest), first = true](std::string& to) mutable {
            if (std::exchange(first, false)) {
                to += begin;
                return static_cast<bool>(rest);
            }
            return rest(to);
        });
    if (!request.path.ends_with('/'))  // RFC 4918 5.2
        response.headers.add("Content-Location", target.href);
    note_applied(response, {.minimal = view.prefer.minimal, .depth_noroot = without_root});
    return response;
}

}  // namespace kalends::dav::methods
