#pragma once
// The homes that this process knows. Entries only move forward: a change that is told twice, or
// late, does no harm, and what was read before a change is never kept after it. Many threads; one
// short mutex.

#include "store/home.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace kalends::store {

/// Objects of a collection changed, and this is what its row says after it.
struct ContentChange {
    PrincipalId home;
    CollectionId collection;
    std::int64_t modseq = 0;
    std::int64_t object_count = 0;
    std::int64_t bytes = 0;
    std::int64_t modified = 0;  ///< seconds since 1970
};

class Cache {
public:
    /// Answers are given as long as the last look at change_log began less than `max_staleness`
    /// ago.
    Cache(std::size_t max_homes, std::chrono::nanoseconds max_staleness)
        : max_homes_(max_homes), max_staleness_(max_staleness) {}

    HomePtr find(std::string_view login);
    HomePtr find(PrincipalId id);

    /// A home that is being read from the database. Between begin and finish it collects what
    /// happens meanwhile, since the reader's snapshot may be older than that.
    struct Fill {
        std::vector<ContentChange> changes;
        std::vector<PrincipalId> forgotten;
        bool dropped = false;
    };
    using FillPtr = std::list<Fill>::iterator;
    FillPtr begin_fill();
    /// Keeps `home`, found as `login` (empty: by its id), unless it was forgotten meanwhile; the
    /// home with what happened meanwhile. nullptr stays nullptr.
    HomePtr finish_fill(FillPtr fill, std::string_view login, HomePtr home);

    void apply(const ContentChange& change);
    void forget(PrincipalId home);
    void clear();

    /// All changes that were committed before `moment` have been applied.
    void set_current(std::chrono::steady_clock::time_point moment);

    [[nodiscard]] std::size_t size() const;
    std::atomic<std::uint64_t> hits{0}, misses{0}, clears{0};

private:
    struct Entry {
        HomePtr home;
        std::vector<std::string> logins;
    };
    using Entries = std::list<Entry>;
    struct TextHash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    [[nodiscard]] bool current() const;
    HomePtr touch(Entries::iterator entry);
    void keep(std::string_view login, const HomePtr& home);
    void drop(Entries::iterator entry);

    std::size_t max_homes_;
    std::chrono::nanoseconds max_staleness_;
    std::atomic<std::int64_t> current_until_{0};
    mutable std::mutex mutex_;
    Entries entries_;  // used last: in front
    std::unordered_map<std::string, Entries::iterator, TextHash, std::equal_to<>> by_login_;
    std::unordered_map<PrincipalId, Entries::iterator> by_id_;
    std::list<Fill> fills_;
};

/// `home` with the change; the same if it has it already; nullptr if it does not know the
/// collection.
HomePtr with_change(const HomePtr& home, const ContentChange& change);

}  // namespace kalends::store
