#pragma once
// Bounded pools of workers, one for each Lane, so that one kind of work can't starve another.

#include "http/server.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace kalends::http {

/// Something to run on a worker. Who posts it keeps it alive until run() is called, and may destroy
/// it from inside run(): nobody looks at it afterwards.
class Job {
public:
    Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    virtual ~Job() = default;
    virtual void run() noexcept = 0;
};

/// One pool: a queue and its threads.
class WorkerPool {
public:
    explicit WorkerPool(const LaneSettings& settings) : settings_{settings} {}
    ~WorkerPool() { stop(); }
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    void start();
    /// Runs what is queued, then ends the threads.
    void stop();

    /// False if the queue is full, or the pool stopped: then the job is not run. A job that
    /// continues something already begun is `urgent`: it is refused only by a stopped pool.
    bool post(Job& job, bool urgent);

    [[nodiscard]] Statistics::OneLane statistics() const;

private:
    void work();

    LaneSettings settings_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job*> queue_;
    std::size_t running_ = 0;
    std::uint64_t done_ = 0;
    std::uint64_t refused_ = 0;
    bool stopped_ = true;
    std::vector<std::thread> threads_;
};

class Lanes {
public:
    explicit Lanes(const std::array<LaneSettings, lane_count>& settings);
    void start();
    void stop();
    bool post(Lane lane, Job& job, bool urgent = false) {
        return pools_.at(index(lane)).post(job, urgent);
    }
    [[nodiscard]] std::array<Statistics::OneLane, lane_count> statistics() const;

private:
    std::array<WorkerPool, lane_count> pools_;
};

}  // namespace kalends::http
