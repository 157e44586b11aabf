#include "http/server.hpp"

#include "base/log.hpp"
#include "base/text.hpp"
#include "http/listener_private.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>
#include <unistd.h>

namespace kalends::http {
namespace {

// Once everything is cut, sessions end as soon as their thread comes to them.
constexpr std::chrono::seconds time_to_unwind{10};

void check(const ServerSettings& settings) {
    if (settings.listeners.empty()) throw std::runtime_error("there is no address to listen on");
    for (const auto& listener : settings.listeners) {
        if (listener.certificate_file.empty() != listener.key_file.empty())
            throw std::runtime_error(
                "TLS on " + listener.address +
                " needs both a certificate and a key, and one of them is not set");
    }
    if (settings.limits.max_header_bytes < 1024)
        throw std::runtime_error("max_header_bytes must be 1024 or more: clients need that much");
}

/// OpenSSL writes with write(), which raises SIGPIPE when the client has gone. Who has a handler
/// keeps it.
void ignore_broken_pipes() {
    struct sigaction before {};
    if (::sigaction(SIGPIPE, nullptr, &before) == 0 && before.sa_handler == SIG_DFL)
        std::signal(SIGPIPE, SIG_IGN);
}

/// Without a place for them, large bodies are refused; all else goes on.
void warn_if_unusable(const Spool& spool) {
    try {
        const auto trial = spool.make();
    } catch (const std::system_error& error) {
        log(Level::warning, "http.spool.unusable", {{"why", error.what()}});
    }
}

std::optional<long long> environment_number(const char* name) {
    const char* value =
        std::getenv(name);  // NOLINT(concurrency-mt-unsafe): read once, before threads start
    return value == nullptr ? std::nullopt : text::to_number(value);
}

}  // namespace

class Server::Impl {
public:
    Impl(ServerSettings settings, Handler& handler) : core_{std::move(settings), handler} {}
    ~Impl() { stop(); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void start();
    void stop();
    [[nodiscard]] std::vector<std::uint16_t> ports() const;
    void reload_tls();
    [[nodiscard]] Statistics statistics() const { return core_.statistics(); }

private:
    Core core_;
    std::vector<std::unique_ptr<NetworkThread>> threads_;
    std::vector<std::unique_ptr<Acceptor>> acceptors_;
    bool running_ = false;
};

void Server::Impl::start() {
    ignore_broken_pipes();
    warn_if_unusable(core_.spool);
    const auto count = std::max(core_.settings.network_threads, 1U);
    for (unsigned i = 0; i < count; ++i)
        threads_.push_back(std::make_unique<NetworkThread>(core_, i));
    for (const auto& listener : core_.settings.listeners)
        acceptors_.push_back(std::make_unique<Acceptor>(core_, threads_, listener));
    running_ = true;
    core_.lanes.start();
    for (auto& thread : threads_) thread->start();
    for (auto& acceptor : acceptors_) acceptor->start();
}

void Server::Impl::stop() {
    if (!running_) return;
    running_ = false;
    for (auto& acceptor : acceptors_) acceptor->stop();
    for (auto& thread : threads_) thread->drain();
    core_.gate.wait_until_empty(core_.settings.timeouts.drain);
    core_.cut = true;
    for (auto& thread : threads_) thread->cut();
    core_.lanes.stop();  // handlers that run are waited for; what is queued wakes its session,
                         // which then ends
    core_.gate.wait_until_empty(time_to_unwind);
    for (auto& thread : threads_) thread->finish();
}

std::vector<std::uint16_t> Server::Impl::ports() const {
    std::vector<std::uint16_t> all;
    for (const auto& acceptor : acceptors_) all.push_back(acceptor->port());
    return all;
}

void Server::Impl::reload_tls() {
    for (auto& acceptor : acceptors_) acceptor->reload_tls();
}

Server::Server(ServerSettings settings, Handler& handler) {
    check(settings);
    impl_ = std::make_unique<Impl>(std::move(settings), handler);
}

Server::~Server() = default;
void Server::start() { impl_->start(); }
void Server::stop() { impl_->stop(); }
std::vector<std::uint16_t> Server::ports() const { return impl_->ports(); }
void Server::reload_tls() { impl_->reload_tls(); }
Statistics Server::statistics() const { return impl_->statistics(); }

std::vector<int> activated_sockets() {
    constexpr int first = 3;  // SD_LISTEN_FDS_START
    const auto pid = environment_number("LISTEN_PID");
    const auto count = environment_number("LISTEN_FDS");
    std::vector<int> sockets;
    if (!pid || !count || *pid != ::getpid()) return sockets;
    for (int i = 0; i < *count && i < 64; ++i) sockets.push_back(first + i);
    return sockets;
}

}  // namespace kalends::http
