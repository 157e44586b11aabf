#include "http/transport_private.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

namespace kalends::http {
namespace {

Io outcome(ssize_t result, Io::State when_blocked) {
    if (result >= 0) return {Io::State::done, static_cast<std::size_t>(result)};
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {when_blocked, 0};
    return {Io::State::closed, 0};
}

iovec vector_of(std::string_view bytes) {
    return {const_cast<char*>(bytes.data()), bytes.size()};  // sendmsg() only reads
}

class PlainTransport final : public Transport {
public:
    explicit PlainTransport(int socket) : socket_{socket} {}

    Io handshake() override { return {}; }

    Io read(char* to, std::size_t size) override {
        ssize_t result = 0;
        do {
            result = ::recv(socket_, to, size, 0);
        } while (result < 0 && errno == EINTR);
        if (result == 0) return {Io::State::closed, 0};
        return outcome(result, Io::State::want_read);
    }

    Io write(std::string_view first, std::string_view second) override {
        std::array parts{vector_of(first), vector_of(second)};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = second.empty() ? 1 : 2;
        ssize_t result = 0;
        do {
            result = ::sendmsg(socket_, &message, MSG_NOSIGNAL);
        } while (result < 0 && errno == EINTR);
        return outcome(result, Io::State::want_write);
    }

    [[nodiscard]] bool holds_input() const override { return false; }
    void close_notify() override {}

private:
    int socket_;
};

}  // namespace

std::unique_ptr<Transport> plain_transport(int socket) {
    return std::make_unique<PlainTransport>(socket);
}

}  // namespace kalends::http
