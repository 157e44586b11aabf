#pragma once
// What systemd wants to hear: sd_notify(3), sd_watchdog_enabled(3). Without systemd each of these
// does nothing.

#include <chrono>
#include <optional>
#include <string>

namespace kalends::cli::service_manager {

void ready(const std::string& status);
void reloading();
void stopping();
void alive();

/// How often alive() is to be called; nothing: never.
std::optional<std::chrono::milliseconds> watchdog_interval();

}  // namespace kalends::cli::service_manager
