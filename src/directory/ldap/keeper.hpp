#pragma once
// Keeps the principals as the directory says: at once where the server tells of changes (RFC 4533),
// and every ldap.sync_interval.

#include "directory/ldap/sync.hpp"

#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace kalends::directory::ldap {

class Keeper {
public:
    /// Starts; `db` lives longer. What fails is written to the log once, and tried again.
    Keeper(Settings settings, store::Database& db);
    /// Ends within about a second, or ldap.timeout when the directory hangs.
    ~Keeper();
    Keeper(const Keeper&) = delete;
    Keeper& operator=(const Keeper&) = delete;

private:
    using Moment = std::chrono::steady_clock::time_point;

    void work(const std::stop_token& stop);
    void synchronise_once();
    void tell(const SyncReport& report);
    void wait(const std::stop_token& stop, Moment until);
    void watch();

    Servers servers_;
    store::Database& db_;
    Outage outage_{"ldap.sync_failed"};
    std::unique_ptr<Connection> watching_;
    Moment watch_again_;
    Moment full_again_;
    std::string marker_;   // of what was read last
    std::string told_;     // what was skipped and held, so that the log has it once
    std::jthread thread_;  // last: it uses the others
};

}  // namespace kalends::directory::ldap
