#include "http/lanes.hpp"

#include <algorithm>
#include <utility>

namespace kalends::http {
namespace {

/// They can't be moved.
template <std::size_t... Lane>
std::array<WorkerPool, lane_count> pools_of(const std::array<LaneSettings, lane_count>& settings,
                                            std::index_sequence<Lane...> /*lanes*/) {
    return {WorkerPool{settings[Lane]}...};
}

}  // namespace

void WorkerPool::start() {
    const std::lock_guard lock{mutex_};
    stopped_ = false;
    const auto count = std::max(settings_.workers, 1U);
    for (unsigned i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

void WorkerPool::stop() {
    {
        const std::lock_guard lock{mutex_};
        stopped_ = true;
    }
    wake_.notify_all();
    for (auto& thread : threads_) thread.join();
    threads_.clear();
}

bool WorkerPool::post(Job& job, bool urgent) {
    {
        const std::lock_guard lock{mutex_};
        const auto room = threads_.size() + settings_.queue;
        if (stopped_ || (!urgent && queue_.size() + running_ >= room)) {
            ++refused_;
            return false;
        }
        queue_.push_back(&job);
    }
    wake_.notify_one();
    return true;
}

void WorkerPool::work() {
    std::unique_lock lock{mutex_};
    for (;;) {
        wake_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
        if (queue_.empty()) return;
        Job& job = *queue_.front();
        queue_.pop_front();
        ++running_;
        lock.unlock();
        job.run();
        lock.lock();
        --running_;
        ++done_;
    }
}

Statistics::OneLane WorkerPool::statistics() const {
    const std::lock_guard lock{mutex_};
    return {queue_.size(), running_, done_, refused_};
}

Lanes::Lanes(const std::array<LaneSettings, lane_count>& settings)
    : pools_{pools_of(settings, std::make_index_sequence<lane_count>())} {}

void Lanes::start() {
    for (auto& pool : pools_) pool.start();
}

void Lanes::stop() {
    for (auto& pool : pools_) pool.stop();
}

std::array<Statistics::OneLane, lane_count> Lanes::statistics() const {
    std::array<Statistics::OneLane, lane_count> all;
    for (std::size_t i = 0; i < lane_count; ++i) all[i] = pools_[i].statistics();
    return all;
}

}  // namespace kalends::http
