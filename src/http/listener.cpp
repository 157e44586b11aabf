#include "base/log.hpp"
#include "http/listener_private.hpp"
#include "http/session_private.hpp"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <sys/socket.h>

#include <stdexcept>

namespace kalends::http {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// When the process has no file descriptors left, accepting again at once would only burn a
// processor.
constexpr std::chrono::milliseconds pause_after_error{100};

std::string place_of(const Listener& listener) {
    const bool v6 = listener.address.find(':') != std::string::npos;
    return (v6 ? "[" + listener.address + "]" : listener.address) + ":" +
           std::to_string(listener.port);
}

/// Why binding failed, in a sentence that says what to do.
std::string sentence(const Listener& listener, const error_code& error) {
    const auto place = place_of(listener);
    if (error == asio::error::address_in_use)
        return place +
               " is already taken: another program listens there; stop it, or choose another port";
    if (error == asio::error::access_denied)
        return place + " can't be bound: ports below 1024 need CAP_NET_BIND_SERVICE, or a socket "
                       "from systemd";
    if (error == error_code{EADDRNOTAVAIL, boost::system::system_category()})
        return place + " can't be bound: this machine does not have that address";
    return place + " can't be bound: " + error.message();
}

/// A connection that is too many: it is told so where that costs nothing.
void turn_away(int socket) {
    constexpr std::string_view answer = "HTTP/1.1 503 Service Unavailable\r\nConnection: "
                                        "close\r\nRetry-After: 5\r\nContent-Length: 0\r\n\r\n";
    if (::send(socket, answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) return;
    ::shutdown(socket, SHUT_WR);
}

}  // namespace

Acceptor::Acceptor(Core& core, const std::vector<std::unique_ptr<NetworkThread>>& threads,
                   const Listener& listener)
    : core_{core}, threads_{threads}, acceptor_{threads.front()->io()}, pause_{
                                                                            threads.front()->io()} {
    if (!listener.certificate_file.empty()) tls_ = std::make_unique<TlsContext>(listener);
    if (listener.inherited_fd >= 0) {
        adopt(listener.inherited_fd);
    } else {
        open(listener);
    }
    acceptor_.non_blocking(true);
    port_ = acceptor_.local_endpoint().port();
}

void Acceptor::open(const Listener& listener) {
    error_code error;
    const auto address = asio::ip::make_address(listener.address, error);
    if (error)
        throw std::runtime_error("\"" + listener.address + "\" is not an address to listen on");
    const Tcp::endpoint endpoint{address, listener.port};
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    if (address.is_v6()) acceptor_.set_option(asio::ip::v6_only(false), error);
    acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw std::runtime_error(sentence(listener, error));
}

/// Takes a socket that the service manager has bound.
void Acceptor::adopt(int descriptor) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    const bool known = ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    if (!known || (address.ss_family != AF_INET && address.ss_family != AF_INET6))
        throw std::runtime_error("file descriptor " + std::to_string(descriptor) +
                                 " is not a TCP socket; look at ListenStream= in the socket unit");
    acceptor_.assign(address.ss_family == AF_INET ? Tcp::v4() : Tcp::v6(), descriptor);
}

void Acceptor::start() {
    asio::post(threads_.front()->io(), [this] { accept(); });
}

void Acceptor::stop() {
    asio::post(threads_.front()->io(), [this] {
        error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
    });
}

void Acceptor::reload_tls() {
    if (tls_) tls_->reload();
}

void Acceptor::accept() {
    if (!acceptor_.is_open()) return;
    auto& thread = *threads_[next_thread_];
    next_thread_ = (next_thread_ + 1) % threads_.size();
    acceptor_.async_accept(
        thread.io(), [this, &thread](const error_code& error, Tcp::socket socket) {
            if (!error) {
                admit(thread, std::move(socket));
                return accept();
            }
            if (error == asio::error::operation_aborted) return;
            log(Level::warning, "http.accept.failed", {{"why", error.message()}});
            pause_.expires_after(pause_after_error);
            pause_.async_wait([this](const error_code& cancelled) {
                if (!cancelled) accept();
            });
        });
}

void Acceptor::admit(NetworkThread& thread, Tcp::socket socket) {
    error_code error;
    const auto peer = socket.remote_endpoint(error);
    if (error) return;  // gone already
    Client client;
    client.address = canonical_address(peer.address().to_string());
    client.trusted_proxy = core_.trusted.contains(client.address);
    client.tls = tls_ != nullptr;
    if (!core_.gate.enter(client.address, client.trusted_proxy)) {
        Counters::add(core_.counters.refused_connections);
        if (!tls_) turn_away(socket.native_handle());
        return;
    }
    Counters::add(core_.counters.accepted);
    socket.set_option(Tcp::no_delay(true), error);
    socket.native_non_blocking(true, error);
    auto begin = [this, &thread, client = std::move(client), socket = std::move(socket)]() mutable {
        Session::run(
            std::make_unique<Session>(thread, std::move(socket), std::move(client), tls_.get()));
    };
    asio::dispatch(thread.io(), std::move(begin));
}

}  // namespace kalends::http
