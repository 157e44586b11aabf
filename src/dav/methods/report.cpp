// REPORT: the root of the body names which. RFC 3253 3.6.
#include "dav/body.hpp"
#include "dav/collection_type.hpp"
#include "dav/error.hpp"
#include "dav/live_property.hpp"
#include "dav/methods/methods.hpp"
#include "dav/precondition.hpp"
#include "dav/preferences.hpp"

namespace kalends::dav::methods {
namespace {

/// Whose objects are looked for at such a place; nullptr: nobody's.
const CollectionType* content_type_of(const View& view, Kind kind) {
    if ((kind & (calendar_home | calendar | inbox | calendar_object | folder | file_home)) != 0)
        return &type_of(view, store::CollectionKind::calendar);
    if ((kind & (addressbook_home | addressbook | address_object)) != 0)
        return &type_of(view, store::CollectionKind::addressbook);
    return nullptr;
}

View with_context(const View& view, const http::Request& request, const Resource& target) {
    View result = view;
    if (const auto* type = content_type_of(view, target.kind))
        result.report = type->report_context(request.headers);
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
        auto response = report->run(with_context(view, request, target), request, target, body);
        if (response.status == http::Status::multi_status)
            note_applied(response, {.minimal = view.prefer.minimal});
        return response;
    }
    throw DavError(http::Status::forbidden, precondition::supported_report,
                   "There is no report " + xml::to_string(body->name) + " here.");
}

}  // namespace kalends::dav::methods
