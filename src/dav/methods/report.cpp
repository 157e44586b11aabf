// REPORT: the root of the body names which. RFC 3253 3.6.
#include "dav/body.hpp"
#include "dav/collection_type.hpp"
#include "dav/error.hpp"
#include "dav/live_property.hpp"
#include "dav/methods/methods.hpp"
#include "dav/precondition.hpp"

namespace kalends::dav::methods {
namespace {

View with_context(const View& view, const http::Request& request, const Resource& target) {
    View result = view;
    if (target.is(homes | collections | objects))
        result.report = type_of(view, collection_kind(target.kind)).report_context(request.headers);
    return result;
}

}  // namespace

http::Response report(const View& view, const http::Request& request) {
    require_login(view);
    if (request.body.empty())
        throw DavError(http::Status::bad_request, "The body must say which report is wanted.");
    const Body body = parse_body(view, request);
    const Resource target = resolve(view, request.path);
    for (const auto* report : view.registry().reports()) {
        if (!body->is(report->name) || !target.is(report->on)) continue;
        require(target, report->needs);
        return report->run(with_context(view, request, target), request, target, body);
    }
    throw DavError(http::Status::forbidden, precondition::supported_report,
                   "There is no report " + xml::to_string(body->name) + " here.");
}

}  // namespace kalends::dav::methods
