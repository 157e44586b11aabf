#pragma once
// A client that sends exactly the bytes it is told to, and a server with a handler made of
// functions.

#include "http/server.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace testing_http {

namespace http = kalends::http;

/// An answer as it came; the body is de-chunked.
struct Answer {
    int status = 0;
    http::Headers headers;
    std::string body;
    [[nodiscard]] std::string header(std::string_view name) const { return headers.joined(name); }
};

/// A connection to a port of this machine. Throws std::runtime_error if the other side closes or
/// says nothing for some seconds when something is expected.
class Client {
public:
    explicit Client(std::uint16_t port, int receive_buffer = 0);
    ~Client();
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    void send(std::string_view bytes);
    /// Sends as much as goes without waiting; how much that was.
    std::size_t send_some(std::string_view bytes);
    /// The next answer. `to_head`: the request was HEAD, so that no body comes.
    Answer receive(bool to_head = false);
    Answer ask(std::string_view request) {
        send(request);
        return receive();
    }
    /// Bytes up to the end that the server makes; throws if it resets the connection.
    std::string receive_all();
    /// Whether the server has closed, or closes within some seconds.
    bool closed();
    /// Whether something comes within that time.
    bool hears(std::chrono::milliseconds timeout);
    [[nodiscard]] int socket() const { return socket_; }

private:
    bool fill();
    std::string take_line();
    std::string take(std::size_t size);

    int socket_;
    std::string buffer_;
};

/// A handler made of functions; the defaults answer 200 with "METHOD path" and the request's body,
/// on a worker.
struct Answers final : http::Handler {
    std::function<std::optional<http::Response>(const http::Request&)> from_memory;
    std::function<http::Response(const http::Request&)> by_worker;
    std::function<http::BodyRule(const http::Request&)> rule;
    std::function<http::BodyRule(const http::Request&)> rule_by_worker;
    http::Lane goes_to = http::Lane::read;

    std::optional<http::Response> try_from_memory(const http::Request& request) override {
        return from_memory ? from_memory(request) : std::nullopt;
    }
    http::BodyRule body_rule(const http::Request& head) override {
        return rule ? rule(head) : http::BodyRule{};
    }
    http::BodyRule body_rule_by_worker(const http::Request& head) override {
        return rule_by_worker(head);
    }
    http::Lane lane(const http::Request&) override { return goes_to; }
    http::Response handle(const http::Request& request) override;
};

http::Response text(std::string body);

/// Settings for one plain listener on any port of 127.0.0.1.
http::ServerSettings plain_settings();

/// A server that is running.
struct Running {
    explicit Running(http::Handler& handler,
                     const http::ServerSettings& settings = plain_settings())
        : server{settings, handler} {
        server.start();
        port = server.ports().front();
    }
    http::Server server;
    std::uint16_t port = 0;
};

/// Waits until `condition` holds; false if it does not within some seconds.
bool eventually(const std::function<bool()>& condition);

}  // namespace testing_http
