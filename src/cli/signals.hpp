#pragma once
// Signals as a queue that one thread reads, so that nothing has to be safe in a handler.

#include <chrono>
#include <csignal>

namespace kalends::cli {

/// Blocks SIGTERM, SIGINT and SIGHUP in this thread and all that it starts; SIGPIPE is ignored. To
/// be made before any thread.
class Signals {
public:
    Signals();

    /// The next of them, or 0 if none comes in that time.
    [[nodiscard]] int wait(std::chrono::milliseconds limit) const;

private:
    sigset_t set_{};
};

}  // namespace kalends::cli
