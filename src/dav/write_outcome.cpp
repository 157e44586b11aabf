#include "dav/write_outcome.hpp"

#include "dav/collection_type.hpp"
#include "dav/error.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "xml/writer.hpp"

#include <array>
#include <utility>

namespace kalends::dav {
namespace {

using http::Status;

}  // namespace

store::Changed remove(const View& view, const Resource& collection, bool as_seen) {
    const bool bound = collection.is_bound();
    const auto& home = bound ? collection.binding_home : collection.home;
    const auto& row = bound ? *collection.binding : *collection.collection;
    return store::delete_collection(view.database(), home->principal.id, row.id, row.acl_seq,
                                    as_seen && !bound ? std::optional{row.modseq} : std::nullopt);
}

store::WriteOutcome outcome_of(store::Changed changed, store::Wrote done) {
    using store::Changed, store::Wrote;
    static constexpr std::array outcomes{
        std::pair{Changed::exists, Wrote::precondition_failed},
        std::pair{Changed::not_found, Wrote::not_found},
        std::pair{Changed::stale, Wrote::stale},
        std::pair{Changed::no_room, Wrote::no_room},
    };
    store::WriteOutcome outcome;
    outcome.wrote = done;
    for (const auto& [from, to] : outcomes)
        if (from == changed) outcome.wrote = to;
    return outcome;
}

void require_to_store(const View& view, const Resource& target, store::Preconditions& conditions) {
    const bool may_replace = target.may(access::write_content);
    const bool may_create = (target.in_parent & access::bind) != 0;
    if (may_replace && may_create) return;
    const bool exists = (may_replace || may_create) && find_object(view, target);
    if (exists || !may_create) require(target, access::write_content);
    if (!exists) require_in_parent(target, access::bind);
    (exists ? conditions.must_exist : conditions.must_not_exist) = true;
}

void require_written(const View& view, const Resource& target, const store::WriteOutcome& outcome) {
    using store::Wrote;
    switch (outcome.wrote) {
    case Wrote::created:
    case Wrote::replaced:
    case Wrote::unchanged:
    case Wrote::deleted:
        return;
    case Wrote::precondition_failed:
        throw DavError(Status::precondition_failed,
                       "The object is not in the state that If-Match or If-None-Match asks for.");
    case Wrote::no_room:
        throw DavError(Status::insufficient_storage, precondition::quota_not_exceeded,
                       "There is no room for this: the home may hold " +
                           std::to_string(view.settings().quota_bytes) + " bytes.");
    case Wrote::is_collection:
        throw DavError(Status::method_not_allowed, "There is a collection of this name.");
    case Wrote::uid_conflict:
    case Wrote::uid_changed: {
        const CollectionType& type = type_of(view, target.collection->kind);
        std::string href;
        xml::Writer{href}.element(
            {xml::dav, "href"}, href::object(href::parent(target.href), outcome.conflicting_name));
        throw DavError(Status::forbidden, type.no_uid_conflict(),
                       outcome.wrote == Wrote::uid_conflict
                           ? "Another object of this collection has the same UID."
                           : "The UID of an object can't be changed.",
                       std::move(href));
    }
    case Wrote::scheduled:
        throw DavError(Status::forbidden, "A meeting can't be replaced by this.");
    case Wrote::access_unsaid:
        throw DavError(Status::forbidden, precondition::need_privileges,
                       "Only its owner can change what is not for all.");
    case Wrote::not_found:
        throw DavError(Status::not_found, "There is no such object.");
    case Wrote::no_collection:
        throw DavError(Status::conflict, "The collection is gone.");
    case Wrote::locked:
    case Wrote::stale:
        break;
    }
    throw DavError(Status::service_unavailable,
                   "Access to this collection is being changed; try again.");
}

}  // namespace kalends::dav
