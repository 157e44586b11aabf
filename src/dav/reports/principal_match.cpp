// principal-match: what below a resource is the user, or names the user in a property. RFC
// 3744 9.3.
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/path.hpp"
#include "dav/principal.hpp"
#include "dav/reports/principal_reports.hpp"
#include "dav/reports/report_body.hpp"

#include <algorithm>
#include <optional>
#include <set>

namespace kalends::dav {
namespace {

using http::Status;
using Hrefs = std::set<std::string>;  // in the order of the answer

constexpr std::size_t page = 1000;
constexpr xml::NameView self_name{xml::dav, "self"};
constexpr xml::NameView property_name{xml::dav, "principal-property"};

/// The user's, and those of all groups that the user is in.
Hrefs own_hrefs(const View& view) {
    const auto& principal = view.user->principal;
    Hrefs hrefs{href::principal(principal.kind, principal.login)};
    for (const auto& group : store::groups_of(view.database(), principal.id, store::Reach::nested))
        hrefs.insert(href_of(group));
    return hrefs;
}

/// The property that is to name the user; nothing for DAV:self.
std::optional<xml::NameView> property_in(const xml::Element& body) {
    const auto* property = body.child(property_name);
    if ((property != nullptr) == (body.child(self_name) != nullptr))
        throw DavError(Status::bad_request, "Either self or principal-property must be asked for.");
    if (property == nullptr) return std::nullopt;
    const auto children = property->children();
    if (children.size() != 1)
        throw DavError(Status::bad_request, "A principal-property is one property.");
    return xml::NameView(children.front()->name);
}

/// What matches, below one resource.
class Matches {
public:
    Matches(View view, Asked asked, xml::NameView property)
        : view_(std::move(view)), asked_(std::move(asked)), property_(property),
          own_(own_hrefs(view_)) {}

    [[nodiscard]] bool match(const Resource& resource) const {
        const auto value = property_of(view_, resource, property_);
        if (!value) return false;
        return std::ranges::any_of(hrefs_in(*value), [&](const std::string& href) {
            const auto path = parse_path(path_of_href(href));
            return path && own_.contains(href::of(*path));
        });
    }

    void append_if(const Resource& resource, std::string& to) const {
        if (match(resource)) append_found(view_, resource, asked_, to);
    }

    void append_object_if(const Resource& object, std::string& to) const {
        const bool live = view_.registry().property(property_, object.kind) != nullptr;
        if (!object.may(access::read) || (!live && !object.object->has_properties)) return;
        Resource with_own = object;
        std::vector<store::StoredProperty> own;
        if (object.object->has_properties) {
            own = store::object_properties(view_.database(), object.home->principal.id,
                                           {object.object->id});
            with_own.stored = &own;
        }
        append_if(with_own, to);
    }

    [[nodiscard]] const View& view() const { return view_; }

private:
    View view_;
    Asked asked_;
    xml::NameView property_;
    Hrefs own_;
};

void add_below(const View& view, const Resource& parent, std::vector<Resource>& to) {
    for (const auto& member : parent.home->children(parent.collection->id)) {
        auto resource = member_resource(view, parent, member);
        if (!resource.collection || !resource.may(access::read)) continue;
        to.push_back(resource);
        // Not through a binding: what is shared is listed, and it may lead back to here.
        if (resource.is(folder) && !resource.is_bound()) add_below(view, resource, to);
    }
}

/// One collection after another: itself, if it is not the target, then its objects, a page at a
/// time.
http::Response matches_below(const Resource& target, Matches matches) {
    std::vector<Resource> places{target};
    add_below(matches.view(), target, places);
    return multistatus([matches = std::move(matches), places = std::move(places),
                        at = std::size_t{0},
                        scan = std::optional<store::ObjectScan>()](std::string& to) mutable {
        const Resource& place = places[at];
        if (!scan) {
            if (at > 0) matches.append_if(place, to);
            scan.emplace(matches.view().database(), place.home->principal.id, place.collection->id,
                         store::Candidates{.with_data = false});
        }
        if (scan->next(page, [&](const store::ObjectView& row) {
                matches.append_object_if(object_resource(matches.view(), place, row), to);
            }))
            return true;
        scan.reset();
        return ++at < places.size();
    });
}

}  // namespace

http::Response principal_match(const View& view, const http::Request& request,
                               const Resource& target, const Body& body) {
    require_depth_zero(request);
    const auto asked = asked_in(body);
    const auto property = property_in(*body);
    if (property && target.is(stored_collections))
        return matches_below(target, Matches(view, asked, *property));
    std::string inside;
    const Matches matches(view, asked, property.value_or(xml::NameView{}));
    for (const auto& href : own_hrefs(view)) {
        if (!href.starts_with(target.href)) continue;
        const auto resource = resolve(view, href);
        if (property)
            matches.append_if(resource, inside);
        else
            append_found(view, resource, asked, inside);
    }
    return multistatus_of(std::move(inside));
}

}  // namespace kalends::dav
