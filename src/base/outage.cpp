#include "base/outage.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

namespace kalends {
namespace {

constexpr std::chrono::seconds interval{10};

}  // namespace

void Outage::failed(const std::string& reason) {
    const std::lock_guard lock(mutex_);
    const auto now = clock::now();
    failed_last_ = now;
    ++failures_;
    if (!lasts_.exchange(true)) {
        began_ = written_last_ = now;
        log(Level::error, event_, {{"error", reason}});
    } else if (now - written_last_ >= interval) {
        written_last_ = now;
        log(Level::error, event_ + ".lasts",
            {{"failures", std::to_string(failures_)}, {"seconds", seconds()}, {"error", reason}});
    }
}

void Outage::end_if_quiet() {
    const std::lock_guard lock(mutex_);
    if (clock::now() - failed_last_ < interval || !lasts_.exchange(false)) return;
    log(Level::warning, event_ + ".over",
        {{"failures", std::to_string(failures_)}, {"seconds", seconds()}});
    failures_ = 0;
}

/// From the first failure to the last.
std::string Outage::seconds() const {
    return std::to_string(
        std::chrono::duration_cast<std::chrono::seconds>(failed_last_ - began_).count());
}

}  // namespace kalends
