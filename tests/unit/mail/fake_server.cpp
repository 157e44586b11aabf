#include "unit/mail/fake_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <array>
#include <stdexcept>

namespace kalends::test {

void free_server_tls(ssl_st* tls) noexcept { SSL_free(tls); }
void free_server_context(ssl_ctx_st* context) noexcept { SSL_CTX_free(context); }

void Peer::say(const std::string& bytes) {
    if (tls_)
        SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()));
    else
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::string Peer::hear() {
    for (;;) {
        if (const auto end = received_.find("\r\n"); end != received_.npos) {
            auto line = received_.substr(0, end);
            received_.erase(0, end + 2);
            return line;
        }
        std::array<char, 4096> piece{};
        const auto size =
            tls_ ? SSL_read(tls_.get(), piece.data(), static_cast<int>(piece.size()))
                 : static_cast<int>(::recv(socket_.get(), piece.data(), piece.size(), 0));
        if (size <= 0) return {};
        received_.append(piece.data(), static_cast<std::size_t>(size));
    }
}

std::string Peer::expect(const std::string& expected, const std::string& answer) {
    auto heard = hear();
    say(heard.starts_with(expected) ? answer + "\r\n"
                                    : "599 expected " + expected + ", heard " + heard + "\r\n");
    return heard;
}

std::string Peer::hear_message() {
    std::string message;
    for (;;) {
        const auto line = hear();
        message += line + "\r\n";
        if (line == "." || (line.empty() && received_.empty() && message.size() > 1'000'000))
            return message;
    }
}

void Peer::start_tls(const Identity& identity) {
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context_.get(), identity.certificate.get());
    SSL_CTX_use_PrivateKey(context_.get(), identity.key.get());
    tls_.reset(SSL_new(context_.get()));
    SSL_set_fd(tls_.get(), socket_.get());
    SSL_accept(tls_.get());
}

void Peer::wait() {
    while (!hear().empty()) {
    }
}

FakeServer::FakeServer(Play play, int clients)
    : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
        throw std::runtime_error("can't bind");
    ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    start(std::move(play), clients);
}

FakeServer::FakeServer(const std::string& path, Play play)
    : listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("can't bind");
    start(std::move(play), 1);
}

void FakeServer::start(Play play, int clients) {
    if (::listen(listener_.get(), 1) != 0) throw std::runtime_error("can't listen");
    thread_ = std::thread([this, play = std::move(play), clients] {
        for (int i = 0; i < clients; ++i) {
            const int socket = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
            if (socket < 0) return;
            const timeval patience{.tv_sec = 20, .tv_usec = 0};
            ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
            Peer peer{Descriptor{socket}};
            play(peer);
        }
    });
}

void FakeServer::join() {
    if (thread_.joinable()) thread_.join();
}

FakeServer::~FakeServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);  // in case that nobody came
    join();
}

}  // namespace kalends::test
