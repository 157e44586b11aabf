// LOCK: a new one, or one that shall last longer. RFC 4918 9.10.
#include "base/hash.hpp"
#include "base/text.hpp"
#include "dav/body.hpp"
#include "dav/collection_type.hpp"
#include "dav/conditions.hpp"
#include "dav/error.hpp"
#include "dav/lock_headers.hpp"
#include "dav/locks.hpp"
#include "dav/methods/methods.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/write_outcome.hpp"
#include "store/locks.hpp"
#include "xml/writer.hpp"

#include <algorithm>

namespace kalends::dav::methods {
namespace {

using http::Status;
using store::Wrote;

/// A random UUID (RFC 9562 5.4).
std::string new_token() {
    std::string bytes = hash::random_bytes(16);
    bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x40U);
    bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
    return hash::as_uuid(text::to_hex(bytes));
}

bool deep_of(const http::Request& request) {
    const auto depth = depth_of(request, Depth::infinity);
    if (depth == Depth::one) throw DavError(Status::bad_request, "A lock has Depth 0 or infinity.");
    return depth == Depth::infinity;
}

/// RFC 4918 6.1, 6.2: an exclusive lock tolerates no other; shared ones tolerate each other.
void require_no_conflict(const View& view, const Resource& target, const LockInfo& wanted,
                         bool deep) {
    auto others = locks_on(target);
    if (deep && !target.is(objects))
        for (const auto* lock : locks_below(target)) others.push_back(lock);
    std::string hrefs;
    xml::Writer writer{hrefs};
    for (const auto* lock : others)
        if (wanted.exclusive || lock->exclusive)
            writer.element({xml::dav, "href"},
                           root_for(view.user->principal.id, *target.home, *lock));
    if (!hrefs.empty())
        throw DavError(Status::locked, precondition::no_conflicting_lock,
                       "It is locked already, it or something in it.", std::move(hrefs));
}

bool exists(const View& view, const Resource& target) {
    return !target.is(objects) || find_object(view, target);
}

/// RFC 4918 7.3: what is locked and not there becomes an empty object; a calendar refuses that.
Wrote make_empty(const View& view, const Resource& target, const LockTokens& tokens) {
    require_name(target.name);
    store::Preconditions conditions;
    conditions.must_not_exist = true;
    tokens.require_to_store(view, target, conditions);
    auto object = type_of(view, target.collection->kind).accept(view, target, "", "");
    set_place(view, target, object);
    object.preconditions = conditions;
    return store::put(view.database(), object).wrote;
}

http::Response answer(const View& view, const Resource& target, const store::Lock* made,
                      bool created) {
    http::Response response;
    response.status = created ? Status::created : Status::ok;
    response.headers.add("Content-Type", "application/xml; charset=utf-8");
    if (made != nullptr) response.headers.add("Lock-Token", "<" + lock_uri(*made) + ">");
    xml::Writer writer{response.body};
    writer.begin_document({xml::dav, "prop"});
    writer.open({xml::dav, "lockdiscovery"});
    append_active_locks(view, target, writer);
    writer.close({xml::dav, "lockdiscovery"});
    writer.close({xml::dav, "prop"});
    return response;
}

store::Lock lock_for(const View& view, const http::Request& request, const Resource& target,
                     LockInfo info, bool deep) {
    store::Lock lock;
    lock.token = new_token();
    lock.collection = target.collection->id;
    lock.name = target.name;
    lock.exclusive = info.exclusive;
    lock.deep = deep && !target.is(objects);
    lock.principal = view.user->principal.id;
    lock.owner = std::move(info.owner);
    lock.root = target.href;
    lock.timeout = timeout_of(request.headers, view.settings().max_lock_time);
    return lock;
}

void require_room(const View& view, const store::Home& home) {
    const auto held = std::ranges::count_if(home.locks, holds);
    if (static_cast<std::size_t>(held) >= view.settings().max_locks)
        throw DavError(Status::insufficient_storage, "This home has no room for another lock.");
}

http::Response new_lock(const View& view, const http::Request& request) {
    require_login(view);
    const auto body = parse_body(view, request, {xml::dav, "lockinfo"});
    const auto info = lock_info_in(*body);
    const bool deep = deep_of(request);
    const LockTokens tokens{view, request};
    store::Lock lock;
    bool created = false;
    const auto outcome = decided(
        view, request,
        [&](const Resource& target) -> store::WriteOutcome {
            if (!target.is(stored_collections | objects))
                throw DavError(Status::forbidden, "This can't be locked.");
            require_room(view, *target.home);
            const bool there = created || exists(view, target);
            if (there)
                require(target, access::write_content);
            else
                require_in_parent(target, access::bind);
            require_no_conflict(view, target, info, deep);
            if (!there)
                require_conditions_of_new(request);
            else if (!created)
                require_conditions(view, request, target);
            if (!there) {
                if (make_empty(view, target, tokens) != Wrote::created)
                    return outcome_of(store::Changed::stale, Wrote::stale);
                created = true;
            }
            lock = lock_for(view, request, target, info, deep);
            return outcome_of(store::add_lock(view.database(), target.home->principal.id, lock,
                                              target.collection->acl_seq),
                              Wrote::replaced);
        },
        NoParent::conflict);
    const auto target = resolve(view.refreshed(), request.path);
    require_written(view, target, outcome);
    return answer(view, target, &lock, created);
}

/// RFC 4918 9.10.2: without a body, for the lock whose token the If header submits.
http::Response refresh(const View& view, const http::Request& request) {
    const auto target = resolve(view, request.path);
    const LockTokens tokens{view, request};
    if (target.is(stored_collections | objects))
        for (const auto* lock : locks_on(target)) {
            if (!tokens.open({lock})) continue;
            require(target, access::write_content);
            require_conditions(view, request, target);
            const auto timeout = timeout_of(request.headers, view.settings().max_lock_time);
            if (store::refresh_lock(view.database(), target.home->principal.id, lock->token,
                                    timeout) == store::Changed::done)
                return answer(view, resolve(view.refreshed(), request.path), nullptr, false);
        }
    throw DavError(Status::precondition_failed, precondition::lock_token_matches,
                   "A LOCK without a body must submit the token of a lock of this resource.");
}

}  // namespace

http::Response lock(const View& view, const http::Request& request) {
    return request.body.empty() ? refresh(view, request) : new_lock(view, request);
}

}  // namespace kalends::dav::methods
