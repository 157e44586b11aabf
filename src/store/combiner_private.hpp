#pragma once
// Group commit for writes. The lock of a collection's row is held until the commit is on disk, so
// writes to one collection can't share PostgreSQL's own group commit, and those to many pay for a
// transaction each; here those that wait are put into one.
//
// Whoever comes while few batches run becomes a leader and runs at once. The others wait; when a
// batch is done, the first of them leads the next one, with all that wait by then and belong to no
// collection that another batch is writing. Nobody waits for company.

#include "store/ids.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <unordered_set>
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
        CollectionId key_{};
        std::condition_variable woken_;
    };
    using Batch = std::vector<Waiting*>;

    struct Limits {
        std::size_t batches = 1;  ///< that run at the same time
        std::size_t items = 1;    ///< in a batch
        std::size_t weight = 0;   ///< of a batch: with so much it is full
    };

    /// `run` sets outcome or failure of each, in order; what it throws is the failure of all.
    Combiner(std::function<void(const Batch&)> run, std::function<std::size_t(const Item&)> weight,
             Limits limits)
        : run_(std::move(run)), weight_(std::move(weight)), limits_(limits) {}

    /// What became of it. Throws what `run` said.
    Outcome submit(CollectionId key, Item item) {
        Waiting mine;
        mine.item = std::move(item);
        mine.key_ = key;
        if (const Batch batch = wait_for_turn(mine); !batch.empty()) {
            try {
                run_(batch);
            } catch (...) {
                for (auto* each : batch) each->failure = std::current_exception();
            }
            finish(batch);
        }
        if (mine.failure) std::rethrow_exception(mine.failure);
        return std::move(mine.outcome);
    }

private:
    using State = typename Waiting::State;

    /// The batch to lead; empty if another leader has done it.
    Batch wait_for_turn(Waiting& mine) {
        std::unique_lock lock(mutex_);
        queue_.push_back(&mine);
        promote();
        mine.woken_.wait(lock, [&mine] { return mine.state_ != State::queued; });
        return mine.state_ == State::leading ? take(mine) : Batch{};
    }

    void finish(const Batch& batch) {
        const std::lock_guard lock(mutex_);
        --running_;
        for (auto* each : batch) {
            busy_.erase(each->key_);
            const bool self = each->state_ == State::leading;
            each->state_ = State::done;
            if (!self) each->woken_.notify_one();
        }
        promote();
    }

    /// Wakes a leader if a batch may run and there is something for it.
    void promote() {
        if (running_ >= limits_.batches || called_) return;
        const auto free = std::ranges::find_if(
            queue_, [&](const Waiting* each) { return !busy_.contains(each->key_); });
        if (free == queue_.end()) return;
        called_ = true;
        (*free)->state_ = State::leading;
        (*free)->woken_.notify_one();
    }

    /// The batch of `leader`: itself, which is the first of its collection, and those that wait.
    Batch take(Waiting& leader) {
        Batch batch;
        called_ = false;
        std::erase(queue_, &leader);
        try {
            batch.push_back(&leader);
            std::size_t total = weight_(leader.item);
            std::deque<Waiting*> left;
            for (auto* each : queue_) {
                const bool fits = batch.size() < limits_.items && total < limits_.weight;
                if (fits && !busy_.contains(each->key_)) {
                    total += weight_(each->item);
                    batch.push_back(each);
                } else {
                    left.push_back(each);
                }
            }
            for (const auto* each : batch) busy_.insert(each->key_);
            queue_.swap(left);
        } catch (...) {  // no memory: the others stay in the queue
            for (const auto* each : batch) busy_.erase(each->key_);
            promote();
            throw;
        }
        ++running_;
        promote();
        return batch;
    }

    std::function<void(const Batch&)> run_;
    std::function<std::size_t(const Item&)> weight_;
    Limits limits_;
    std::mutex mutex_;
    std::deque<Waiting*> queue_;
    std::unordered_set<CollectionId> busy_;  // collections of the batches that run
    std::size_t running_ = 0;
    bool called_ = false;  // a leader has been woken and has not taken its batch yet
};

}  // namespace kalends::store
