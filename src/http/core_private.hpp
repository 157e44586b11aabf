#pragma once
// What all threads of one server share.

#include "base/clock.hpp"
#include "http/lanes.hpp"
#include "http/parser_private.hpp"
#include "http/proxies.hpp"
#include "http/server.hpp"
#include "http/spool.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <unordered_map>

namespace kalends::http {

/// Counts for Statistics; each is its own truth, so that relaxed order will do.
struct Counters {
    using Count = std::atomic<std::uint64_t>;
    Count accepted{0}, refused_connections{0}, handshake_failures{0}, timeouts{0};
    Count requests{0}, from_memory{0}, bytes_in{0}, bytes_out{0};
    std::array<Count, 5> by_class{};
    Count spooled_bodies{0};
    std::atomic<std::size_t> body_bytes{0};

    static void add(Count& count, std::uint64_t number = 1) {
        count.fetch_add(number, std::memory_order_relaxed);
    }
};

/// Counts open connections, in all and by address.
class ConnectionGate {
public:
    explicit ConnectionGate(const Limits& limits) : limits_{limits} {}

    /// False if there are too many. `exempt`: this address may have any number (a proxy).
    bool enter(const std::string& address, bool exempt);
    void leave(const std::string& address, bool exempt);

    [[nodiscard]] std::size_t count() const;
    /// Waits until none is left; false if some are after `timeout`.
    bool wait_until_empty(std::chrono::milliseconds timeout);

private:
    const Limits& limits_;
    mutable std::mutex mutex_;
    std::condition_variable empty_;
    std::size_t count_ = 0;
    std::unordered_map<std::string, std::size_t> by_address_;
};

struct Core {
    Core(ServerSettings given, Handler& answers);

    ServerSettings settings;
    Handler& handler;
    Networks trusted;
    Spool spool;
    Lanes lanes;
    Counters counters;
    ConnectionGate gate;
    std::string id_prefix;         // of this process, at the front of each request id
    std::atomic<bool> cut{false};  // stop() has lost patience: nothing more is computed

    [[nodiscard]] Statistics statistics() const;
};

}  // namespace kalends::http
