#include "base/clock.hpp"
#include "store/cache_private.hpp"

#include <algorithm>

namespace kalends::store {
namespace {

constexpr std::size_t max_changes_of_fill = 1000;

std::int64_t nanoseconds(std::chrono::steady_clock::time_point moment) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(moment.time_since_epoch()).count();
}

}  // namespace

HomePtr with_change(const HomePtr& home, const ContentChange& change) {
    const auto known = home->find(change.collection);
    if (!known) return nullptr;
    if (known->modseq >= change.modseq) return home;
    auto collection = std::make_shared<Collection>(*known);
    collection->modseq = change.modseq;
    collection->object_count = change.object_count;
    collection->bytes = change.bytes;
    collection->modified = std::chrono::sys_seconds{std::chrono::seconds{change.modified}};
    auto changed = std::make_shared<Home>(*home);
    const auto all = is_home(known->kind) ? std::span<CollectionPtr>{changed->roots}
                                          : std::span<CollectionPtr>{changed->collections};
    *std::ranges::find(all, known) = std::move(collection);
    return changed;
}

bool Cache::current() const {
    return nanoseconds(clock::steady()) < current_until_.load(std::memory_order_relaxed);
}

void Cache::set_current(std::chrono::steady_clock::time_point moment) {
    current_until_.store(nanoseconds(moment + max_staleness_), std::memory_order_relaxed);
}

HomePtr Cache::find(std::string_view login) {
    if (current()) {
        const std::lock_guard lock(mutex_);
        if (const auto found = by_login_.find(login); found != by_login_.end())
            return touch(found->second);
    }
    misses.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
}

HomePtr Cache::find(PrincipalId id) {
    if (current()) {
        const std::lock_guard lock(mutex_);
        if (const auto found = by_id_.find(id); found != by_id_.end()) return touch(found->second);
    }
    misses.fetch_add(1, std::memory_order_relaxed);
    return nullptr;
}

HomePtr Cache::touch(Entries::iterator entry) {
    hits.fetch_add(1, std::memory_order_relaxed);
    entries_.splice(entries_.begin(), entries_, entry);
    return entry->home;
}

Cache::FillPtr Cache::begin_fill() {
    const std::lock_guard lock(mutex_);
    return fills_.emplace(fills_.end());
}

HomePtr Cache::finish_fill(FillPtr fill, std::string_view login, HomePtr home) {
    const std::lock_guard lock(mutex_);
    const Fill seen = std::move(*fill);
    fills_.erase(fill);
    if (home == nullptr) return home;
    bool keep_it = !seen.dropped &&
                   std::ranges::find(seen.forgotten, home->principal.id) == seen.forgotten.end();
    for (const auto& change : seen.changes) {
        if (change.home != home->principal.id) continue;
        if (auto changed = with_change(home, change))
            home = std::move(changed);
        else
            keep_it = false;
    }
    if (keep_it) keep(login, home);
    return home;
}

/// Of two fills the one that knows more stays: collections of both move forward by apply(), and
/// what else is in a home changes only together with forget(), which has dropped the other.
void Cache::keep(std::string_view login, const HomePtr& home) {
    auto found = by_id_.find(home->principal.id);
    if (found == by_id_.end()) {
        entries_.push_front({home, {}});
        found = by_id_.emplace(home->principal.id, entries_.begin()).first;
        if (entries_.size() > max_homes_) drop(std::prev(entries_.end()));
    }
    const auto entry = found->second;
    if (login.empty() || by_login_.contains(login)) return;
    entry->logins.emplace_back(login);
    by_login_.emplace(login, entry);
}

void Cache::apply(const ContentChange& change) {
    const std::lock_guard lock(mutex_);
    for (auto& fill : fills_) {
        fill.changes.push_back(change);
        fill.dropped = fill.dropped || fill.changes.size() > max_changes_of_fill;
        if (fill.dropped) fill.changes.clear();
    }
    const auto found = by_id_.find(change.home);
    if (found == by_id_.end()) return;
    if (auto changed = with_change(found->second->home, change))
        found->second->home = std::move(changed);
    else
        drop(found->second);
}

void Cache::forget(PrincipalId home) {
    const std::lock_guard lock(mutex_);
    for (auto& fill : fills_) fill.forgotten.push_back(home);
    if (const auto found = by_id_.find(home); found != by_id_.end()) drop(found->second);
}

void Cache::clear() {
    clears.fetch_add(1, std::memory_order_relaxed);
    const std::lock_guard lock(mutex_);
    for (auto& fill : fills_) fill.dropped = true;
    by_login_.clear();
    by_id_.clear();
    entries_.clear();
}

void Cache::drop(Entries::iterator entry) {
    for (const auto& login : entry->logins) by_login_.erase(login);
    by_id_.erase(entry->home->principal.id);
    entries_.erase(entry);
}

std::size_t Cache::size() const {
    const std::lock_guard lock(mutex_);
    return entries_.size();
}

}  // namespace kalends::store
