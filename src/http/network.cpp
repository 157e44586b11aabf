#include "base/log.hpp"
#include "http/network_private.hpp"
#include "http/session_private.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace kalends::http {
namespace {

namespace asio = boost::asio;

// Bytes to read at once; the longest header must fit in beside them.
constexpr std::size_t read_size = 64UL << 10U;
// Above that a string's memory is not kept for the next request.
constexpr std::size_t keep_size = 64UL << 10U;
constexpr std::size_t most_spare = 64;

/// Timeouts are kept by looking at all sessions now and then, which costs a request nothing. They
/// come late by up to this interval.
std::chrono::milliseconds interval_for(const Timeouts& timeouts) {
    const auto shortest = std::min({timeouts.header, timeouts.body, timeouts.idle, timeouts.write});
    return std::clamp(shortest / 8, std::chrono::milliseconds{10}, std::chrono::milliseconds{500});
}

}  // namespace

void Exchange::clear() {
    parser.reset();
    response.reset();
    for (auto* text : {&request.method, &request.path, &request.query, &request.host, &request.id})
        text->clear();
    request.headers.clear();
    if (request.body.capacity() > keep_size) request.body = {};
    request.body.clear();
    request.spooled.reset();
    request.certificate.reset();
}

NetworkThread::NetworkThread(Core& core, unsigned number)
    : in(read_size + core.settings.limits.max_header_bytes), core_{core},
      work_{asio::make_work_guard(io_)}, sweep_timer_{io_}, sweep_interval_{interval_for(
                                                                core.settings.timeouts)},
      id_prefix_{core.id_prefix + "-" + std::to_string(number) + "-"} {}

void NetworkThread::start() {
    sweep();
    thread_ = std::thread{[this] { io_.run(); }};
}

void NetworkThread::drain() {
    asio::post(io_, [this] {
        draining_ = true;
        for (auto* session : sessions_) session->drain();
    });
}

void NetworkThread::cut() {
    asio::post(io_, [this] {
        draining_ = true;
        for (auto* session : sessions_) session->cut();
    });
}

void NetworkThread::finish() {
    asio::post(io_, [this] {
        // The timer may have gone off already and its handler stand in the queue: that one is not
        // cancelled, and must not begin anew.
        finishing_ = true;
        sweep_timer_.cancel();
    });
    work_.reset();
    if (thread_.joinable()) thread_.join();
}

void NetworkThread::sweep() {
    const auto now = clock::steady();
    for (auto* session : sessions_) session->expire(now);
    sweep_timer_.expires_after(sweep_interval_);
    sweep_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error && !finishing_) sweep();
    });
}

void NetworkThread::add(Session& session) {
    session.set_place(sessions_.size());
    sessions_.push_back(&session);
}

void NetworkThread::remove(Session& session) {
    auto* last = sessions_.back();
    sessions_[session.place()] = last;
    last->set_place(session.place());
    sessions_.pop_back();
}

std::unique_ptr<Exchange> NetworkThread::take_exchange() {
    if (spare_.empty()) return std::make_unique<Exchange>();
    auto exchange = std::move(spare_.back());
    spare_.pop_back();
    return exchange;
}

void NetworkThread::give_back(std::unique_ptr<Exchange> exchange) {
    if (spare_.size() >= most_spare) return;
    exchange->clear();
    spare_.push_back(std::move(exchange));
}

void NetworkThread::write_request_id(std::string& to) {
    std::array<char, 16> digits{};
    const auto end =
        std::to_chars(digits.data(), digits.data() + digits.size(), next_id_++, 16).ptr;
    to.assign(id_prefix_).append(digits.data(), end);
}

}  // namespace kalends::http
