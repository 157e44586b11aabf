#pragma once
// Tells other nodes to look at change_log. From a thread of its own and never inside a writing
// transaction: a NOTIFY in every commit costs two thirds of the commits, since PostgreSQL lets only
// one of these commit at a time.

#include "store/database.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace kalends::store {

inline constexpr const char* notify_channel = "kalends_changes";

class Notifier {
public:
    explicit Notifier(const Settings& settings);
    ~Notifier();
    Notifier(const Notifier&) = delete;
    Notifier& operator=(const Notifier&) = delete;

    /// Something was committed. Cheap; many calls become one NOTIFY.
    void poke();

    /// The backend that sends: what comes from it is our own.
    [[nodiscard]] int backend() const { return backend_.load(); }

private:
    void work();
    bool wait_for_poke();

    const Settings& settings_;
    std::atomic<int> backend_{0};
    std::mutex mutex_;
    std::condition_variable woken_;
    bool poked_ = false;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace kalends::store
