#include "base/clock.hpp"
#include "base/log.hpp"
#include "mail/event_private.hpp"
#include "mail/lmtp_session_private.hpp"
#include "mail/lmtp_socket_private.hpp"

#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <list>
#include <mutex>
#include <poll.h>
#include <system_error>
#include <thread>

namespace kalends::mail {
namespace {

/// In one write, which a new socket always takes: nobody waits for who may not speak.
void turn_away(int connection, const char* why) {
    const Reply reply{.code = 421, .lines = {why}};
    const auto words = reply.on_wire();
    (void)::send(connection, words.data(), words.size(), MSG_NOSIGNAL);
}

std::string name_of(const LmtpPeer& peer) {
    std::string name = peer.address.empty() ? "unix" : peer.address;
    if (peer.account) name += " account " + std::to_string(*peer.account);
    return name;
}

}  // namespace

class LmtpServer::Service {
public:
    explicit Service(LmtpSettings settings)
        : settings_(std::move(settings)), budget_(settings_.kept_bytes),
          listener_(listen_at(settings_.listen)), port_(port_of(listener_.get())),
          thread_([this] { accept_all(); }) {}

    ~Service() {
        stop_waiting_.set();
        thread_.join();
        {
            std::unique_lock lock(mutex_);
            ended_.wait_for(lock, settings_.times.drain, [this] { return running_ == 0; });
        }
        stop_all_.set();
        for (auto& session : sessions_) session.thread.join();
        if (!settings_.listen.socket.empty()) ::unlink(settings_.listen.socket.c_str());
    }
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    struct Session {
        std::thread thread;
        bool has_ended = false;  // under the mutex
    };

    void accept_all() {
        for (;;) {
            std::array waiting{pollfd{.fd = listener_.get(), .events = POLLIN, .revents = 0},
                               pollfd{.fd = stop_waiting_.get(), .events = POLLIN, .revents = 0}};
            (void)::poll(waiting.data(), waiting.size(), -1);
            if (waiting[1].revents != 0) return;
            Descriptor connection{
                ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
            if (connection.is_open())
                begin(std::move(connection));
            else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM)
                std::this_thread::sleep_for(std::chrono::milliseconds{100});
        }
    }

    void begin(Descriptor connection) {
        try {
            reap();
            const auto peer = peer_of(connection.get());
            if (!settings_.may_speak(peer)) {
                log(Level::warning, "lmtp.refused", {{"who", name_of(peer)}});
                return turn_away(connection.get(), "4.7.0 You may not hand over mail here.");
            }
            if (sessions_.size() >= settings_.connections) {
                log(Level::warning, "lmtp.full", {{"who", name_of(peer)}});
                return turn_away(connection.get(), "4.3.2 There are too many connections.");
            }
            start(std::move(connection));
        } catch (const std::exception& error) {
            log(Level::error, "lmtp.accept", {{"why", error.what()}});
        }
    }

    void start(Descriptor connection) {
        auto& session = sessions_.emplace_back();
        {
            const std::lock_guard lock(mutex_);
            ++running_;
        }
        try {
            session.thread = std::thread(
                [this, &session](Descriptor socket) {
                    serve(std::move(socket));
                    const std::lock_guard lock(mutex_);
                    session.has_ended = true;
                    --running_;
                    ended_.notify_all();
                },
                std::move(connection));
        } catch (const std::system_error&) {
            const std::lock_guard lock(mutex_);
            --running_;
            sessions_.pop_back();
            throw;
        }
    }

    void serve(Descriptor socket) noexcept {
        Connection client{std::move(socket), clock::steady()};
        const auto onward =
            settings_.next ? to_next_server(settings_, stop_all_.get()) : into_spool(settings_);
        LmtpSession(settings_, budget_, client, *onward, {stop_waiting_.get(), stop_all_.get()})
            .run();
    }

    /// Only the thread that accepts, and at the end nobody else, touches the list.
    void reap() {
        const std::lock_guard lock(mutex_);
        sessions_.remove_if([](Session& session) {
            if (session.has_ended) session.thread.join();
            return session.has_ended;
        });
    }

    LmtpSettings settings_;
    MemoryBudget budget_;
    Event stop_waiting_, stop_all_;
    Descriptor listener_;
    std::uint16_t port_;
    std::mutex mutex_;
    std::condition_variable ended_;
    std::size_t running_ = 0;
    std::list<Session> sessions_;
    std::thread thread_;
};

LmtpServer::LmtpServer(LmtpSettings settings)
    : service_(std::make_unique<Service>(std::move(settings))) {}
LmtpServer::~LmtpServer() = default;

std::uint16_t LmtpServer::port() const { return service_->port(); }

}  // namespace kalends::mail
