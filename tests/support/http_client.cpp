#include "support/http_client.hpp"

#include "base/text.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace kalends::test {
namespace {

constexpr timeval patience{60, 0};

/// What follows "name:" in a field line.
std::pair<std::string, std::string> field_of(const std::string& line) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) throw std::runtime_error("not a header field: " + line);
    return {line.substr(0, colon), std::string(text::trim(line.substr(colon + 1)))};
}

std::size_t hexadecimal(const std::string& digits) {
    std::size_t number = 0;
    const char* const end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, number, 16).ptr == digits.data())
        throw std::runtime_error("not a chunk size: " + digits);
    return number;
}

}  // namespace

std::optional<std::string> Reply::header(std::string_view name) const {
    for (const auto& [known, value] : headers)
        if (text::iequals(known, name)) return value;
    return std::nullopt;
}

void HttpClient::open() {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        close();
        throw ConnectionLost();
    }
}

void HttpClient::close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
    buffer_.clear();
}

void HttpClient::send(std::string_view bytes) {
    if (socket_ < 0) open();
    while (!bytes.empty()) {
        const auto count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count <= 0) return;  // refused half-way: the answer says why
        bytes.remove_prefix(static_cast<std::size_t>(count));
    }
}

/// False at the end.
bool HttpClient::fill() {
    constexpr std::size_t piece = 65536;
    std::array<char, piece> bytes{};
    ssize_t count = 0;
    do {  // a program that the server has started may end meanwhile
        count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    } while (count < 0 && errno == EINTR);
    if (count > 0) buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    return count > 0;
}

std::string HttpClient::line() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos)
        if (!fill()) {
            close();
            throw ConnectionLost();
        }
    auto result = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return result;
}

std::string HttpClient::bytes(std::size_t count) {
    while (buffer_.size() < count)
        if (!fill()) {
            close();
            throw ConnectionLost();
        }
    auto result = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return result;
}

/// RFC 9112 6.3.
void HttpClient::read_body(Reply& reply) {
    if (reply.header("Transfer-Encoding") == "chunked") {
        while (const auto size = hexadecimal(line())) {
            reply.body += bytes(size);
            (void)line();
        }
        while (!line().empty()) {
        }
    } else if (const auto length = reply.header("Content-Length")) {
        reply.body = bytes(std::stoul(*length));
    } else {
        while (fill()) {
        }
        reply.body = buffer_;
        close();
    }
}

int HttpClient::read_status_and_fields(Fields& fields) {
    constexpr std::size_t code_at = 9;  // "HTTP/1.1 200 OK"
    const int status = std::stoi(line().substr(code_at, 3));
    fields.clear();
    for (auto next = line(); !next.empty(); next = line()) fields.push_back(field_of(next));
    return status;
}

int HttpClient::read_interim() {
    Fields ignored;
    return read_status_and_fields(ignored);
}

int HttpClient::read_part(std::size_t bytes) {
    Fields fields;
    const int status = read_status_and_fields(fields);
    while (buffer_.size() < bytes && fill()) {
    }
    return status;
}

std::string HttpClient::read_all() {
    while (fill()) {
    }
    auto all = std::exchange(buffer_, {});
    close();
    return all;
}

std::size_t HttpClient::discard_body() {
    Reply reply;
    read_status_and_fields(reply.headers);
    const auto length = std::stoul(reply.header("Content-Length").value_or("0"));
    std::size_t read = 0;
    for (;;) {
        read += buffer_.size();
        buffer_.clear();
        if (read >= length || !fill()) return read;
    }
}

Reply HttpClient::read_reply(bool without_body) {
    Reply reply;
    while ((reply.status = read_status_and_fields(reply.headers)) < 200)
        reply.interim.push_back(reply.status);
    if (!without_body && reply.status != 204 && reply.status != 304) read_body(reply);
    if (reply.header("Connection") == "close") close();
    return reply;
}

Reply HttpClient::request(const std::string& method, const std::string& target,
                          const Fields& headers, const std::string& body) {
    std::string text = method + ' ' + target + " HTTP/1.1\r\n";
    bool has_host = false;
    for (const auto& [name, value] : headers) {
        text.append(name).append(": ").append(value).append("\r\n");
        has_host = has_host || text::iequals(name, "Host");
    }
    if (!has_host) text += "Host: localhost:" + std::to_string(port_) + "\r\n";
    if (!body.empty() || method == "PUT")
        text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    text += "\r\n" + body;

    const bool fresh = socket_ < 0;
    try {
        send(text);
        return read_reply(method == "HEAD");
    } catch (const ConnectionLost&) {
        if (fresh) throw;
        send(text);  // an idle connection that the server had closed
        return read_reply(method == "HEAD");
    }
}

}  // namespace kalends::test
