#include "cli/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <ctime>

namespace kalends::cli::service_manager {

void ready(const std::string& status) { sd_notify(0, ("READY=1\nSTATUS=" + status).c_str()); }

void reloading() {
    timespec now{};
    clock_gettime(CLOCK_MONOTONIC, &now);
    const auto microseconds = std::to_string(now.tv_sec * 1'000'000LL + now.tv_nsec / 1000);
    sd_notify(0, ("RELOADING=1\nMONOTONIC_USEC=" + microseconds).c_str());
}

void stopping() { sd_notify(0, "STOPPING=1"); }
void alive() { sd_notify(0, "WATCHDOG=1"); }

std::optional<std::chrono::milliseconds> watchdog_interval() {
    std::uint64_t microseconds = 0;
    if (sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
    // sd_watchdog_enabled(3) advises half of the time.
    return std::chrono::milliseconds{microseconds / 2000};
}

}  // namespace kalends::cli::service_manager
