#pragma once
// Groups change: who comes to one is invited to the meetings to come that it is invited to, and who
// leaves it is told that they are cancelled. In the background, some time after the change.

#include "sched/scheduler.hpp"
#include "store/group_changes.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace kalends::sched {

class GroupKeeper {
public:
    /// Starts the thread. Both live longer than this. A group is seen to when it has not changed
    /// for `settled`: one who is taken out of a group and put into another in it stays invited.
    GroupKeeper(store::Database& database, Scheduler& scheduler, std::chrono::seconds settled);
    ~GroupKeeper();
    GroupKeeper(const GroupKeeper&) = delete;
    GroupKeeper& operator=(const GroupKeeper&) = delete;

    static constexpr std::chrono::seconds usually_settled{10};

    /// Sees to groups that have not changed since `until` (seconds since 1970). The number of
    /// meetings that have changed. Whoever does it a second time changes nothing. Throws
    /// store::Unavailable.
    static std::size_t follow(store::Database& database, Scheduler& scheduler, std::int64_t until,
                              const std::stop_token& stop = {});

private:
    void work_in_background(const std::stop_token& stop, std::chrono::seconds settled);

    store::Database& database_;
    Scheduler& scheduler_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::jthread thread_;
};

}  // namespace kalends::sched
