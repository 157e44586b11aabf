#pragma once
// One connection of a client, from the handshake to the close: RFC 9112 9.

#include "http/gzip.hpp"
#include "http/network_private.hpp"
#include "http/task_private.hpp"
#include "http/transport_private.hpp"

#include <boost/asio/ip/tcp.hpp>

namespace kalends::http {

/// Who is connected, as the listener found it and ConnectionGate let it in.
struct Client {
    std::string address;
    bool trusted_proxy = false;
    bool tls = false;
};

/// Lives on one network thread. Its coroutine run() owns it.
class Session {
public:
    using Socket = boost::asio::ip::tcp::socket;
    using Moment = std::chrono::steady_clock::time_point;

    /// Bodies and answers must move on at this rate, on average, beyond what their timeout allows.
    static constexpr std::size_t bytes_per_second = 4096;
    static std::chrono::milliseconds time_for(std::size_t bytes) {
        return std::chrono::milliseconds{bytes * 1000 / bytes_per_second};
    }

    /// `tls` is null for plain HTTP.
    Session(NetworkThread& thread, Socket socket, Client client, const TlsContext* tls);
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    static Detached run(std::unique_ptr<Session> self);

    /// Ends what it waits for if that takes too long.
    void expire(Moment now);
    /// Closes it if it is idle, else after the answer.
    void drain();
    /// Closes it as soon as it runs again.
    void cut();

    [[nodiscard]] std::size_t place() const { return place_; }
    void set_place(std::size_t place) { place_ = place; }

private:
    class Ready;
    class OnWorker;
    class Pause;
    enum class Flow { done, blocked, closed };

    // session.cpp: requests in
    Task begin();
    void keep_certificate();
    Task serve();
    Task receive();
    Task linger();
    Task decide_body();
    bool parse();
    void begin_request();
    void complete_head();
    void begin_body(const BodyRule& rule);
    void ask_body_rule();
    void begin_spool(std::uint64_t bytes);
    void spool_body();
    void account_body();
    void complete_request();
    void end_request();
    bool read();
    void keep_input();
    void set_input_deadline();

    // answer.cpp: answers out
    bool answer_from_memory();
    Task answer_by_worker();
    Task stream();
    Task drain_output();
    void refuse(const Failure& failure);
    void refuse_body();
    void put_answer();
    void put_piece();
    void handle_request();
    void encode_answer();
    void pull_piece();
    Flow send();
    [[nodiscard]] bool should_send() const;
    bool still_reads();

    // What happens on a socket or a worker; false: the connection can't go on.
    Ready ready(Io::State state);
    Pause until(Moment moment);
    OnWorker on_worker(Lane lane, void (Session::*work)(), bool urgent);
    [[nodiscard]] bool broken_off() const { return timed_out_ || cut_; }

    NetworkThread& thread_;
    Core& core_;
    Socket socket_;
    Client client_;
    std::unique_ptr<Transport> transport_;
    std::shared_ptr<const std::string> certificate_;  // the client's
    std::size_t place_ = 0;

    // Time
    Moment deadline_ = Moment::max();
    Moment request_began_{};
    Moment body_began_{};
    bool timed_out_ = false;
    bool cut_ = false;
    bool writing_ = false;    // waits until the client takes more of an answer
    std::size_t queued_ = 0;  // what the kernel held of it when we last looked

    // In: what is not parsed yet lies in the thread's buffer, or in pending_ while we wait
    std::string_view input_;
    std::string pending_;
    bool more_at_once_ = false;  // there is probably more to read, without waiting
    unsigned streak_ = 0;        // of long reads
    bool first_ = true;          // no request came yet

    // The request that is being read or answered
    std::unique_ptr<Exchange> exchange_;
    bool head_seen_ = false;
    bool close_ = false;         // after this answer
    bool input_unread_ = false;  // the client may still be sending what nobody will read
    bool undecided_ = false;     // a worker has to say what becomes of the body
    BodyRule body_rule_;         // what it said
    bool may_spool_ = false;
    std::unique_ptr<SpooledBody> spooled_;  // what came of the body, if it is large
    std::size_t body_counted_ = 0;          // in memory
    std::optional<Failure> failure_;

    // Out: unsent_ (or the thread's buffer), then rest_, which views the body of the answer
    std::string unsent_;
    std::string_view rest_;
    std::size_t sent_ = 0;
    Io::State blocked_on_ = Io::State::done;

    // A streamed answer
    Lane lane_ = Lane::read;
    std::string piece_;
    std::unique_ptr<Gzip> gzip_;
    BodyEnd body_end_ = BodyEnd::length;
    bool last_piece_ = false;
    bool first_piece_ = true;
    bool broken_ = false;  // the generator has thrown
    bool reset_ = false;   // close so that the client can't take the part for the whole
};

}  // namespace kalends::http
