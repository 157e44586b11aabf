#include "client.hpp"

#include "base/text.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <poll.h>
#include <stdexcept>
#include <thread>
#include <unistd.h>

namespace testing_http {
namespace {

constexpr std::chrono::milliseconds patience{8000};

bool readable(int socket, std::chrono::milliseconds timeout) {
    pollfd waiting{socket, POLLIN, 0};
    return ::poll(&waiting, 1, static_cast<int>(timeout.count())) == 1;
}

}  // namespace

Client::Client(std::uint16_t port, int receive_buffer)
    : socket_{::socket(AF_INET, SOCK_STREAM, 0)} {
    if (receive_buffer > 0)
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        throw std::runtime_error("can't connect");
}

Client::~Client() { ::close(socket_); }

void Client::send(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) throw std::runtime_error("the server does not listen");
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
}

std::size_t Client::send_some(std::string_view bytes) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
}

bool Client::fill() {
    if (!readable(socket_, patience)) throw std::runtime_error("the server says nothing");
    std::array<char, 65536> bytes{};
    const auto got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got < 0) throw std::runtime_error("the server reset the connection");
    buffer_.append(bytes.data(), static_cast<std::size_t>(got));
    return got > 0;
}

std::string Client::take(std::size_t size) {
    while (buffer_.size() < size)
        if (!fill()) throw std::runtime_error("the server closed in the middle");
    auto taken = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return taken;
}

std::string Client::take_line() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos)
        if (!fill()) throw std::runtime_error("the server closed in the middle");
    auto line = take(end + 2);
    line.resize(end);
    return line;
}

Answer Client::receive(bool to_head) {
    Answer answer;
    const auto status_line = take_line();
    answer.status = std::stoi(status_line.substr(std::string_view{"HTTP/1.1 "}.size(), 3));
    for (auto line = take_line(); !line.empty(); line = take_line()) {
        const auto colon = line.find(": ");
        answer.headers.add(line.substr(0, colon), line.substr(colon + 2));
    }
    if (to_head || answer.status == 100 || answer.status == 204 || answer.status == 304)
        return answer;
    if (answer.header("Transfer-Encoding") == "chunked") {
        for (;;) {
            const auto size = std::stoul(take_line(), nullptr, 16);
            answer.body += take(size);
            if (!take_line().empty())
                throw std::runtime_error("the chunk does not end where it should");
            if (size == 0) return answer;
        }
    }
    if (answer.headers.find("Content-Length")) {
        answer.body = take(std::stoul(answer.header("Content-Length")));
    } else {
        answer.body = receive_all();
    }
    return answer;
}

std::string Client::receive_all() {
    while (fill()) {
    }
    return std::move(buffer_);
}

bool Client::closed() {
    if (!readable(socket_, patience)) return false;
    char byte = 0;
    return ::recv(socket_, &byte, 1, 0) <= 0;
}

bool Client::hears(std::chrono::milliseconds timeout) {
    return !buffer_.empty() || readable(socket_, timeout);
}

http::Response Answers::handle(const http::Request& request) {
    if (by_worker) return by_worker(request);
    return text(request.method + " " + request.path +
                (request.body.empty() ? "" : " " + request.body));
}

http::Response text(std::string body) {
    http::Response response;
    response.headers.add("Content-Type", "text/plain");
    response.body = std::move(body);
    return response;
}

http::ServerSettings plain_settings() {
    http::ServerSettings settings;
    settings.listeners.push_back({});
    settings.timeouts.drain = std::chrono::seconds{3};
    return settings;
}

bool eventually(const std::function<bool()>& condition) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > until) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return true;
}

}  // namespace testing_http
