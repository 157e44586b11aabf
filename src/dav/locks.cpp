#include "dav/locks.hpp"

#include "base/clock.hpp"
#include "base/percent.hpp"
#include "dav/entity_tag.hpp"
#include "dav/if_header.hpp"
#include "dav/lock_headers.hpp"
#include "dav/multistatus.hpp"
#include "dav/object_properties.hpp"
#include "dav/precondition.hpp"
#include "dav/privacy.hpp"
#include "dav/reports/sync_tree.hpp"
#include "xml/writer.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace kalends::dav {
namespace {

using http::Status;
using Locks = std::vector<const store::Lock*>;

bool covers(const store::Lock& lock, const Resource& resource) {
    const auto& in = resource.collection->id;
    const std::string_view name =
        resource.object != nullptr ? resource.object->name : resource.name;
    if (resource.is(objects) && lock.collection == in && lock.name == name) return true;
    if (!lock.name.empty()) return false;
    if (!resource.is(objects) && lock.collection == in) return true;
    return lock.deep && resource.home->is_in(in, lock.collection);
}

[[noreturn]] void locked(store::PrincipalId reader, const store::Home& home, const Locks& locks) {
    std::string hrefs;
    xml::Writer writer{hrefs};
    for (const auto* lock : locks)
        writer.element({xml::dav, "href"}, root_for(reader, home, *lock));
    throw DavError(Status::locked, precondition::lock_token_submitted,
                   "This is locked; who has locked it can say so by the lock's token.",
                   std::move(hrefs));
}

/// The address of what is locked below a collection, as far as the user may see the way to it.
std::string href_below(const View& view, const Resource& top, const store::Lock& lock) {
    std::vector<store::CollectionPtr> way;
    for (auto at = top.home->find(lock.collection); at->id != top.collection->id;
         at = top.home->find(at->parent))
        way.push_back(at);
    Resource here = top;
    for (; !way.empty(); way.pop_back()) {
        auto next = member_resource(view, here, way.back());
        if (!next.may(access::read)) return here.href;
        here = std::move(next);
    }
    if (lock.name.empty()) return here.href;
    const auto object = object_named(view, here, lock.name);
    return object.may(access::read) ? object.href : here.href;
}

/// The etag and the tokens of what is at a URL; nothing for what the user may not see.
ResourceState state_at(const View& view, std::string_view url) {
    ResourceState state;
    try {
        auto resource = resolve(view, path_of_href(url));
        if (resource.is(stored_collections)) {
            state.tokens.push_back(
                to_string(current_token(view, resource), view.services->database.epoch()));
        } else if (resource.is(objects)) {
            if (const auto object = find_object(view, resource))
                state.etag = entity_tag(shown_etag(view, resource, view_of(*object)));
        } else {
            return state;
        }
        for (const auto* lock : locks_on(resource)) state.tokens.push_back(lock_uri(*lock));
    } catch (const DavError&) {
        return {};
    }
    return state;
}

}  // namespace

bool holds(const store::Lock& lock) {
    return lock.expires > std::chrono::floor<std::chrono::seconds>(clock::now());
}

std::vector<const store::Lock*> locks_on(const Resource& resource) {
    Locks found;
    for (const auto& lock : resource.home->locks)
        if (holds(lock) && covers(lock, resource)) found.push_back(&lock);
    return found;
}

std::vector<const store::Lock*> locks_below(const Resource& collection) {
    Locks found;
    const auto top = collection.collection->id;
    for (const auto& lock : collection.home->locks) {
        const bool itself = lock.collection == top && lock.name.empty();
        if (holds(lock) && !itself && collection.home->is_in(lock.collection, top))
            found.push_back(&lock);
    }
    return found;
}

std::string root_for(store::PrincipalId reader, const store::Home& home, const store::Lock& lock) {
    const auto in = home.find(lock.collection);
    if (lock.principal == reader || !in) return lock.root;
    auto root = own_href(home, *in);
    if (!lock.name.empty()) percent::append_segment(root, lock.name);
    return root;
}

std::string lock_uri(const store::Lock& lock) { return "urn:uuid:" + lock.token; }

void append_active_locks(const View& view, const Resource& resource, xml::Writer& writer) {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock::now());
    const auto reader = view.user ? view.user->principal.id : store::PrincipalId{};
    for (const auto* lock : locks_on(resource)) {
        const bool mine = view.user && lock->principal == reader;
        append_activelock(writer,
                          {.exclusive = lock->exclusive,
                           .deep = lock->deep,
                           .owner = lock->owner,
                           .timeout = lock->expires - now,
                           .token = mine || resource.may(access::unlock) ? lock_uri(*lock) : "",
                           .root = root_for(reader, *resource.home, *lock)});
    }
}

LockTokens::LockTokens(const View& view, const http::Request& request) {
    if (view.user) user_ = view.user->principal.id;
    if (const auto header = if_of(request.headers))
        for (const auto token : submitted_tokens(*header)) tokens_.emplace_back(token);
}

bool LockTokens::open(const Locks& locks) const {
    return locks.empty() || std::ranges::any_of(locks, [this](const store::Lock* lock) {
               return lock->principal == user_ &&
                      std::ranges::find(tokens_, lock_uri(*lock)) != tokens_.end();
           });
}

void LockTokens::require(const Resource& resource) const {
    if (resource.home->locks.empty()) return;
    if (const auto locks = locks_on(resource); !open(locks)) locked(user_, *resource.home, locks);
}

void LockTokens::require_to_unbind(const View& view, const Resource& member) const {
    auto locks = locks_on(member);
    if (member.is_bound())
        std::erase_if(locks, [&](const store::Lock* lock) { return lock->root != member.href; });
    if (!open(locks)) locked(user_, *member.home, locks);
    require(parent_of(view, member));
    if (!member.is(objects) && !member.is_bound()) require_below(view, member);
}

void LockTokens::require_below(const View& view, const Resource& collection) const {
    std::map<std::pair<store::CollectionId, std::string>, Locks> by_resource;
    for (const auto* lock : locks_below(collection))
        by_resource[{lock->collection, lock->name}].push_back(lock);
    std::set<std::string> hrefs;
    for (const auto& [resource, locks] : by_resource)
        if (!open(locks)) hrefs.insert(href_below(view, collection, *locks.front()));
    std::string responses;
    for (const auto& href : hrefs) {
        std::string content;
        xml::Writer{content}.element({xml::dav, "href"}, href);
        append_status_response(responses, href, Status::locked, precondition::lock_token_submitted,
                               content);
    }
    if (!responses.empty())
        throw DavError(Status::multi_status, {},
                       "Something in the collection is locked: nothing was changed.",
                       std::move(responses));
}

void LockTokens::require_to_store(const View& view, const Resource& object,
                                  store::Preconditions& conditions) const {
    if (object.home->locks.empty()) return;
    require(object);
    const auto collection = collection_of(view, object);
    if (const auto locks = locks_on(collection); !open(locks)) {
        if (!find_object(view, object)) locked(user_, *object.home, locks);
        conditions.must_exist = true;
    }
}

void require_if(const View& view, const http::Request& request) {
    const auto header = if_of(request.headers);
    if (!header) return;
    const auto state = [&](std::string_view url) { return state_at(view, url); };
    if (!evaluate(*header, request.path, state))
        throw DavError(Status::precondition_failed,
                       "The condition of the If header does not hold.");
}

}  // namespace kalends::dav
