#pragma once
// What a session waits for: its socket, a worker, or a moment.

#include "http/session_private.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <coroutine>

namespace kalends::http {

/// Until the socket can be read or written; false if the session was told to end meanwhile.
class Session::Ready {
public:
    Ready(Session& session, Socket::wait_type what) : session_{session}, what_{what} {}

    [[nodiscard]] bool await_ready() const { return session_.broken_off(); }
    void await_suspend(std::coroutine_handle<> waiting) {
        session_.socket_.async_wait(what_, [this, waiting](const boost::system::error_code& error) {
            error_ = error;
            waiting.resume();
        });
    }
    [[nodiscard]] bool await_resume() const {
        session_.deadline_ = Moment::max();
        return !error_ && !session_.broken_off();
    }

private:
    Session& session_;
    Socket::wait_type what_;
    boost::system::error_code error_;
};

/// Runs a function of the session on a worker; false if the lane's queue is full, then it is not
/// run. The job is this object, in the frame of the waiting coroutine: nothing is allocated for it.
class Session::OnWorker final : public Job {
public:
    OnWorker(Session& session, Lane lane, void (Session::*work)(), bool urgent)
        : session_{session}, lane_{lane}, work_{work}, urgent_{urgent} {}

    [[nodiscard]] static bool await_ready() { return false; }
    bool await_suspend(std::coroutine_handle<> waiting) {
        waiting_ = waiting;
        // The answer comes through the loop of this thread, so that nothing of this is gone while
        // post() runs.
        if (session_.core_.lanes.post(lane_, *this, urgent_)) return true;
        refused_ = true;
        return false;
    }
    [[nodiscard]] bool await_resume() const { return !refused_; }

    void run() noexcept override {
        if (!session_.core_.cut.load(std::memory_order_relaxed)) (session_.*work_)();
        boost::asio::post(session_.thread_.io(), [waiting = waiting_] { waiting.resume(); });
    }

private:
    Session& session_;
    Lane lane_;
    void (Session::*work_)();
    bool urgent_;
    bool refused_ = false;
    std::coroutine_handle<> waiting_;
};

/// Until a moment, which is near: nothing cuts it short.
class Session::Pause {
public:
    Pause(Session& session, Moment until) : timer_{session.thread_.io()}, until_{until} {}

    [[nodiscard]] bool await_ready() const { return until_ <= clock::steady(); }
    void await_suspend(std::coroutine_handle<> waiting) {
        timer_.expires_at(until_);
        timer_.async_wait([waiting](const boost::system::error_code&) { waiting.resume(); });
    }
    void await_resume() const {}

private:
    boost::asio::steady_timer timer_;
    Moment until_;
};

inline Session::Pause Session::until(Moment moment) { return {*this, moment}; }

inline Session::Ready Session::ready(Io::State state) {
    return {*this, state == Io::State::want_write ? Socket::wait_write : Socket::wait_read};
}

inline Session::OnWorker Session::on_worker(Lane lane, void (Session::*work)(), bool urgent) {
    return {*this, lane, work, urgent};
}

}  // namespace kalends::http
