// acl-principal-prop-set: properties of the principals in a resource's entries. RFC 3744 9.2.
#include "dav/acl_entries.hpp"
#include "dav/error.hpp"
#include "dav/path.hpp"
#include "dav/reports/principal_reports.hpp"
#include "dav/reports/report_body.hpp"

#include <set>

namespace kalends::dav {
namespace {

/// Each once: those that are named, and the owner, whose entry names a property.
std::set<std::string> principals_of(const View& view, const Resource& resource) {
    std::set<std::string> hrefs;
    for (const auto& ace : entries_of(view, resource)) {
        if (ace.who == access::Who::principal) hrefs.insert(ace.href);
        if (ace.who == access::Who::owner && resource.home)
            hrefs.insert(
                href::principal(resource.home->principal.kind, resource.home->principal.login));
    }
    return hrefs;
}

}  // namespace

http::Response acl_principal_prop_set(const View& view, const http::Request& request,
                                      const Resource& target, const Body& body) {
    require_depth_zero(request);
    const auto asked = asked_in(body);
    if (asked.properties.empty())
        throw DavError(http::Status::bad_request, "The report must name properties in a prop.");
    std::string inside;
    for (const auto& href : principals_of(view, target))
        append_found(view, resolve(view, href), asked, inside);
    return multistatus_of(std::move(inside));
}

}  // namespace kalends::dav
