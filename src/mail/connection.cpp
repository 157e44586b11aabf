#include "base/clock.hpp"
#include "mail/connection_private.hpp"
#include "mail/unix_address_private.hpp"

#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <netdb.h>
#include <poll.h>
#include <system_error>
#include <thread>
#include <utility>

namespace kalends::mail {
namespace {

constexpr std::size_t piece_size = 16UL << 10U;

std::string reason(int error) { return std::generic_category().message(error); }

/// A call has failed with `error`.
[[noreturn]] void broken(const std::string& call, int error) {
    const auto why = call + ": " + reason(error);
    if (error == EPIPE || error == ECONNRESET) throw Closed(why);
    throw Disconnected(why);
}

[[noreturn]] void too_late(const std::string& what) { throw TookTooLong(what + " took too long"); }

int milliseconds_until(Deadline deadline) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock::steady());
    return static_cast<int>(std::clamp<long>(left.count(), 0, 1000L * 3600));
}

/// Whether the socket is ready for `events`, or has failed, before the deadline.
bool is_ready(int socket, short events, Deadline deadline, int cancel = -1) {
    for (;;) {
        std::array waiting{pollfd{.fd = socket, .events = events, .revents = 0},
                           pollfd{.fd = cancel, .events = POLLIN, .revents = 0}};
        const int left = milliseconds_until(deadline);
        const int ready = ::poll(waiting.data(), waiting.size(), left);
        if (ready > 0 && waiting[1].revents != 0) throw Disconnected("this server stops");
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) throw Disconnected("poll: " + reason(errno));
        if (left == 0) return false;
    }
}

using Addresses = std::shared_ptr<addrinfo>;

Addresses look_up_now(const std::string& host, std::uint16_t port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int error = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (error != 0) throw Disconnected(host + ": " + ::gai_strerror(error));
    return {found, ::freeaddrinfo};
}

/// getaddrinfo() knows no deadline, so it has a thread of its own, which is left behind if it takes
/// longer than ours: it ends when the resolver gives up.
Addresses look_up(const std::string& host, std::uint16_t port, Deadline deadline) {
    std::packaged_task<Addresses()> task([host, port] { return look_up_now(host, port); });
    auto answer = task.get_future();
    std::thread(std::move(task)).detach();
    if (answer.wait_until(deadline) != std::future_status::ready) too_late(host + ": its address");
    return answer.get();
}

