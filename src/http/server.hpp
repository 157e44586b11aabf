#pragma once
// The HTTP/1.1 server (RFC 9112): listens, parses, guards limits and time, and asks a Handler for
// answers. Coroutines on a few network threads do the waiting; handlers run on bounded pools of
// workers, one a Lane.

#include "http/message.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace kalends::http {

/// Where to listen. With a certificate it speaks TLS 1.2 or newer, else plain HTTP.
struct Listener {
    std::string address = "127.0.0.1";  ///< an IPv4 or IPv6 address; "::" is all of both
    std::uint16_t port = 0;             ///< 0: any free one, see Server::ports()
    std::string certificate_file;       ///< PEM, the server's certificate first; empty: no TLS
    std::string key_file;               ///< PEM
    std::string client_ca_file = {};    ///< PEM, authorities of client certificates; empty: clients
                                        ///< are asked for none
    std::string client_crl_file = {};   ///< PEM, what these have revoked; empty: not looked at
    bool client_certificate_required = false;
    int inherited_fd =
        -1;  ///< a listening socket from the service manager, instead of address and port
};

/// What one client may take. Each has an answer of its own; none of them lets memory or disk
/// grow.
struct Limits {
    std::size_t max_header_bytes = 32UL
                                   << 10U;  ///< request line and fields: 431, or 414 for the line
    std::size_t max_body_bytes = 10UL
                                 << 20U;  ///< of one request: 413, before reading where declared
    std::size_t max_body_bytes_in_all =
        256UL << 20U;  ///< bodies that are in memory at the same time: 503
    std::uint64_t max_spooled_body_bytes =
        4ULL << 30U;  ///< of one request whose BodyRule allows a file: 413, as above
    std::uint64_t max_spooled_bytes_in_all = 16ULL
                                             << 30U;  ///< that lie in files at the same time: 503
    std::size_t max_connections = 10'000;             ///< 503 and closed
    std::size_t max_connections_per_address =
        500;  ///< 503 and closed; trusted proxies are not counted
};

struct Timeouts {
    std::chrono::milliseconds header{
        15'000};  ///< from the first byte of a request to the end of its fields: 408
    std::chrono::milliseconds body{
        30'000};  ///< for a body, plus a second for each 4 KB that came: 408
    std::chrono::milliseconds idle{75'000};  ///< between requests: closed
    std::chrono::milliseconds write{
        30'000};  ///< for a piece of an answer, plus a second for each 4 KB: closed
    std::chrono::milliseconds drain{10'000};  ///< how long stop() lets running requests finish
};

/// A bounded pool of workers: more than `queue` waiting requests get a 503 with Retry-After.
struct LaneSettings {
    unsigned workers = 4;
    std::size_t queue = 256;
};

constexpr std::size_t lane_count = 5;
constexpr std::size_t index(Lane lane) { return static_cast<std::size_t>(lane); }

struct ServerSettings {
    std::vector<Listener> listeners;
    Limits limits;
    Timeouts timeouts;
    /// By Lane: read, write, report, login, guest.
    std::array<LaneSettings, lane_count> lanes{{{4, 1024}, {8, 1024}, {2, 256}, {2, 64}, {2, 64}}};
    /// Addresses and networks ("10.0.0.0/8") whose Forwarded and X-Forwarded-* fields are believed.
    std::vector<std::string> trusted_proxies;
    bool gzip = true;
    std::size_t gzip_min_bytes = 2048;         ///< a shorter body is sent as it is
    std::string spool_directory = "/var/tmp";  ///< for bodies that are too large for memory
    unsigned network_threads = 1;
};

/// Counts since the start and sizes of the moment, for /metrics.
struct Statistics {
    struct OneLane {
        std::size_t queued = 0;   ///< now
        std::size_t running = 0;  ///< now
        std::uint64_t done = 0;
        std::uint64_t refused = 0;  ///< 503, the queue was full
    };
    std::size_t connections = 0;  ///< open now
    std::uint64_t accepted = 0;
    std::uint64_t refused_connections = 0;  ///< above a limit
    std::uint64_t handshake_failures = 0;
    std::uint64_t timeouts = 0;
    std::uint64_t requests = 0;
    std::uint64_t from_memory = 0;            ///< answered on a network thread
    std::array<std::uint64_t, 5> by_class{};  ///< answers 1xx to 5xx
    std::uint64_t bytes_in = 0;
    std::uint64_t bytes_out = 0;
    std::size_t body_bytes = 0;       ///< of requests, in memory now
    std::uint64_t spooled_bytes = 0;  ///< of requests, in files now
    std::uint64_t spooled_bodies = 0;
    std::array<OneLane, lane_count> lanes{};
};

class Server {
public:
    /// Throws std::runtime_error with a sentence for the administrator where the settings can't be.
    Server(ServerSettings settings, Handler& handler);
    /// stop(), if nobody called it.
    ~Server();
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Binds and serves on threads of its own. Throws std::runtime_error with a sentence when a
    /// port is taken, an address is not of this machine, or a certificate can't be read.
    void start();

    /// The port of each listener, in their order, once it is started.
    [[nodiscard]] std::vector<std::uint16_t> ports() const;

    /// Accepts no more, lets running requests finish for at most Timeouts::drain, closes the rest.
    /// Blocks; it also waits for handlers that are still running, since they use what the caller is
    /// about to destroy.
    void stop();

    /// Reads the certificates again, for connections from now on. Throws std::runtime_error and
    /// keeps the old ones if one can't be used.
    void reload_tls();

    [[nodiscard]] Statistics statistics() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

/// Listening sockets that systemd gave to this process (LISTEN_PID, LISTEN_FDS; sd_listen_fds(3)),
/// in their order; empty if none.
std::vector<int> activated_sockets();

}  // namespace kalends::http
