#pragma once
// Works off what the mail system has put into the spool, in the background: a delivery never waits
// for the server or the database (decision 0016).

#include "sched/arrivals.hpp"

#include <sys/types.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kalends::sched {

class SpoolReader {
public:
    struct Settings {
        std::filesystem::path folder;
        std::optional<std::vector<uid_t>> owners;  ///< who may put something there; nothing: all
    };

    /// Makes the folder where it is missing, and starts the thread. `arrivals` lives longer. Throws
    /// mail::SpoolError.
    SpoolReader(Arrivals& arrivals, Settings settings);
    ~SpoolReader();
    SpoolReader(const SpoolReader&) = delete;
    SpoolReader& operator=(const SpoolReader&) = delete;

private:
    void work_in_background(const std::stop_token& stop);
    void read_all(const std::stop_token& stop);
    /// Whether it is done with: taken, or given up.
    bool read(const std::string& name);
    void give_up(const std::string& name, std::string_view why);

    Arrivals& arrivals_;
    Settings settings_;
    std::map<std::string, int> failures_;  // of those that are tried again
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::jthread thread_;
};

}  // namespace kalends::sched
