// sync-collection: what changed since a token. RFC 6578 3.2.
#include "dav/reports/sync_collection.hpp"

#include "base/text.hpp"
#include "dav/body.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/sync_token.hpp"
#include "store/changes.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

namespace kalends::dav {
namespace {

using http::Status;

constexpr std::size_t page = 1000;
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

struct Sync {
    View view;
    Resource collection;
    Asked asked;
    std::int64_t since = 0;
    std::optional<std::int64_t> begun;  ///< the collection's modseq when the first page was read
    std::size_t left = unlimited;       ///< of the client's limit
    bool needs_rows = false;            ///< a property asks for more than name and etag
};

[[noreturn]] void invalid_token() {
    throw DavError(
        Status::forbidden, precondition::valid_sync_token,
        "The sync-token is not one of this collection, or too old: sync again without one.");
}

/// The modseq that the client has; 0 for an initial sync.
std::int64_t since_of(const View& view, const Resource& collection, const xml::Element& body) {
    const auto* const element = body.child({xml::dav, "sync-token"});
    const std::string text = element != nullptr ? element->text() : "";
    if (text::trim(text).empty()) return 0;
    const auto token = parse_sync_token(text, view.services->database.epoch());
    const auto& current = *collection.collection;
    if (!token || token->collection != current.id || token->acl_seq != current.acl_seq)
        invalid_token();
    return token->modseq;
}

/// RFC 6578 3.3: the level is in the body; older clients send it as Depth.
void require_level_one(const http::Request& request, const xml::Element& body) {
    const auto* const element = body.child({xml::dav, "sync-level"});
    const std::string level = element != nullptr ? element->text() : std::string();
    const auto trimmed = text::trim(level);
    if (trimmed == "1" || text::iequals(trimmed, "infinite") || text::iequals(trimmed, "infinity"))
        return;
    if (element == nullptr && depth_of(request, Depth::one) == Depth::one) return;
    throw DavError(Status::bad_request, "sync-level must be 1 or infinite.");
}

std::size_t limit_of(const xml::Element& body) {
    const auto* const limit = body.child({xml::dav, "limit"});
    if (limit == nullptr) return unlimited;
    const auto* const nresults = limit->child({xml::dav, "nresults"});
    const std::string text = nresults != nullptr ? nresults->text() : std::string();
    const auto number = text::to_number(text::trim(text));
    if (!number || *number < 1)
        throw DavError(Status::bad_request, "nresults must be a number above 0.");
    return static_cast<std::size_t>(*number);
}

/// Whether name, etag and what follows from the collection is enough; content needs the rows.
bool only_etags(const Asked& asked) {
    if (asked.mode != Asked::Mode::names) return false;
    for (const auto& property : asked.properties) {
        const auto& name = property.name;
        if (name.ns != xml::dav || (name.local != "getetag" && name.local != "resourcetype"))
            return false;
    }
    return true;
}

void append_deleted(const Sync& sync, std::string_view name, std::string& to) {
    const auto& home = *sync.collection.home;
    const auto& collection = *sync.collection.collection;
    append_status_response(
        to, href::object(collection.kind, home.principal.login, collection.name, name),
        Status::not_found);
}

/// Rows for a page of changes, where properties were asked that the change alone does not have.
void append_rows(const Sync& sync, const std::vector<std::string>& names, std::string& to) {
    store::find_objects(sync.view.database(), sync.collection.home->principal.id,
                        sync.collection.collection->id, names, [&](const store::ObjectView& row) {
                            append_object_response(sync.view, object_resource(sync.collection, row),
                                                   sync.asked, to);
                        });
}

void append_token(const Sync& sync, std::int64_t modseq, std::string& to) {
    const auto& collection = *sync.collection.collection;
    xml::Writer{to}.element({xml::dav, "sync-token"},
                            to_string({collection.id, modseq, collection.acl_seq},
                                      sync.view.services->database.epoch()));
}

/// One page of changes; false when the answer is complete, its token written.
bool append_page(Sync& sync, bool first, std::string& to) {
    std::vector<std::string> names;
    std::size_t count = 0;
    const auto wanted = std::min(page, sync.left);
    const auto end = store::changes(
        sync.view.database(), sync.collection.home->principal.id, sync.collection.collection->id,
        sync.since, wanted,
        [&](const store::ChangeView& change) {
            ++count;
            if (change.deleted) {
                append_deleted(sync, change.name, to);
            } else if (sync.needs_rows) {
                names.emplace_back(change.name);
            } else {
                store::ObjectView row;
                row.name = change.name;
                row.etag = change.etag;
                const Resource object = object_resource(sync.collection, row);
                append_response(sync.view, object, object.href, sync.asked.properties, to);
            }
        },
        sync.begun);
    if (!end.valid && first) invalid_token();
    if (first) sync.begun = end.current;
    if (!names.empty()) append_rows(sync, names, to);
    sync.since = end.modseq;
    if (sync.left != unlimited) sync.left -= count;
    if (!end.complete && sync.left > 0) return true;
    if (!end.complete)  // RFC 6578 3.6
        append_status_response(to, sync.collection.href, Status::insufficient_storage,
                               precondition::number_of_matches_within_limits);
    append_token(sync, sync.since, to);
    return false;
}

/// A first sync of all that is there, from memory: what is written meanwhile comes with the next
/// sync, since the token is of the moment when the scan began.
Producer all_members(const Sync& sync, const store::ObjectScan& scan) {
    return [sync, scan = scan](std::string& to) mutable {
        const bool more = scan.next(page, [&](const store::ObjectView& row) {
            append_object_response(sync.view, object_resource(sync.collection, row), sync.asked,
                                   to);
        });
        if (!more) append_token(sync, *scan.modseq(), to);
        return more;
    };
}

/// Whether all that is asked of an object is known without its data.
bool needs_no_data(const Asked& asked) {
    return std::ranges::all_of(asked.properties, [](const auto& property) {
        return property.name.ns == xml::dav || property.name.ns == xml::calendarserver;
    });
}

}  // namespace

http::Response sync_collection(const View& view, const http::Request& request,
                               const Resource& collection, const Body& body) {
    Sync sync{view, collection, asked_below(*body)};
    sync.asked.body = body;
    require_level_one(request, *body);
    sync.left = limit_of(*body);
    sync.since = since_of(view, collection, *body);
    if (sync.asked.mode != Asked::Mode::names) sync.asked = {Asked::Mode::names, {}, body};
    sync.needs_rows = !only_etags(sync.asked);

    if (sync.since != 0 &&
        sync.since == collection.collection->modseq)  // nothing changed: from memory
        return multistatus([sync](std::string& to) {
            append_token(sync, sync.since, to);
            return false;
        });
    if (sync.since == 0 && sync.left == unlimited && needs_no_data(sync.asked)) {
        const store::ObjectScan scan(view.database(), collection.home->principal.id,
                                     collection.collection->id, {});
        if (scan.modseq()) return multistatus(all_members(sync, scan));
    }
    return multistatus([sync, first = true](std::string& to) mutable {
        return append_page(sync, std::exchange(first, false), to);
    });
}

}  // namespace kalends::dav
