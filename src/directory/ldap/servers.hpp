#pragma once
// Several servers of one directory: which of them is asked.

#include "base/outage.hpp"
#include "directory/ldap/connection.hpp"

#include <memory>
#include <mutex>

namespace kalends::directory::ldap {

/// Who writes to the log that the directory is down, and that it is back.
enum class Telling { by_log, by_caller };

/// Thread-safe.
class Servers {
public:
    explicit Servers(Settings settings, Telling telling = Telling::by_caller);

    [[nodiscard]] const Settings& settings() const { return settings_; }

    /// Connects to the first server that answers and has not failed lately; all of them share the
    /// time. Throws DirectoryUnavailable, at once while all have failed a moment ago.
    std::unique_ptr<Connection> connect(Deadline deadline);
    /// The same, bound as the settings say.
    std::unique_ptr<Connection> connect_as_service(Deadline deadline);

    /// What was connected has failed: others are asked first for a while.
    void failed(const std::string& uri, const std::string& why);
    /// A login has failed by them: while all have failed lately, the next ones fail at once, for a
    /// time that grows.
    void gave_up(const std::string& why);
    void succeeded();

private:
    std::vector<std::size_t> in_order();
    void answered(std::size_t server);

    Settings settings_;
    Telling telling_;
    Outage outage_{"ldap.unavailable"};
    std::mutex mutex_;
    struct State {
        Deadline avoid_until;
        bool down = false;
    };
    std::vector<State> states_;  // of each server
    Deadline all_down_until_;
    std::chrono::seconds pause_{0};
    std::string why_all_down_;
};

}  // namespace kalends::directory::ldap
