// The life of a connection: requests in, one after the other. Answers out are in answer.cpp.
#include "base/log.hpp"
#include "http/session_private.hpp"
#include "http/waits_private.hpp"

#include <sys/ioctl.h>

#include <algorithm>
#include <linux/sockios.h>
#include <system_error>

namespace kalends::http {
namespace {

// A read of at least that many bytes is probably not the last: another is tried before waiting.
constexpr std::size_t long_read = 16UL << 10U;
constexpr unsigned longest_streak = 4;
// How long we go on reading after a last answer, so that the client can read that answer before it
// finds the connection closed (RFC 9112 9.6).
constexpr std::chrono::milliseconds linger_time{2000};
constexpr std::size_t keep_pending = 4096;

constexpr Failure too_many_at_once{Status::service_unavailable,
                                   "too many large requests at the same time"};

Failure spool_failure(const std::system_error& error) {
    log(Level::error, "http.spool.failed", {{"why", error.what()}});
    return {status_of(error), "there is no place for a body of this size"};
}

std::size_t bytes_for(std::chrono::milliseconds time) {
    return static_cast<std::size_t>(time.count()) * Session::bytes_per_second / 1000;
}

}  // namespace

Session::Session(NetworkThread& thread, Socket socket, Client client, const TlsContext* tls)
    : thread_{thread}, core_{thread.core()}, socket_{std::move(socket)}, client_{std::move(client)},
      transport_{tls != nullptr ? tls->transport(socket_.native_handle())
                                : plain_transport(socket_.native_handle())} {
    thread_.add(*this);
}

Session::~Session() {
    if (exchange_) end_request();
    thread_.out.clear();  // what an exception may have left there must not reach another client
    boost::system::error_code ignored;
    if (reset_) socket_.set_option(boost::asio::socket_base::linger{true, 0}, ignored);
    if (transport_ && !reset_) transport_->close_notify();
    transport_.reset();
    socket_.close(ignored);
    thread_.remove(*this);
    core_.gate.leave(client_.address, client_.trusted_proxy);
}

Detached Session::run(std::unique_ptr<Session> self) {
    try {
        bool good = co_await self->begin();
        if (good) good = co_await self->serve();
        if (good) co_await self->linger();
    } catch (const std::exception& error) {
        log(Level::error, "http.connection.failed",
            {{"peer", self->client_.address}, {"why", error.what()}});
    }
}

void Session::expire(Moment now) {
    if (now < deadline_) return;
    if (writing_ && still_reads()) {
        deadline_ = now + core_.settings.timeouts.write;
        return;
    }
    deadline_ = Moment::max();
    timed_out_ = true;
    if (exchange_) Counters::add(core_.counters.timeouts);
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

/// Whether the client has taken enough of what the kernel holds for it since this was last asked:
/// megabytes can lie there, and a slow phone is no attacker.
bool Session::still_reads() {
    int now = 0;
    if (::ioctl(socket_.native_handle(), SIOCOUTQ, &now) != 0) return false;
    const auto queued = static_cast<std::size_t>(std::max(now, 0));
    const auto enough = bytes_for(core_.settings.timeouts.write);
    const bool reads = queued + enough <= queued_;
    queued_ = queued;
    return reads;
}

void Session::drain() {
    close_ = true;
    if (!exchange_ && unsent_.empty() && rest_.empty()) cut();
}

void Session::cut() {
    cut_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
}

/// The TLS handshake.
Task Session::begin() {
    if (!transport_ || thread_.draining()) co_return false;
    const auto timeout = clock::steady() + core_.settings.timeouts.header;
    for (;;) {
        const auto io = transport_->handshake();
        if (io.state == Io::State::done) {
            keep_certificate();
            co_return true;
        }
        if (io.state == Io::State::closed) break;
        deadline_ = timeout;
        const bool is_ready = co_await ready(io.state);
        if (!is_ready) break;
    }
    Counters::add(core_.counters.handshake_failures);
    co_return false;
}

/// That of a proxy is the proxy's, and not that of those for whom it asks.
void Session::keep_certificate() {
    if (client_.trusted_proxy) return;
    auto certificate = transport_->certificate();
    if (!certificate.empty())
        certificate_ = std::make_shared<const std::string>(std::move(certificate));
}

/// Until the connection ends. All requests that one read has brought are answered before the
/// answers are sent, in one write, unless one needs a worker. True: our side is finished, and the
/// client may be told so in peace.
Task Session::serve() {
    for (;;) {
        if (parse()) {
            complete_request();
            if (!answer_from_memory()) {
                const bool answered = co_await answer_by_worker();
                if (!answered) co_return false;
            }
        } else if (failure_) {
            refuse(*failure_);
        } else if (exchange_ && exchange_->response) {
            refuse_body();
        } else if (undecided_) {
            const bool decided = co_await decide_body();
            if (!decided) co_return false;
            continue;
        } else {
            if (send() != Flow::done) {
                const bool sent = co_await drain_output();
                if (!sent) co_return false;
            }
            if (close_ && !exchange_) co_return true;
            const bool received = co_await receive();
            if (received) continue;
            if (!timed_out_ || !exchange_) co_return false;
            timed_out_ = false;
            refuse({Status::request_timeout, "the request did not come in time"});
        }
        if (should_send() && send() != Flow::done) {
            const bool sent = co_await drain_output();
            if (!sent) co_return false;
        }
        const bool last = close_;
        if (exchange_) end_request();
        if (last) co_return true;
    }
}

/// Waits for input and reads it.
Task Session::receive() {
    for (;;) {
        keep_input();
        if (more_at_once_ && read()) co_return true;  // its turn is bounded: see read()
        if (blocked_on_ == Io::State::closed) co_return false;
        set_input_deadline();
        const bool is_ready = co_await ready(blocked_on_);
        if (!is_ready) co_return false;
        if (read()) co_return true;
        if (blocked_on_ == Io::State::closed) co_return false;
    }
}

/// Between requests, for the fields, or for the body: each has its time.
void Session::set_input_deadline() {
    const auto& timeouts = core_.settings.timeouts;
    if (!exchange_) {
        deadline_ = clock::steady() + (first_ ? timeouts.header : timeouts.idle);
    } else if (!head_seen_) {
        deadline_ = request_began_ + timeouts.header;
    } else {
        deadline_ = body_began_ + timeouts.body + time_for(exchange_->parser->body_bytes());
    }
}

/// Keeps what is not parsed yet, since the thread's buffer is about to be another session's.
void Session::keep_input() {
    if (input_.empty()) {
        if (pending_.capacity() > keep_pending) {
            pending_ = {};
        } else {
            pending_.clear();
        }
    } else if (input_.data() >= pending_.data() &&
               input_.data() < pending_.data() + pending_.size()) {
        pending_.erase(0, pending_.size() - input_.size());
    } else {
        pending_.assign(input_);
    }
    input_ = pending_;
}

/// One read into the thread's buffer, behind what was kept. False if there is nothing: blocked_on_
/// says why.
bool Session::read() {
    auto& buffer = thread_.in;
    const auto kept = pending_.size();
    std::copy(pending_.begin(), pending_.end(), buffer.begin());
    const auto io = transport_->read(buffer.data() + kept, buffer.size() - kept);
    // After some long reads it is the turn of the other sessions.
    streak_ = io.bytes >= long_read ? streak_ + 1 : 0;
    more_at_once_ = (streak_ % longest_streak) != 0 || transport_->holds_input();
    blocked_on_ = io.state == Io::State::done ? Io::State::want_read : io.state;
    if (io.state != Io::State::done) {
        more_at_once_ = false;
        return false;
    }
    Counters::add(core_.counters.bytes_in, io.bytes);
    input_ = {buffer.data(), kept + io.bytes};
    pending_.clear();
    return true;
}

/// Parses what is there. True if a request is complete; failure_ is set if it can't be one.
bool Session::parse() {
    if (!exchange_) {
        // A client may send an empty line after a body (RFC 9112 2.2).
        input_.remove_prefix(std::min(input_.find_first_not_of("\r\n"), input_.size()));
        if (input_.empty()) return false;
        begin_request();
    }
    auto& parser = *exchange_->parser;
    parser.feed(input_);
    if (!head_seen_ && parser.head_done() && !parser.failure()) {
        complete_head();
        if (!parser.done()) begin_body(core_.handler.body_rule(exchange_->request));
        if (undecided_ || exchange_->response) return false;
    }
    if (parser.failure()) failure_ = parser.failure();
    if (!failure_) spool_body();
    account_body();
    return !failure_ && parser.done();
}

void Session::begin_request() {
    exchange_ = thread_.take_exchange();
    exchange_->parser.emplace(exchange_->request, core_.settings.limits.max_header_bytes);
    request_began_ = clock::steady();
    head_seen_ = false;
    first_ = false;
}

/// All that is known without the body.
void Session::complete_head() {
    auto& request = exchange_->request;
    head_seen_ = true;
    thread_.write_request_id(request.id);
    request.peer = client_.address;
    request.scheme = client_.tls ? "https" : "http";
    request.certificate = certificate_;
    if (client_.trusted_proxy) apply_forwarding(core_.trusted, request);
}

/// What the rooms above accept is known before the client is told to go on.
void Session::begin_body(const BodyRule& rule) {
    auto& parser = *exchange_->parser;
    const auto& limits = core_.settings.limits;
    undecided_ = rule.ask_worker;
    exchange_->response = rule.refusal;
    if (undecided_ || rule.refusal) return;
    may_spool_ = rule.may_spool;
    body_began_ = clock::steady();
    parser.limit_body(std::min<std::uint64_t>(
        rule.max_bytes, may_spool_ ? limits.max_spooled_body_bytes : limits.max_body_bytes));
    if (parser.failure()) return;
    if (may_spool_ && parser.announced_bytes() > max_unspooled_bytes)
        begin_spool(parser.announced_bytes());
    if (failure_) return;
    if (parser.wants_continue() && input_.empty()) thread_.out += "HTTP/1.1 100 Continue\r\n\r\n";
    parser.feed(input_);
}

/// Has a worker say what becomes of the body, of which nothing is read meanwhile.
Task Session::decide_body() {
    if (send() != Flow::done) {
        const bool sent = co_await drain_output();
        if (!sent) co_return false;
    }
    keep_input();
    const auto lane = core_.handler.lane(exchange_->request);
    const bool asked = co_await on_worker(lane, &Session::ask_body_rule, false);
    if (cut_ || core_.cut) co_return false;
    undecided_ = false;
    if (asked)
        begin_body(std::exchange(body_rule_, {}));
    else
        failure_ = too_many_at_once;
    if (exchange_->response) co_await until(exchange_->response->not_before);
    co_return !cut_ && !core_.cut;
}

/// On a worker.
void Session::ask_body_rule() {
    body_rule_ = core_.handler.body_rule_by_worker(exchange_->request);
    body_rule_.ask_worker = false;
}

/// Opens a file for a body of which at least `bytes` are to come.
void Session::begin_spool(std::uint64_t bytes) {
    try {
        if (core_.spool.budget().has(bytes))
            spooled_ = core_.spool.make();
        else
            failure_ = too_many_at_once;
    } catch (const std::system_error& error) {
        failure_ = spool_failure(error);
    }
}

/// Moves what came of the body into its file, if it is large or will be. That is the page cache:
/// a disk that is much slower than the network would hold up this thread.
void Session::spool_body() {
    auto& body = exchange_->request.body;
    if (may_spool_ && !spooled_ && body.size() > max_unspooled_bytes) begin_spool(body.size());
    if (!spooled_ || failure_) return;
    try {
        if (!spooled_->append(body)) failure_ = too_many_at_once;
    } catch (const std::system_error& error) {
        failure_ = spool_failure(error);
    }
    if (body.capacity() > max_unspooled_bytes) body = {};
    body.clear();
}

/// Bodies in memory are counted over all connections: many clients that are each within their limit
/// must not fill it together.
void Session::account_body() {
    const auto size = exchange_->request.body.size();
    const auto before = std::exchange(body_counted_, size);
    if (size == before) return;
    const auto all = core_.counters.body_bytes.fetch_add(size - before) + size - before;
    if (size > before && all > core_.settings.limits.max_body_bytes_in_all)
        failure_ = too_many_at_once;
}

void Session::complete_request() {
    auto& request = exchange_->request;
    if (spooled_) {
        Counters::add(core_.counters.spooled_bodies);
        request.spooled = std::move(spooled_);
    }
    if (!exchange_->parser->wants_keep_alive() || thread_.draining()) close_ = true;
}

void Session::end_request() {
    if (body_counted_ > 0) core_.counters.body_bytes.fetch_sub(body_counted_);
    body_counted_ = 0;
    spooled_.reset();
    thread_.give_back(std::move(exchange_));
    exchange_.reset();
}

/// Closes our direction and reads on for a while: closing with unread input would reset the
/// connection, and the client might lose the answer (RFC 9112 9.6).
Task Session::linger() {
    if (!input_unread_ && input_.empty() && !thread_.draining()) co_return true;
    transport_->close_notify();
    boost::system::error_code ignored;
    socket_.shutdown(Socket::shutdown_send, ignored);
    const auto until = clock::steady() + linger_time;
    pending_.clear();
    input_ = {};
    while (clock::steady() < until) {
        deadline_ = until;
        const bool is_ready = co_await ready(Io::State::want_read);
        if (!is_ready) break;
        if (!read() && blocked_on_ == Io::State::closed) break;
    }
    co_return true;
}

}  // namespace kalends::http
