#pragma once
// Carries what waits for others to them: at once for those who wrote it, and what was too much, or
// failed, or was left by a server that was killed, in the background.

#include "sched/receive.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace kalends::sched {

class Courier {
public:
    struct Settings {
        std::size_t at_once = 60;  ///< homes that are written to before the answer is sent
        Site site = {};
    };

    /// Starts the thread that works in the background.
    Courier(store::Database& database, Settings settings);
    ~Courier();
    Courier(const Courier&) = delete;
    Courier& operator=(const Courier&) = delete;

    /// Applies these and what comes of them, up to a number; the rest is left to the background.
    /// Throws nothing: what fails is tried again later.
    void carry(std::vector<Hop> hops) noexcept;

    [[nodiscard]] const Settings& settings() const { return settings_; }

private:
    /// Hops that somebody waits for.
    struct Round {
        std::vector<Hop> hops;
        std::vector<std::optional<std::vector<Hop>>> results;  ///< nothing: it is done alone
        bool leads = false;                                    ///< its thread takes the next batch
        bool is_done = false;
        std::condition_variable woken;
    };

    void work_in_background(const std::stop_token& stop);
    bool carry_waiting(std::int64_t older_than);

    /// What comes of these. All that wait at the same moment are applied together: by the thread of
    /// the one that has waited longest.
    std::vector<Hop> together(std::vector<Hop> hops);
    void wait_for_results(Round& mine);
    std::vector<Round*> take_batch();
    void run(const std::vector<Round*>& batch) noexcept;
    std::vector<std::optional<std::vector<Hop>>> try_together(std::span<const Hop> hops) noexcept;
    /// What comes of one, in a transaction of its own.
    std::vector<Hop> alone(const Hop& hop) noexcept;

    store::Database& database_;
    Settings settings_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    bool is_left_ = false;  // something was left to the background

    std::mutex rounds_mutex_;
    std::deque<Round*> rounds_;  // that wait
    bool is_led_ = false;

    std::jthread thread_;
};

}  // namespace kalends::sched
