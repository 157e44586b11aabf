#include "ldap/silent_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>

#include <stdexcept>
#include <unistd.h>

namespace kalends::test {

/// The system accepts for it: nobody ever takes a connection from the queue.
SilentServer::SilentServer() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* raw = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket_, raw, size) != 0 || ::listen(socket_, 100) != 0 ||
        ::getsockname(socket_, raw, &size) != 0)
        throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
}

SilentServer::~SilentServer() { ::close(socket_); }

}  // namespace kalends::test
