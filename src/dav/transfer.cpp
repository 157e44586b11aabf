#include "dav/transfer.hpp"

#include "base/text.hpp"
#include "dav/body.hpp"
#include "dav/collection_type.hpp"
#include "dav/conditions.hpp"
#include "dav/create_collection.hpp"
#include "dav/live_property.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/privacy.hpp"
#include "dav/schedule_tag.hpp"
#include "store/files.hpp"
#include "store/tree.hpp"

#include <set>

namespace kalends::dav {
namespace {

using http::Status;
using store::Wrote;

/// The path of the Destination header. RFC 4918 10.3: an absolute URI, or an absolute path.
std::string_view destination_of(const http::Request& request) {
    const auto header = request.headers.find("Destination");
    if (!header) throw DavError(Status::bad_request, "The Destination header is missing.");
    const auto destination = text::trim(*header);
    if (!is_absolute(destination))
        throw DavError(Status::bad_request, "The Destination must be an absolute URL or path.");
    if (!is_here(destination, request.host))
        throw DavError(Status::bad_gateway, "The destination must be on this server.");
    return path_of_href(destination);
}

/// RFC 4918 9.8.3, 9.9.2.
bool deep_of(const http::Request& request, const Resource& source, bool moves) {
    const auto depth = depth_of(request, Depth::infinity);
    if (source.is(objects)) return true;
    if (depth == Depth::one || (moves && depth == Depth::zero))
        throw DavError(Status::bad_request, moves ? "A collection moves with Depth infinity only."
                                                  : "Depth must be 0 or infinity.");
    return depth == Depth::infinity;
}

Resource object_at(const View& view, const Transfer& transfer) {
    return object_named(view, transfer.place.parent, transfer.place.name);
}

bool same_home(const Resource& one, const Resource& other) {
    return one.home->principal.id == other.home->principal.id;
}

bool is_same(const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    return same_home(source, place.parent) &&
           (source.is(objects)
                ? source.collection->id == place.parent.collection->id && source.name == place.name
                : place.existing && place.existing->collection->id == source.collection->id);
}

/// Whether the destination is in the collection that is transferred.
bool is_below_source(const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    return !source.is(objects) && same_home(source, place.parent) &&
           place.parent.home->is_in(place.parent.collection->id, source.collection->id);
}

/// Whether the source is in the collection that it would replace.
bool is_in_existing(const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    return place.existing && same_home(source, *place.existing) &&
           source.home->is_in(source.collection->id, place.existing->collection->id);
}

/// What a collection may hold: objects of its kind, or what can become one; folders hold anything.
void require_fits(const View& view, const Transfer& transfer) {
    const auto& parent = transfer.place.parent;
    if (transfer.source.is(objects)) return;  // the type of the destination judges its bytes
    const auto kind = transfer.source.collection->kind;
    if (!may_hold(parent, kind))
        throw DavError(Status::forbidden, type_of(view, kind).location_ok(),
                       "Such a collection can't be here.");
    if (is_below_source(transfer))
        throw DavError(Status::forbidden, "A collection can't be put into itself.");
}

/// A calendar is not wiped out by a client that forgot the name of what it stores.
void require_replaceable(const Transfer& transfer) {
    const auto& existing = transfer.place.existing;
    if (!existing) return;
    if (!transfer.overwrite)
        throw DavError(Status::precondition_failed,
                       "There is a collection at the destination, and Overwrite is F.");
    if (is_in_existing(transfer))
        throw DavError(Status::forbidden, "What is in a collection can't take its place.");
    if (transfer.source.is(objects) && existing->is(collections))
        throw DavError(Status::forbidden,
                       "A calendar or an address book is not replaced by a single object.");
}

void require_privileges(const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    if (moves) require_in_parent(source, access::unbind);
    if (!moves || source.shown == Shown::nothing) require(source, access::read);
    if (moves && source.shown == Shown::part)  // it would be stored anew, and can't be by this user
        require(source, access::write_content);
    if (place.existing)
        require(place.parent, access::bind | access::unbind);
    else if (!source.is(objects))
        require(place.parent, access::bind);
}

void require_unlocked(const View& view, const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    if (moves) tokens.require_to_unbind(view, source);
    if (place.existing) tokens.require_to_unbind(view, *place.existing);
    if (place.existing || !source.is(objects)) tokens.require(place.parent);
}

store::Pieces pieces_of(const View& view, const Resource& source, const store::Object& object) {
    return [&database = view.database(), home = source.home->principal.id,
            content = object.content_id, size = object.size](std::int64_t position) {
        auto piece = store::file_piece(database, home, content, position);
        if (piece.empty() && position * static_cast<std::int64_t>(store::chunk_bytes) < size)
            throw DavError(Status::conflict, "The file was changed while it was copied.");
        return piece;
    };
}

/// What of the source may be stored elsewhere: who is shown a part of it copies that.
std::string copied_bytes(const View& view, const Transfer& transfer, const store::Object& source) {
    const auto row = view_of(source);
    const auto object = with_row(view, transfer.source, row);
    if (object.shown == Shown::nothing || (object.shown == Shown::part && transfer.moves))
        require(object, access::read | access::write_content);
    return part_shown(view, object, row).value_or(source.data);
}

/// The object as the destination stores it. Throws what a PUT of it would.
store::PutObject accepted(const View& view, const Transfer& transfer, const store::Object& source) {
    const auto& parent = transfer.place.parent;
    const CollectionType& type = type_of(view, parent.collection->kind);
    if (source.content_id != 0 && !parent.is(folders))
        throw DavError(Status::forbidden, type.max_resource_size(),
                       "The file is too large to be stored here.");
    const auto content_type =
        type_of(view, transfer.source.collection->kind).content_type(view_of(source));
    auto object = type.accept(view, parent, content_type, copied_bytes(view, transfer, source));
    if (source.content_id != 0) object.etag = source.etag;
    set_place(view, object_at(view, transfer), object);
    return object;
}

/// What the destination demands of an object that comes: privileges, tokens, Overwrite.
store::Preconditions conditions_at(const View& view, const Transfer& transfer) {
    store::Preconditions conditions;
    const auto target = object_at(view, transfer);
    if (!transfer.overwrite) conditions.must_not_exist = true;
    if (transfer.place.existing) return conditions;
    require_to_store(view, target, conditions);
    transfer.tokens.require_to_store(view, target, conditions);
    return conditions;
}

/// The collection, or binding, at the destination.
std::optional<store::CollectionId> existing_of(const Place& place) {
    if (!place.existing) return std::nullopt;
    return (place.existing->is_bound() ? place.existing->binding : place.existing->collection)->id;
}

void copy_properties(const View& view, const Transfer& transfer, const store::Object& source) {
    if (!source.has_properties) return;
    const auto& parent = transfer.place.parent;
    store::PropertyChanges changes{
        store::object_properties(view.database(), transfer.source.home->principal.id, source.id),
        {}};
    std::erase_if(changes.set, [&](const store::StoredProperty& each) {
        const auto* row = view.registry().property({each.ns, each.local}, transfer.source.kind);
        return row != nullptr && row->source == Source::recorded;
    });
    (void)store::change_object_properties(view.database(), parent.home->principal.id,
                                          parent.collection->id, parent.collection->acl_seq,
                                          transfer.place.name, changes);
}

store::WriteOutcome copy_object(const View& view, const http::Request& request,
                                const Transfer& transfer) {
    const auto source = require_object(view, transfer.source);
    require_conditions(view, request, transfer.source, source);
    require_schedule_tag(request, source.schedule_tag);
    auto object = accepted(view, transfer, source);
    object.preconditions = conditions_at(view, transfer);
    object.in_place_of = existing_of(transfer.place);
    auto outcome = source.content_id == 0
                       ? type_of(view, transfer.place.parent.collection->kind)
                             .put(view, without_schedule_tag_condition(request),
                                  object_at(view, transfer), object)
                       : store::put_file(view.database(), std::move(object),
                                         pieces_of(view, transfer.source, source));
    if (outcome.wrote == Wrote::unchanged) outcome.wrote = Wrote::replaced;
    if (outcome.wrote == Wrote::created || outcome.wrote == Wrote::replaced)
        copy_properties(view, transfer, source);
    return outcome;
}

/// What a collection replaces. Throws 412 where it may not.
store::Replaced replaced_by_collection(const View& view, const Transfer& transfer) {
    const auto& place = transfer.place;
    if (place.existing) return {.collection = existing_of(place)};
    const auto target = object_at(view, transfer);
    if (!find_object(view, target)) return {};
    if (!transfer.overwrite)
        throw DavError(Status::precondition_failed,
                       "There is something at the destination, and Overwrite is F.");
    require_in_parent(target, access::unbind);
    transfer.tokens.require(target);
    return {.object = true};
}

Wrote done_as(const store::Replaced& replaced) {
    return replaced.collection || replaced.object ? Wrote::replaced : Wrote::created;
}

void require_room_for(const View& view, const Place& place, std::size_t more) {
    if (place.parent.home->own_collections() + more > view.settings().max_collections)
        throw DavError(Status::insufficient_storage,
                       "The home has no room for that many collections.");
}

void require_room_for_collections(const View& view, const Transfer& transfer) {
    std::size_t more = 1;
    const auto count = [&](const auto& self, const store::Home& in,
                           store::CollectionId id) -> void {
        for (const auto& member : in.children(id)) {
            ++more;
            self(self, in, member->id);
        }
    };
    if (transfer.deep) count(count, *transfer.source.home, transfer.source.collection->id);
    require_room_for(view, transfer.place, more);
}

[[noreturn]] void refuse_unreadable() {
    throw DavError(Status::forbidden, precondition::need_privileges,
                   "There is something in the collection that you may not read, or not all of it.");
}

/// The copy would show all of it.
void require_shown(const View& view, const store::Home& home, const store::Collection& of) {
    if (of.kind != store::CollectionKind::calendar || of.object_count == 0 || sees_all(view, home))
        return;
    constexpr std::size_t page = 1000;
    const auto& type = type_of(view, of.kind);
    store::ObjectScan scan(view.database(), home.principal.id, of.id, {});
    bool all = true;
    while (all && scan.next(page, [&](const store::ObjectView& row) {
        all = all && type.shown_to_others(row) == Shown::whole;
    })) {
    }
    if (!all) refuse_unreadable();
}

/// RFC 3744 B: a copy takes read on all that is copied, since the copy has none of its entries.
void require_readable(const View& view, const store::Home& home, const store::Collection& of,
                      std::set<store::CollectionId>& seen) {
    if (!seen.insert(of.id).second) return;
    const auto require = [](access::Privileges privileges) {
        if ((privileges & access::read) == 0) refuse_unreadable();
    };
    require(view.privileges(home, of));
    for (const auto& [name, own] : of.object_aces) require(view.privileges(home, of, own));
    require_shown(view, home, of);
    for (const auto& member : home.children(of.id)) {
        if (!member->target) {
            require_readable(view, home, *member, seen);
        } else if (member->target->home == home.principal.id) {
            if (const auto target = home.find(member->target->collection))
                require_readable(view, home, *target, seen);
        }
    }
}

store::WriteOutcome copy_collection(const View& view, const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    require_room_for_collections(view, transfer);
    std::set<store::CollectionId> seen;
    if (deep) require_readable(view, *source.home, *source.collection, seen);
    const auto replaced = replaced_by_collection(view, transfer);
    return outcome_of(
        store::copy_collection(view.database(), {.from = source.home,
                                                 .collection = source.collection->id,
                                                 .deep = deep,
                                                 .home = place.parent.home->principal.id,
                                                 .to = place.parent.collection->id,
                                                 .to_acl_seq = place.parent.collection->acl_seq,
                                                 .new_name = place.name,
                                                 .replaced = replaced,
                                                 .quota = view.settings().quota_bytes}),
        done_as(replaced));
}

/// RFC 6638 3.2.10.2: what answers of others have changed is no reason to fail, so that the ETag
/// which the tag stood for holds the moment, and is asked for again where it has changed.
store::WriteOutcome move_object(const View& view, const http::Request& request,
                                const Transfer& transfer) {
    constexpr int attempts = 5;
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    const bool has_tag = has_schedule_tag_condition(request);
    const auto conditions = conditions_at(view, transfer);
    for (int attempt = 1;; ++attempt) {
        const auto stored = require_object(view, source);
        require_schedule_tag(request, stored.schedule_tag);
        if (source.collection->id != place.parent.collection->id)
            (void)accepted(view, transfer, stored);
        auto preconditions = store_preconditions(view, request, source);
        if (has_tag && preconditions.if_match.empty()) preconditions.if_match = {stored.etag};
        auto outcome =
            store::move_object(view.database(), {.home = source.home->principal.id,
                                                 .from = source.collection->id,
                                                 .from_acl_seq = source.collection->acl_seq,
                                                 .name = source.name,
                                                 .to = place.parent.collection->id,
                                                 .to_acl_seq = place.parent.collection->acl_seq,
                                                 .new_name = place.name,
                                                 .overwrite = !conditions.must_not_exist,
                                                 .preconditions = std::move(preconditions),
                                                 .in_place_of = existing_of(place)});
        if (source.shown == Shown::whole) outcome.schedule_tag = stored.schedule_tag;
        if (!has_tag || outcome.wrote != Wrote::precondition_failed || attempt == attempts)
            return outcome;
    }
}

store::WriteOutcome move_collection(const View& view, const http::Request& request,
                                    const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    const bool bound = source.is_bound();
    const auto& collection = bound ? *source.binding : *source.collection;
    const auto replaced = replaced_by_collection(view, transfer);
    auto outcome = outcome_of(
        store::move_collection(view.database(), {.home = place.parent.home->principal.id,
                                                 .collection = collection.id,
                                                 .acl_seq = collection.acl_seq,
                                                 .modseq = has_conditions(request) && !bound
                                                               ? std::optional{collection.modseq}
                                                               : std::nullopt,
                                                 .to = place.parent.collection->id,
                                                 .new_name = place.name,
                                                 .replaced = replaced}),
        done_as(replaced));
    if (outcome.wrote == Wrote::created || outcome.wrote == Wrote::replaced)
        for (const auto* type : view.registry().types()) type->after_move(view, *place.parent.home);
    return outcome;
}

}  // namespace

bool overwrite_of(const http::Request& request) {
    const auto header = request.headers.find("Overwrite");
    if (!header) return true;
    const auto value = text::trim(*header);
    if (!text::iequals(value, "T") && !text::iequals(value, "F"))
        throw DavError(Status::bad_request, "Overwrite must be T or F.");
    return text::iequals(value, "T");
}

Transfer transfer_of(const View& view, const http::Request& request, bool moves) {
    Transfer transfer{.source = moves ? to_unbind(view, request.path) : resolve(view, request.path),
                      .place = {},
                      .tokens = {view, request}};
    auto& [source, place, overwrite, deep, is_move, tokens] = transfer;
    if (!source.is(objects | collections | folder))
        throw DavError(Status::forbidden, "This can't be copied or moved.");
    is_move = moves;
    overwrite = overwrite_of(request);
    deep = deep_of(request, source, moves);
    place = locate(view, destination_of(request));
    require_name(place.name);
    if (is_same(transfer))
        throw DavError(Status::forbidden, "Source and destination are the same.");
    require_privileges(transfer);
    require_fits(view, transfer);
    require_replaceable(transfer);
    require_unlocked(view, transfer);
    if (!source.is(objects)) require_conditions(view, request, source);
    return transfer;
}

store::WriteOutcome copy_to_place(const View& view, const http::Request& request,
                                  const Transfer& transfer) {
    return transfer.source.is(objects) ? copy_object(view, request, transfer)
                                       : copy_collection(view, transfer);
}

bool is_within_reach(const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    const auto& whose = source.is_bound() ? source.binding_home : source.home;
    if (whose->principal.id != place.parent.home->principal.id) return false;
    return !source.is(objects) || source.kind == object_kind_of(place.parent.collection->kind);
}

store::WriteOutcome move_to_place(const View& view, const http::Request& request,
                                  const Transfer& transfer) {
    return transfer.source.is(objects) ? move_object(view, request, transfer)
                                       : move_collection(view, request, transfer);
}

store::WriteOutcome bind_to_place(const View& view, const Transfer& transfer) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    require_room_for(view, place, 1);
    const auto replaced = replaced_by_collection(view, transfer);
    return outcome_of(
        store::bind_collection(view.database(),
                               {.target = {source.home->principal.id, source.collection->id},
                                .home = place.parent.home->principal.id,
                                .to = place.parent.collection->id,
                                .to_acl_seq = place.parent.collection->acl_seq,
                                .new_name = place.name,
                                .replaced = replaced}),
        done_as(replaced));
}

http::Response answer_to(const View& view, const Transfer& transfer,
                         const store::WriteOutcome& outcome) {
    const auto& [source, place, overwrite, deep, moves, tokens] = transfer;
    if (outcome.wrote == Wrote::not_found)
        throw DavError(Status::not_found, "There is no such object.");
    require_written(view, object_at(view, transfer), outcome);
    http::Response response;
    response.status = outcome.wrote == Wrote::created ? Status::created : Status::no_content;
    response.headers.add("Location", source.is(objects)
                                         ? href::object(place.parent.href, place.name)
                                         : href::collection(place.parent.href, place.name));
    add_schedule_tag(outcome.schedule_tag, response);
    return response;
}

}  // namespace kalends::dav
