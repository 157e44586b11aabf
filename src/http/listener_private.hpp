#pragma once
// A listening socket: accepts connections and hands them to the network threads in turn.

#include "http/network_private.hpp"
#include "http/transport_private.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <vector>

namespace kalends::http {

class Acceptor {
public:
    /// Binds. Throws std::runtime_error with a sentence when it can't.
    Acceptor(Core& core, const std::vector<std::unique_ptr<NetworkThread>>& threads,
             const Listener& listener);

    /// Accepts from now on, on the first of the threads.
    void start();
    /// Closes the socket; safe on any thread.
    void stop();
    void reload_tls();

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    using Tcp = boost::asio::ip::tcp;

    void open(const Listener& listener);
    void adopt(int descriptor);
    void accept();
    void admit(NetworkThread& thread, Tcp::socket socket);

    Core& core_;
    const std::vector<std::unique_ptr<NetworkThread>>& threads_;
    Tcp::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    std::unique_ptr<TlsContext> tls_;
    std::uint16_t port_ = 0;
    std::size_t next_thread_ = 0;
};

}  // namespace kalends::http
