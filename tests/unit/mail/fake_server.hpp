#pragma once
// A mail server of a test: it plays one conversation on a thread, as the test has written it.

#include "base/c_ptr.hpp"
#include "base/descriptor.hpp"
#include "support/certificates.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

struct ssl_st;
struct ssl_ctx_st;

namespace kalends::test {

void free_server_tls(ssl_st* tls) noexcept;
void free_server_context(ssl_ctx_st* context) noexcept;

/// The server's end of a connection. When the other side has gone, reads are empty.
class Peer {
public:
    explicit Peer(Descriptor socket) : socket_(std::move(socket)) {}
    void say(const std::string& bytes);
    /// A line without CRLF.
    std::string hear();
    /// `answer` after hearing something that begins with `expected`; what was heard.
    std::string expect(const std::string& expected, const std::string& answer);
    /// What was sent as the message, with the dot at its end.
    std::string hear_message();
    void start_tls(const Identity& identity);
    /// Until the other side goes.
    void wait();

private:
    Descriptor socket_;
    std::string received_;
    CPtr<ssl_ctx_st, free_server_context> context_;
    CPtr<ssl_st, free_server_tls> tls_;
};

using Play = std::function<void(Peer&)>;

class FakeServer {
public:
    /// Plays it with so many clients, one after the other.
    explicit FakeServer(Play play, int clients = 1);
    /// On a unix socket.
    FakeServer(const std::string& path, Play play);
    /// Waits for the end of the conversation.
    ~FakeServer();
    FakeServer(const FakeServer&) = delete;
    FakeServer& operator=(const FakeServer&) = delete;
    [[nodiscard]] std::uint16_t port() const { return port_; }
    void join();

private:
    void start(Play play, int clients);
    Descriptor listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

}  // namespace kalends::test