/// An open connection, or why there is none.
int connect_to(const Descriptor& socket, const sockaddr* address, socklen_t size,
               Deadline deadline) {
    if (!socket.is_open()) return errno;
    if (::connect(socket.get(), address, size) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    if (!is_ready(socket.get(), POLLOUT, deadline)) return ETIMEDOUT;
    int error = 0;
    socklen_t length = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    return error;
}

bool is_loopback(const sockaddr* address) {
    if (address->sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, address, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24U == IN_LOOPBACKNET;
    }
    if (address->sa_family != AF_INET6) return false;
    sockaddr_in6 v6{};
    std::memcpy(&v6, address, sizeof v6);
    return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

Descriptor new_socket(int family) {
    return Descriptor{::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

std::string tls_reason(const std::string& otherwise) {
    const auto error = ::ERR_get_error();
    ::ERR_clear_error();
    if (error == 0) return otherwise;
    std::array<char, 256> text{};
    ::ERR_error_string_n(error, text.data(), text.size());
    return text.data();
}

}  // namespace

void free_tls(ssl_st* tls) noexcept { ::SSL_free(tls); }
void free_tls_context(ssl_ctx_st* context) noexcept { ::SSL_CTX_free(context); }

Connection::Connection(const std::string& host, std::uint16_t port, Deadline deadline)
    : deadline_(deadline) {
    int error = 0;
    const auto addresses = look_up(host, port, deadline);
    for (const auto* at = addresses.get(); at != nullptr; at = at->ai_next) {
        // One address that does not answer leaves time for the next.
        const auto half = clock::steady() + (deadline - clock::steady()) / 2;
        socket_ = new_socket(at->ai_family);
        error = connect_to(socket_, at->ai_addr, at->ai_addrlen,
                           at->ai_next != nullptr ? half : deadline);
        local_ = is_loopback(at->ai_addr);
        if (error == 0) return;
    }
    throw Disconnected(host + ":" + std::to_string(port) + ": " + reason(error));
}

Connection::Connection(const std::string& socket_path, Deadline deadline)
    : deadline_(deadline), socket_(new_socket(AF_UNIX)), local_(true) {
    const auto address = unix_address(socket_path);
    if (!address) throw Disconnected(socket_path + ": too long for a socket");
    if (const int error = connect_to(socket_, reinterpret_cast<const sockaddr*>(&*address),
                                     sizeof *address, deadline);
        error != 0)
        throw Disconnected(socket_path + ": " + reason(error));
}

Connection::Connection(Descriptor socket, Deadline deadline)
    : deadline_(deadline), socket_(std::move(socket)) {}

void Connection::set_end(Deadline deadline, int cancel) {
    deadline_ = deadline;
    cancel_ = cancel;
}

/// Who always has a byte more, or takes one at a time, is never waited for.
void Connection::check_end() const {
    if (clock::steady() >= deadline_) too_late("the other side");
    if (cancel_ < 0) return;
    pollfd cancelled{.fd = cancel_, .events = POLLIN, .revents = 0};
    if (::poll(&cancelled, 1, 0) > 0) throw Disconnected("this server stops");
}

void Connection::wait_for(short events) {
    if (!is_ready(socket_.get(), events, deadline_, cancel_)) too_late("the other side");
}

void Connection::write_raw(std::string_view bytes) {
    while (!bytes.empty()) {
        check_end();
        const auto sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0)
            bytes.remove_prefix(static_cast<std::size_t>(sent));
        else if (errno == EAGAIN)
            wait_for(POLLOUT);
        else if (errno != EINTR)
            broken("write", errno);
    }
}

std::size_t Connection::read_raw(char* to, std::size_t size) {
    for (;;) {
        check_end();
        const auto got = ::recv(socket_.get(), to, size, 0);
        if (got > 0) return static_cast<std::size_t>(got);
        if (got == 0) throw Closed("the other side closed the connection");
        if (errno == EAGAIN)
            wait_for(POLLIN);
        else if (errno != EINTR)
            broken("read", errno);
    }
}

// OpenSSL writes into memory and reads from it: its own sockets know neither deadlines nor
// MSG_NOSIGNAL.

void Connection::flush_tls() {
    std::array<char, piece_size> piece{};
    auto* out = ::SSL_get_wbio(tls_.get());
    for (;;) {
        const int size = ::BIO_read(out, piece.data(), static_cast<int>(piece.size()));
        if (size <= 0) return;
        write_raw({piece.data(), static_cast<std::size_t>(size)});
    }
}

void Connection::feed_tls() {
    std::array<char, piece_size> piece{};
    const auto size = read_raw(piece.data(), piece.size());
    ::BIO_write(::SSL_get_rbio(tls_.get()), piece.data(), static_cast<int>(size));
}

void Connection::start_tls(const std::string& host, const std::string& ca_file) {
    received_.clear();
    ::ERR_clear_error();
    context_.reset(::SSL_CTX_new(::TLS_client_method()));
    if (!context_) throw Disconnected("TLS: " + tls_reason("no memory"));
    ::SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    ::SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    const int trusted = ca_file.empty()
                            ? ::SSL_CTX_set_default_verify_paths(context_.get())
                            : ::SSL_CTX_load_verify_file(context_.get(), ca_file.c_str());
    if (trusted != 1) throw Disconnected("TLS: " + ca_file + ": " + tls_reason("no authorities"));
    CPtr<ssl_st, free_tls> tls{::SSL_new(context_.get())};
    ::SSL_set_bio(tls.get(), ::BIO_new(::BIO_s_mem()), ::BIO_new(::BIO_s_mem()));
    ::SSL_set_hostflags(tls.get(), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    auto* wanted = ::SSL_get0_param(tls.get());
    if (::X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str()) != 1) {  // a name, then
        ::SSL_ctrl(tls.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                   const_cast<char*>(host.c_str()));
        if (::SSL_set1_host(tls.get(), host.c_str()) != 1) throw Disconnected("TLS: " + host);
    }
    tls_ = std::move(tls);
    for (;;) {
        ::ERR_clear_error();
        const int done = ::SSL_connect(tls_.get());
        const int error = ::SSL_get_error(tls_.get(), done);
        flush_tls();
        if (done == 1) return;
        if (error != SSL_ERROR_WANT_READ) break;
        feed_tls();
    }
    const auto verdict = ::SSL_get_verify_result(tls_.get());
    if (verdict == X509_V_OK) throw Disconnected("TLS: " + tls_reason("no handshake"));
    ::ERR_clear_error();
    throw Disconnected("TLS: the certificate of " + host +
                       " is not trusted: " + ::X509_verify_cert_error_string(verdict));
}

void Connection::write(std::string_view bytes) {
    if (!tls_) return write_raw(bytes);
    while (!bytes.empty()) {
        const auto size = std::min(bytes.size(), piece_size);
        ::ERR_clear_error();
        // To memory, so that it never has to wait for the other side to read.
        if (::SSL_write(tls_.get(), bytes.data(), static_cast<int>(size)) <= 0)
            throw Disconnected("TLS: " + tls_reason("can't write"));
        flush_tls();
        bytes.remove_prefix(size);
    }
}

void Connection::fill() {
    std::array<char, piece_size> piece{};
    if (!tls_) {
        received_.append(piece.data(), read_raw(piece.data(), piece.size()));
        return;
    }
    for (;;) {
        ::ERR_clear_error();
        const int size = ::SSL_read(tls_.get(), piece.data(), static_cast<int>(piece.size()));
        const int error = ::SSL_get_error(tls_.get(), size);
        flush_tls();
        if (size > 0) {
            received_.append(piece.data(), static_cast<std::size_t>(size));
            return;
        }
        if (error == SSL_ERROR_ZERO_RETURN) throw Closed("the other side closed the connection");
        if (error != SSL_ERROR_WANT_READ) throw Disconnected("TLS: " + tls_reason("can't read"));
        feed_tls();
    }
}

std::string Connection::read_line(std::size_t max) {
    for (;;) {
        const auto end = received_.find('\n');
        if (std::min(end, received_.size()) > max)
            throw LineTooLong("a line of the other side is too long");
        if (end != received_.npos) {
            auto line = received_.substr(0, end);
            received_.erase(0, end + 1);
            if (line.ends_with('\r')) line.pop_back();
            return line;
        }
        fill();
    }
}

std::string Connection::read_some() {
    if (received_.empty()) fill();
    return std::exchange(received_, {});
}

void Connection::put_back(std::string_view bytes) { received_.insert(0, bytes); }

}  // namespace kalends::mail
