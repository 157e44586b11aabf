#include "dav/reports/sync_changes.hpp"

#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"

#include <algorithm>
#include <vector>

namespace kalends::dav {
namespace {

using http::Status;

/// Whether name, etag and what follows from the collection is enough; content needs the rows.
bool only_etags(const Asked& asked) {
    return std::ranges::all_of(asked.properties, [](const AskedProperty& property) {
        return property.name.ns == xml::dav &&
               (property.name.local == "getetag" || property.name.local == "resourcetype");
    });
}

void append_removed(const Resource& collection, const store::ChangeView& change, std::string& to) {
    append_status_response(to,
                           change.was_collection ? href::collection(collection.href, change.name)
                                                 : href::object(collection.href, change.name),
                           Status::not_found);
}

/// What the user may not read (any more) is gone for him. RFC 6578 3.5.2.
void append_changed(const View& view, const Resource& collection, const SyncAsked& asked,
                    const store::ObjectView& row, std::string& to) {
    const Resource object = object_resource(view, collection, row);
    if (!object.may(access::read))
        append_status_response(to, object.href, Status::not_found);
    else if (asked.needs_rows)
        append_object_response(view, object, asked.asked, to);
    else
        append_response(view, object, object.href, asked.asked.properties, to);
}

}  // namespace

SyncAsked sync_asked(const std::shared_ptr<const xml::Element>& body) {
    SyncAsked result{asked_below(*body)};
    if (result.asked.mode != Asked::Mode::names) result.asked = {Asked::Mode::names, {}, body};
    result.asked.body = body;
    result.needs_rows = !only_etags(result.asked);
    return result;
}

SyncPage append_changes(const View& view, const Resource& collection, const SyncAsked& asked,
                        SyncPlace& place, std::size_t limit, std::string& to) {
    SyncPage page;
    std::vector<std::string> names;
    const auto home = collection.home->principal.id;
    const auto end = store::changes(
        view.database(), home, collection.collection->id, place.since, limit,
        [&](const store::ChangeView& change) {
            ++page.count;
            if (change.deleted) {
                append_removed(collection, change, to);
            } else if (asked.needs_rows) {
                names.emplace_back(change.name);
            } else {
                store::ObjectView row;
                row.name = change.name;
                row.etag = change.etag;
                row.digest = change.digest;
                row.modseq = change.modseq;
                append_changed(view, collection, asked, row, to);
            }
        },
        place.begun);
    page.valid = end.valid;
    if (!end.valid) return page;
    if (!place.begun) place.begun = end.current;
    if (!names.empty())
        store::find_objects(view.database(), home, collection.collection->id, names,
                            [&](const store::ObjectView& row) {
                                append_changed(view, collection, asked, row, to);
                            });
    place.since = end.modseq;
    page.complete = end.complete;
    return page;
}

void invalid_sync_token() {
    throw DavError(
        Status::forbidden, precondition::valid_sync_token,
        "The sync-token is not one of this collection, or too old: sync again without one.");
}

void append_truncated(const Resource& target, std::string& to) {
    append_status_response(to, target.href, Status::insufficient_storage,
                           precondition::number_of_matches_within_limits);
}

}  // namespace kalends::dav
