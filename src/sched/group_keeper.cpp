#include "sched/group_keeper.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

namespace kalends::sched {
namespace {

constexpr std::size_t page = 100;
constexpr std::chrono::seconds between_looks{5};
/// Local times are stored as if they were UTC.
constexpr std::int64_t a_day = 86'400;

/// Of one group, page by page.
class Following {
public:
    Following(store::Database& database, Scheduler& scheduler, store::PrincipalId group)
        : database_(database), scheduler_(scheduler), group_(group) {}

    std::size_t run(const std::stop_token& stop) {
        store::GroupMeeting last{};
        std::size_t changed = 0;
        for (;;) {
            const auto meetings =
                store::meetings_of_group(database_, group_, clock::unix_now() - a_day, last, page);
            for (const auto& meeting : meetings) {
                if (stop.stop_requested()) return changed;
                changed += follow(meeting) ? 1 : 0;
            }
            if (meetings.size() < page) return changed;
            last = meetings.back();
        }
    }

    bool is_whole = true;  ///< false: the database was away for some meeting

private:
    /// One that can't be changed does not keep the others from it: its organizer's next change
    /// brings it in step, or, where the database was away, the next pass.
    bool follow(const store::GroupMeeting& meeting) {
        try {
            return scheduler_.follow_groups(meeting.home, meeting.uid);
        } catch (const store::Unavailable& error) {
            failed(meeting, error);
            is_whole = false;
        } catch (const std::exception& error) {
            failed(meeting, error);
        }
        return false;
    }

    static void failed(const store::GroupMeeting& meeting, const std::exception& error) {
        log(Level::warning, "schedule.group.failed", {{"uid", meeting.uid}, {"why", error.what()}});
    }

    store::Database& database_;
    Scheduler& scheduler_;
    store::PrincipalId group_;
};

}  // namespace

GroupKeeper::GroupKeeper(store::Database& database, Scheduler& scheduler,
                         std::chrono::seconds settled)
    : database_(database), scheduler_(scheduler),
      thread_([this, settled](const std::stop_token& stop) { work_in_background(stop, settled); }) {
}

GroupKeeper::~GroupKeeper() {
    thread_.request_stop();
    woken_.notify_all();
}

std::size_t GroupKeeper::follow(store::Database& database, Scheduler& scheduler, std::int64_t until,
                                const std::stop_token& stop) {
    std::size_t changed = 0;
    for (const auto& change : store::changed_groups(database, until, page)) {
        Following following(database, scheduler, change.group);
        changed += following.run(stop);
        if (stop.stop_requested()) return changed;  // begun again when the server is back
        if (following.is_whole) store::forget_change(database, change);
    }
    return changed;
}

void GroupKeeper::work_in_background(const std::stop_token& stop, std::chrono::seconds settled) {
    while (!stop.stop_requested()) {
        {
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, stop, between_looks, [] { return false; });
        }
        if (stop.stop_requested()) return;
        try {
            const auto changed =
                follow(database_, scheduler_, clock::unix_now() - settled.count(), stop);
            if (changed != 0)
                log(Level::info, "schedule.groups", {{"meetings", std::to_string(changed)}});
        } catch (const std::exception& error) {
            log(Level::debug, "schedule.group.waiting", {{"why", error.what()}});
        }
    }
}

}  // namespace kalends::sched
