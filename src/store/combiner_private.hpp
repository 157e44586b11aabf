#pragma once
// Group commit for writes to one collection. The collection's row lock is held until the commit is
// on disk, so writes to it cannot share PostgreSQL's own group commit; here those that wait are put
// into one transaction.
//
// Whoever comes first becomes the leader and runs at once. Those that come while it is at work
// wait; when it is done, the first of them leads the next batch, with all that wait by then. Nobody
// waits for company.

#include "store/ids.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

namespace kalends::store {

template <class Item, class Outcome> class Combiner {
public:
    struct Waiting {
        Item item;
        Outcome outcome{};
        std::exception_ptr failure;

    private:
        friend class Combiner;
        enum class State { queued, leading, done } state_ = State::queued;
        std::condition_variable woken_;
    };
    using Batch = std::vector<Waiting*>;

    /// `run` sets outcome or failure of each, in order; it must not throw. `weight` of an item
    /// counts against `max_weight` of a batch, which has at most `max_items`, and always one.
    Combiner(std::function<void(const Batch&)> run, std::function<std::size_t(const Item&)> weight,
             std::size_t max_items, std::size_t max_weight)
        : run_(std::move(run)), weight_(std::move(weight)), max_items_(max_items),
          max_weight_(max_weight) {}

    /// What became of it. Throws what `run` said.
    Outcome submit(CollectionId key, Item item) {
        Waiting mine;
        mine.item = std::move(item);
        wait_for_turn(key, mine);
        if (mine.state_ == Waiting::State::leading) lead(key);
        if (mine.failure) std::rethrow_exception(mine.failure);
        return std::move(mine.outcome);
    }

private:
    using State = typename Waiting::State;

    void wait_for_turn(CollectionId key, Waiting& mine) {
        std::unique_lock lock(mutex_);
        auto& queue = queues_[key];
        queue.push_back(&mine);
        if (queue.size() == 1) mine.state_ = State::leading;
        mine.woken_.wait(lock, [&mine] { return mine.state_ != State::queued; });
    }

    void lead(CollectionId key) {
        const Batch batch = take(key);
        run_(batch);
        const std::lock_guard lock(mutex_);
        for (auto* each : batch) {
            const bool self = each->state_ == State::leading;
            each->state_ = State::done;
            if (!self) each->woken_.notify_one();
        }
        const auto found = queues_.find(key);
        found->second.erase(found->second.begin(),
                            found->second.begin() + static_cast<long>(batch.size()));
        if (found->second.empty()) {
            queues_.erase(found);
        } else {
            found->second.front()->state_ = State::leading;
            found->second.front()->woken_.notify_one();
        }
    }

    /// The batch stays at the head of the queue while it runs: that is what makes the others wait.
    Batch take(CollectionId key) {
        const std::lock_guard lock(mutex_);
        Batch batch;
        std::size_t total = 0;
        for (auto* each : queues_.find(key)->second) {
            total += weight_(each->item);
            if (!batch.empty() && (batch.size() >= max_items_ || total > max_weight_)) break;
            batch.push_back(each);
        }
        return batch;
    }

    std::function<void(const Batch&)> run_;
    std::function<std::size_t(const Item&)> weight_;
    std::size_t max_items_;
    std::size_t max_weight_;
    std::mutex mutex_;
    std::unordered_map<CollectionId, std::deque<Waiting*>> queues_;
};

}  // namespace kalends::store
