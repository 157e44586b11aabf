#pragma once
// A network thread: an event loop, the sessions that live on it, and the buffers that they share.

#include "http/core_private.hpp"
#include "http/head.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace kalends::http {

class Session;

/// A request on its way to an answer. Sessions take one when the first byte of a request is there
/// and give it back after the answer, so that an idle connection holds none.
struct Exchange {
    Request request;
    std::optional<RequestParser> parser;
    std::optional<Response> response;

    void clear();
};

/// All of it is for its own thread only, except start(), drain(), cut(), finish() and io().
class NetworkThread {
public:
    NetworkThread(Core& core, unsigned number);
    NetworkThread(const NetworkThread&) = delete;
    NetworkThread& operator=(const NetworkThread&) = delete;
    ~NetworkThread() = default;

    void start();
    /// Closes idle sessions now and each of the others after its answer.
    void drain();
    /// Breaks off what every session does.
    void cut();
    /// Ends the thread, once its sessions have gone.
    void finish();

    boost::asio::io_context& io() { return io_; }
    Core& core() { return core_; }
    [[nodiscard]] bool draining() const { return draining_; }

    void add(Session& session);
    void remove(Session& session);

    std::unique_ptr<Exchange> take_exchange();
    void give_back(std::unique_ptr<Exchange> exchange);

    /// "1f00ba42-0-2b67": the process, the thread, a number.
    void write_request_id(std::string& to);
    std::string_view date_line() { return date_.now(); }

    /// What a session reads into, and what it wants to send: good until it next waits for
    /// something, since then it is another session's turn.
    std::vector<char> in;
    std::string out;

private:
    void sweep();

    Core& core_;
    boost::asio::io_context io_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    boost::asio::steady_timer sweep_timer_;
    std::chrono::milliseconds sweep_interval_;
    std::vector<Session*> sessions_;
    std::vector<std::unique_ptr<Exchange>> spare_;
    DateLine date_;
    std::string id_prefix_;
    std::uint64_t next_id_ = 0;
    bool draining_ = false;
    bool finishing_ = false;
    std::thread thread_;
};

}  // namespace kalends::http
