#pragma once
// A failure that repeats, as an operator wants to read of it: one line when it begins, one every
// ten seconds with how often it has happened, and one when it is over.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

namespace kalends {

class Outage {
public:
    /// `event` names the lines: "store.unavailable", "store.unavailable.lasts" and
    /// "store.unavailable.over".
    explicit Outage(std::string_view event) : event_(event) {}

    void failed(const std::string& reason);

    /// It is over when nothing has failed for ten seconds, so that one success between two failures
    /// does not begin all anew.
    void succeeded() {
        if (lasts_.load(std::memory_order_relaxed)) end_if_quiet();
    }

private:
    using Moment = std::chrono::system_clock::time_point;

    void end_if_quiet();
    [[nodiscard]] std::string seconds() const;

    std::string event_;
    std::atomic<bool> lasts_{false};
    std::mutex mutex_;
    Moment began_, failed_last_, written_last_;
    std::uint64_t failures_ = 0;
};

}  // namespace kalends
