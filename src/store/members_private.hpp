#pragma once
// What is kept in memory of a collection's objects: everything but their bytes. Listings, first
// syncs, time-range queries, free/busy and searches read it instead of the database. It is brought
// up to date by what changed since its modseq, before it is read, whenever the collection's row in
// the cache of homes is newer.

#include "store/connection_private.hpp"
#include "store/database.hpp"
#include "store/objects.hpp"
#include "store/trigrams_private.hpp"

#include <atomic>
#include <cstddef>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kalends::store {

struct Member {
    std::string name, uid, component, etag, digest, search, media_type, schedule_tag;
    std::int64_t id = 0, size = 0, modseq = 0, created = 0, modified = 0;
    std::optional<TimeBounds> time;
    std::shared_ptr<const Trigrams> trigrams;  ///< of `search`, where that is not empty
    std::int64_t content_id = 0;
    bool has_properties = false;
    bool gone = false;  ///< an empty place, for the next new one

    [[nodiscard]] ObjectView view() const;
    [[nodiscard]] std::size_t bytes() const;
};

/// The members of one collection. Many readers, or one writer.
class Members {
public:
    [[nodiscard]] std::int64_t modseq() const { return modseq_.load(std::memory_order_acquire); }
    [[nodiscard]] std::size_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

    /// A copy; nothing if there is none of that name.
    [[nodiscard]] std::optional<Member> find(std::string_view wanted) const;

    /// Gives up to `limit` places from `at` on, and moves `at`; false when that was the last. A
    /// member that stays is given once, whatever is written between two calls.
    bool visit(std::size_t& at, std::size_t limit,
               const std::function<void(const Member&)>& sink) const;

    /// Reads what changed since modseq(), if that is below `wanted`.
    void catch_up(Database::Inner& inner, PrincipalId home, CollectionId in, std::int64_t wanted);

private:
    void apply(const Result& rows);
    void put(Member member);
    void erase(std::string_view wanted);
    void clear();

    mutable std::shared_mutex mutex_;
    std::mutex catching_up_;
    std::deque<Member> places_;  // never moved: by_name_ points into them
    std::vector<Member*> free_;
    std::unordered_map<std::string_view, Member*> by_name_;
    std::atomic<std::int64_t> modseq_{0};
    std::atomic<std::size_t> bytes_{0};
};

using MembersPtr = std::shared_ptr<Members>;

/// The members of the collections that were read last, and the bytes of objects, each within a
/// bound.
class MembersCache {
public:
    explicit MembersCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

    /// Up to date with `row`, from memory alone; nullptr if it is not here, or behind.
    MembersPtr current(const Collection& row);

    /// Forgets everything when the cache of homes did, as after a lost connection: `clears` counts
    /// that.
    void follow(std::uint64_t clears);

    /// Up to date with `row`; nullptr if it is not here and `make` is false, or it is too large to
    /// be kept.
    MembersPtr get(Database::Inner& inner, const Collection& row, bool make);

    /// Readings that memory alone could serve, and those that needed the database.
    std::atomic<std::uint64_t> hits{0}, misses{0};

private:
    struct Entry {
        CollectionId id;
        MembersPtr members;
        std::size_t bytes = 0;
    };
    MembersPtr find(CollectionId id);
    MembersPtr find_or_make(CollectionId id);
    void account(CollectionId id);

    std::size_t max_bytes_;
    std::mutex mutex_;
    std::list<Entry> entries_;  // used last: in front
    std::unordered_map<CollectionId, std::list<Entry>::iterator> by_id_;
    std::size_t bytes_ = 0;
    std::atomic<std::uint64_t> clears_{0};
};

}  // namespace kalends::store
