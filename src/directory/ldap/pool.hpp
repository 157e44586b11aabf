#pragma once
// Connections for logins: at most so many at the same time, kept open between them.

#include "directory/ldap/servers.hpp"

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace kalends::directory::ldap {

/// What one login uses.
struct Pair {
    std::unique_ptr<Connection> searching;  ///< bound as the settings say
    std::unique_ptr<Connection> binding;    ///< bound as whoever logged in with it last
};

/// Thread-safe.
class Pool {
public:
    /// `servers` lives longer.
    Pool(Servers& servers, std::size_t most) : servers_(servers), free_(most) {}

    class Lease {
    public:
        Lease(Pool& pool, Pair pair) : pool_(pool), pair_(std::move(pair)) {}
        ~Lease() { pool_.give_back(std::move(pair_)); }
        Lease(const Lease&) = delete;
        Lease& operator=(const Lease&) = delete;

        /// Runs `work(Connection&)` with the one that searches, or that binds. One that was open
        /// already may have been closed by the server: then once more with a new one.
        template <class Work> auto search(Deadline deadline, Work&& work) {
            return pool_.use(
                pair_.searching, deadline,
                [&] { return pool_.servers_.connect_as_service(deadline); }, work);
        }
        template <class Work> auto bind(Deadline deadline, Work&& work) {
            return pool_.use(
                pair_.binding, deadline, [&] { return pool_.servers_.connect(deadline); }, work);
        }

    private:
        Pool& pool_;
        Pair pair_;
    };

    /// Waits for one to come free until then. Throws DirectoryUnavailable.
    Lease take(Deadline deadline);

    [[nodiscard]] Servers& servers() { return servers_; }

private:
    void give_back(Pair pair) noexcept;
    static Deadline half_way_to(Deadline deadline);

    template <class Connect, class Work> auto use(std::unique_ptr<Connection>& connection,
                                                  Deadline deadline, Connect&& connect,
                                                  Work&& work) {
        if (connection) {
            try {
                return work(*connection, half_way_to(deadline));
            } catch (const DirectoryUnavailable&) {
                connection.reset();
            }
        }
        connection = connect();
        try {
            return work(*connection, deadline);
        } catch (const DirectoryUnavailable& error) {
            servers_.failed(connection->uri(), error.what());
            connection.reset();
            throw;
        }
    }

    Servers& servers_;
    std::mutex mutex_;
    std::condition_variable came_free_;
    std::size_t free_;
    std::vector<Pair> idle_;
};

}  // namespace kalends::directory::ldap
