// The answers of a session: from memory, by a worker, in one piece or as a stream.
#include "base/log.hpp"
#include "base/text.hpp"
#include "http/session_private.hpp"
#include "http/waits_private.hpp"

namespace kalends::http {
namespace {

// A body up to this size is copied behind its head, to leave in one write with other answers; a
// longer one is sent from where it is.
constexpr std::size_t copy_size = 16UL << 10U;
// Answers to pipelined requests are collected up to this size.
constexpr std::size_t collect_size = 64UL << 10U;
constexpr std::size_t keep_size = 256UL << 10U;

std::string_view body_of(const Response& response) {
    return response.shared_body ? std::string_view{*response.shared_body} : response.body;
}

bool has_no_body(Status status) {
    return code(status) < 200 || status == Status::no_content || status == Status::not_modified;
}

Response plain_answer(Status status, std::string_view why) {
    Response response;
    response.status = status;
    response.headers.add("Content-Type", "text/plain; charset=utf-8");
    response.body.append(reason(status)).append(": ").append(why).append("\n");
    response.compressible = false;
    return response;
}

Response busy_answer() {
    auto response =
        plain_answer(Status::service_unavailable, "too many requests are waiting; try again soon");
    response.headers.add("Retry-After", "2");
    return response;
}

/// What went wrong is for the log; the client gets the number under which it stands there.
Response failed_answer(const Request& request, const std::exception& error) {
    log(Level::error, "http.request.failed", {{"request", request.id}, {"why", error.what()}});
    return plain_answer(Status::internal_server_error, "request " + request.id + " has failed");
}

/// Whether the body depends on Accept-Encoding. A strong ETag stands for one sequence of bytes, so
/// what has one is sent as it is (RFC 9110 8.8.3.3).
bool may_encode(const Response& response, const ServerSettings& settings) {
    if (!settings.gzip || !response.compressible || has_no_body(response.status)) return false;
    if (response.status == Status::partial_content) return false;  // a part of what is not encoded
    if (!response.more && body_of(response).size() < settings.gzip_min_bytes) return false;
    const auto etag = response.headers.find("ETag");
    const bool bytes_are_tagged = etag && !etag->starts_with("W/");
    return !bytes_are_tagged && !response.headers.find("Content-Encoding");
}

bool will_encode(const Request& request, const Response& response, const ServerSettings& settings) {
    if (!may_encode(response, settings)) return false;
    const auto accepted = request.headers.find("Accept-Encoding");
    return accepted && accepts_gzip(*accepted);
}

/// `more`, which fails where it gives anything but `owed` bytes: that many have been promised.
BodySource exactly(std::uint64_t owed, BodySource more) {
    return [owed, more = std::move(more)]() mutable {
        auto piece = more();
        if (piece.size() > owed || (piece.empty() && owed > 0))
            throw std::runtime_error("the body is not as long as was said");
        owed -= piece.size();
        return piece;
    };
}

void add_vary(Headers& headers) {
    const auto before = headers.joined("Vary");
    if (before.find('*') != std::string::npos || text::icontains(before, "accept-encoding")) return;
    headers.set("Vary", before.empty() ? "Accept-Encoding" : before + ", Accept-Encoding");
}

}  // namespace

/// True if that was the answer: it then lies in the buffer. What is a stream or is to be compressed
/// goes on in answer_by_worker().
bool Session::answer_from_memory() {
    auto& response = exchange_->response;
    const auto& request = exchange_->request;
    Counters::add(core_.counters.requests);
    try {
        response = core_.handler.try_from_memory(request);
    } catch (const std::exception& error) {
        response = failed_answer(request, error);
    }
    if (!response) return false;
    Counters::add(core_.counters.from_memory);
    if (response->more || will_encode(request, *response, core_.settings)) return false;
    put_answer();
    return true;
}

Task Session::answer_by_worker() {
    // A client that does not read its answers gets no more work done.
    if (send() != Flow::done) {
        const bool sent = co_await drain_output();
        if (!sent) co_return false;
    }
    keep_input();
    auto& response = exchange_->response;
    lane_ = core_.handler.lane(exchange_->request);
    const auto work = response ? &Session::encode_answer : &Session::handle_request;
    const bool done = co_await on_worker(lane_, work, false);
    if (cut_ || core_.cut) co_return false;
    if (!done && !response) response = busy_answer();
    co_await until(response->not_before);
    if (cut_ || core_.cut) co_return false;
    put_answer();
    bool whole = true;
    if (response->more && body_end_ != BodyEnd::none && exchange_->request.method != "HEAD")
        whole = co_await stream();
    co_return whole;
}

/// On a worker.
void Session::handle_request() {
    try {
        exchange_->response = core_.handler.handle(exchange_->request);
        encode_answer();
    } catch (const std::exception& error) {
        exchange_->response = failed_answer(exchange_->request, error);
    }
    exchange_->request.spooled.reset();  // freeing a large file takes time: here, that of a worker
}

/// On a worker: compresses the body, or begins to if it is a stream.
void Session::encode_answer() {
    auto& response = *exchange_->response;
    const bool head_only = exchange_->request.method == "HEAD";
    if (head_only) return;
    if (!will_encode(exchange_->request, response, core_.settings)) {
        if (response.more && response.length)
            response.more =
                exactly(*response.length - body_of(response).size(), std::move(response.more));
        return;
    }
    auto gzip = std::make_unique<Gzip>();
    auto encoded = gzip->add(body_of(response));
    if (response.more) {
        gzip_ = std::move(gzip);
    } else {
        encoded += gzip->finish();
    }
    response.shared_body.reset();
    response.length.reset();
    response.body = std::move(encoded);
    response.headers.add("Content-Encoding", "gzip");
}

/// Writes the answer into the buffer; the body if that is small, else rest_ views it.
void Session::put_answer() {
    auto& response = *exchange_->response;
    const auto& request = exchange_->request;
    const bool head_only = request.method == "HEAD";
    const auto body = body_of(response);
    Framing framing;
    framing.http_1_1 = exchange_->parser->http_1_1();
    const bool by_length = response.length && (response.more || head_only);
    framing.length = by_length ? *response.length : body.size();
    const bool endless = response.more && !response.length;
    // The length that a HEAD tells is that of a GET, which compression would change.
    if (has_no_body(response.status) ||
        (head_only && (endless || will_encode(request, response, core_.settings)))) {
        framing.end = BodyEnd::none;
    } else if (endless) {
        framing.end = framing.http_1_1 ? BodyEnd::chunked : BodyEnd::close;
    }
    if (framing.end == BodyEnd::close) close_ = true;
    framing.keep_alive = !close_;
    body_end_ = framing.end;
    if (may_encode(response, core_.settings) || gzip_ || response.headers.find("Content-Encoding"))
        add_vary(response.headers);
    append_head(thread_.out, response, framing, thread_.date_line());

    const auto status_class = code(response.status) / 100;
    if (status_class >= 1 && status_class <= 5)
        Counters::add(core_.counters.by_class.at(status_class - 1));
    if (log_enabled(Level::debug))
        log(Level::debug, "http.request",
            {{"request", request.id},
             {"peer", request.peer},
             {"method", request.method},
             {"path", request.path},
             {"status", std::to_string(code(response.status))}});

    if (head_only || response.more || framing.end != BodyEnd::length || body.empty()) return;
    if (body.size() <= copy_size) {
        thread_.out += body;
    } else {
        rest_ = body;
    }
}

/// Sends a stream, piece by piece; the next is made only when the one before has been sent.
Task Session::stream() {
    auto& response = *exchange_->response;
    if (response.shared_body)
        piece_ = *response.shared_body;
    else
        piece_ = std::move(response.body);
    first_piece_ = true;
    last_piece_ = false;
    for (;;) {
        put_piece();
        if (send() != Flow::done) {
            const bool sent = co_await drain_output();
            if (!sent) break;
        }
        if (last_piece_) {
            gzip_.reset();
            piece_ = {};
            co_return true;
        }
        const bool pulled = co_await on_worker(lane_, &Session::pull_piece, true);
        if (!pulled || broken_ || cut_ || core_.cut) break;
    }
    reset_ = true;
    co_return false;
}

/// On a worker: the next piece, and whether it is the last.
void Session::pull_piece() {
    auto& more = exchange_->response->more;
    try {
        piece_.clear();
        while (piece_.empty() && !last_piece_) {
            auto made = more();
            last_piece_ = made.empty();
            if (last_piece_)
                more = nullptr;  // what it holds is given back here, not on a network thread
            if (!gzip_) {
                piece_ = std::move(made);
            } else {
                piece_ = last_piece_ ? gzip_->finish() : gzip_->add(made);
            }
        }
    } catch (const std::exception& error) {
        broken_ = true;
        log(Level::error, "http.stream.failed",
            {{"request", exchange_->request.id}, {"why", error.what()}});
    }
}

/// Frames piece_ (RFC 9112 7.1). The CR LF that ends a chunk is sent before the next one, so that a
/// piece is sent from where it is.
void Session::put_piece() {
    auto& out = thread_.out;
    if (body_end_ == BodyEnd::chunked && (!piece_.empty() || last_piece_)) {
        if (!first_piece_) out += "\r\n";
        if (!piece_.empty()) append_chunk_head(out, piece_.size());
    }
    if (!piece_.empty()) first_piece_ = false;
    rest_ = piece_;
    if (!last_piece_) return;
    if (body_end_ != BodyEnd::chunked) return;
    if (piece_.empty()) {
        out += "0\r\n\r\n";
    } else {
        piece_ += "\r\n0\r\n\r\n";
        rest_ = piece_;
    }
}

/// An answer to what is no request, or can't be served; the connection ends after it.
void Session::refuse(const Failure& failure) {
    if (!exchange_) return;
    close_ = true;
    input_unread_ = true;
    if (log_enabled(Level::debug))
        log(Level::debug, "http.request.refused",
            {{"peer", client_.address},
             {"status", std::to_string(code(failure.status))},
             {"why", std::string{failure.why}}});
    Counters::add(core_.counters.requests);
    exchange_->response = plain_answer(failure.status, failure.why);
    if (failure.status == Status::service_unavailable)
        exchange_->response->headers.add("Retry-After", "2");
    put_answer();
}

/// What the rooms above have said before the body was read; the connection ends after it.
void Session::refuse_body() {
    close_ = true;
    input_unread_ = true;
    Counters::add(core_.counters.requests);
    put_answer();
}

/// Whether what is collected should leave before the next request is looked at.
bool Session::should_send() const {
    return close_ || !rest_.empty() || thread_.out.size() >= collect_size;
}

/// Sends what can be sent now: unsent_ or the thread's buffer, then rest_.
Session::Flow Session::send() {
    auto& out = thread_.out;
    const bool fresh = unsent_.empty();
    std::string_view first = fresh ? out : unsent_;
    Io io;
    while (!first.empty() || !rest_.empty()) {
        io = transport_->write(first, rest_);
        if (io.state != Io::State::done) break;
        sent_ += io.bytes;
        Counters::add(core_.counters.bytes_out, io.bytes);
        const auto from_first = std::min(io.bytes, first.size());
        first.remove_prefix(from_first);
        rest_.remove_prefix(io.bytes - from_first);
    }
    blocked_on_ = io.state;
    if (fresh) {
        unsent_.assign(first);
        out.clear();
        if (out.capacity() > keep_size) out.shrink_to_fit();
    } else {
        unsent_.erase(0, unsent_.size() - first.size());
    }
    if (io.state == Io::State::done) {
        blocked_on_ = Io::State::want_read;
        unsent_ = {};
        return Flow::done;
    }
    return io.state == Io::State::closed ? Flow::closed : Flow::blocked;
}

/// Sends the rest of what send() could not, at the pace of the client, within the time for that.
Task Session::drain_output() {
    const auto began = clock::steady();
    sent_ = 0;
    still_reads();  // which notes what the kernel holds now
    writing_ = true;
    for (;;) {
        if (blocked_on_ == Io::State::closed) break;
        deadline_ = began + core_.settings.timeouts.write + time_for(sent_);
        const bool is_ready = co_await ready(blocked_on_);
        if (!is_ready) break;
        if (send() == Flow::done) {
            writing_ = false;
            co_return true;
        }
    }
    writing_ = false;
    co_return false;
}

}  // namespace kalends::http
