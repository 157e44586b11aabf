// sync-collection: what changed since a token. RFC 6578 3.2. Of a calendar or address book here; of
// what has collections in it: sync_tree.
#include "dav/reports/sync_collection.hpp"

#include "base/text.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/reports/sync_changes.hpp"
#include "dav/reports/sync_tree.hpp"
#include "dav/sync_token.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace kalends::dav {
namespace {

using http::Status;

constexpr std::size_t page = 1000;
constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

struct Sync {
    View view;
    Resource collection;
    SyncAsked asked;
    SyncPlace place;
    std::size_t left = unlimited;  ///< of the client's limit
};

/// The client's token; nothing for an initial sync.
std::optional<SyncToken> token_of(const View& view, const Resource& collection,
                                  const xml::Element& body) {
    const auto* const element = body.child({xml::dav, "sync-token"});
    const std::string text = element != nullptr ? element->text() : "";
    if (text::trim(text).empty()) return std::nullopt;
    auto token = parse_sync_token(text, view.services->database.epoch());
    if (!token || token->collection != collection.collection->id) invalid_sync_token();
    return token;
}

/// RFC 6578 3.3: the level is in the body; older clients send it as Depth.
SyncLevel level_of(const http::Request& request, const xml::Element& body) {
    const auto* const element = body.child({xml::dav, "sync-level"});
    const std::string level = element != nullptr ? element->text() : std::string();
    const auto trimmed = text::trim(level);
    if (trimmed == "1") return SyncLevel::one;
    if (text::iequals(trimmed, "infinite") || text::iequals(trimmed, "infinity"))
        return SyncLevel::infinite;
    if (element == nullptr) {
        const auto depth = depth_of(request, Depth::one);
        if (depth == Depth::one) return SyncLevel::one;
        if (depth == Depth::infinity) return SyncLevel::infinite;
    }
    throw DavError(Status::bad_request, "sync-level must be 1 or infinite.");
}

void append_token(const Sync& sync, std::int64_t modseq, std::string& to) {
    xml::Writer{to}.element(
        {xml::dav, "sync-token"},
        to_string({.collection = sync.collection.collection->id, .modseq = modseq},
                  sync.view.services->database.epoch()));
}

/// One page of changes; false when the answer is complete, its token written.
bool append_page(Sync& sync, bool first, std::string& to) {
    const auto done = append_changes(sync.view, sync.collection, sync.asked, sync.place,
                                     std::min(page, sync.left), to);
    if (!done.valid && first) invalid_sync_token();
    if (sync.left != unlimited) sync.left -= done.count;
    if (!done.complete && sync.left > 0) return true;
    if (!done.complete) append_truncated(sync.collection, to);
    append_token(sync, sync.place.since, to);
    return false;
}

/// A first sync of all that is there, from memory: what is written meanwhile comes with the next
/// sync, since the token is of the moment when the scan began.
Producer all_members(const Sync& sync, const store::ObjectScan& scan) {
    return [sync, scan = scan](std::string& to) mutable {
        const bool more = scan.next(page, [&](const store::ObjectView& row) {
            append_object_response(sync.view, object_resource(sync.view, sync.collection, row),
                                   sync.asked.asked, to);
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

http::Response sync_one(Sync sync) {
    const auto& collection = *sync.collection.collection;
    const auto since = sync.place.since;
    if (since != 0 && since == collection.modseq)  // nothing changed: from memory
        return multistatus([sync](std::string& to) {
            append_token(sync, sync.place.since, to);
            return false;
        });
    if (since == 0 && sync.left == unlimited && needs_no_data(sync.asked.asked)) {
        const store::ObjectScan scan(sync.view.database(), sync.collection.home->principal.id,
                                     collection.id, {});
        if (scan.modseq()) return multistatus(all_members(sync, scan));
    }
    return multistatus([sync = std::move(sync), first = true](std::string& to) mutable {
        return append_page(sync, std::exchange(first, false), to);
    });
}

}  // namespace

http::Response sync_collection(const View& view, const http::Request& request,
                               const Resource& target, const Body& body) {
    const auto level = level_of(request, *body);
    const auto limit = limit_of(*body, xml::dav).value_or(unlimited);
    const auto token = token_of(view, target, *body);
    auto asked = sync_asked(body);
    if (target.is(folders)) return sync_tree(view, target, std::move(asked), level, token, limit);
    return sync_one({view, target, std::move(asked), {token ? token->modseq : 0, {}}, limit});
}

}  // namespace kalends::dav
