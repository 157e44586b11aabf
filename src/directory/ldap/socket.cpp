#include "base/c_ptr.hpp"
#include "base/clock.hpp"
#include "directory/ldap/errors.hpp"
#include "directory/ldap/socket_private.hpp"

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <netdb.h>
#include <poll.h>
#include <system_error>
#include <unistd.h>

namespace kalends::directory::ldap {
namespace {

using std::chrono::milliseconds;
using Deadline = std::chrono::steady_clock::time_point;
using Addresses = CPtr<addrinfo, freeaddrinfo>;

Addresses resolve(const std::string& host, int port) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    if (code != 0)
        throw DirectoryUnavailable("the host " + host + " is not found: " + ::gai_strerror(code));
    return Addresses{found};
}

int milliseconds_until(Deadline deadline) {
    const auto left = std::chrono::duration_cast<milliseconds>(deadline - clock::steady());
    return static_cast<int>(std::max<milliseconds::rep>(left.count(), 1));
}

/// 0, or what went wrong.
int connect_until(int socket, const addrinfo& address, Deadline deadline) {
    if (::connect(socket, address.ai_addr, address.ai_addrlen) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    pollfd waiting{.fd = socket, .events = POLLOUT, .revents = 0};
    if (::poll(&waiting, 1, milliseconds_until(deadline)) != 1) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

void make_patient(int socket, milliseconds patience) {
    const int on = 1;
    const int idle = 60;      // seconds until the first probe,
    const int interval = 10;  // and between two; after `probes` the other side is gone
    const int probes = 3;
    const timeval limit{.tv_sec = patience.count() / 1000,
                        .tv_usec = patience.count() % 1000 * 1000};
    ::fcntl(socket, F_SETFL, ::fcntl(socket, F_GETFL) & ~O_NONBLOCK);
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof idle);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof interval);
    ::setsockopt(socket, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// libldap writes to connections that the other side has closed (at least its farewell), which
/// would end the program.
void ignore_broken_pipes() {
    static const bool done = [] {
        struct sigaction now {};
        if (::sigaction(SIGPIPE, nullptr, &now) != 0 || now.sa_handler != SIG_DFL) return false;
        now.sa_handler = SIG_IGN;
        return ::sigaction(SIGPIPE, &now, nullptr) == 0;
    }();
    static_cast<void>(done);
}

}  // namespace

int connect_tcp(const std::string& host, int port, Deadline deadline, milliseconds patience) {
    ignore_broken_pipes();
    int error = 0;
    const auto addresses = resolve(host, port);
    for (const auto* each = addresses.get(); each != nullptr; each = each->ai_next) {
        const int socket = ::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (socket < 0) continue;
        error = connect_until(socket, *each, deadline);
        if (error == 0) {
            make_patient(socket, patience);
            return socket;
        }
        ::close(socket);
    }
    throw DirectoryUnavailable("cannot connect: " + std::generic_category().message(error));
}

CutOff::CutOff(int socket, Deadline deadline)
    : thread_([socket, deadline](const std::stop_token& stop) {
          std::mutex mutex;
          std::condition_variable_any told;
          std::unique_lock lock(mutex);
          const bool ended = told.wait_until(lock, stop, deadline, [] { return false; });
          if (!ended && !stop.stop_requested()) ::shutdown(socket, SHUT_RDWR);
      }) {}

}  // namespace kalends::directory::ldap
