#pragma once
// The coroutines of a session. asio::awaitable would do, but it allocates for each wait, can wait
// for nothing but Asio's own operations, and takes seconds to compile; a session waits for three
// things (readable, writable, a worker), so that these few lines are all it needs.

#include <coroutine>
#include <exception>
#include <utility>

namespace kalends::http {

/// A coroutine that another one awaits. Its result says whether the connection can go on.
class [[nodiscard]] Task {
public:
    // NOLINTNEXTLINE(readability-identifier-naming): the language asks for this name
    struct promise_type {
        bool result = false;
        std::exception_ptr error;
        std::coroutine_handle<> caller;

        Task get_return_object() { return Task{Handle::from_promise(*this)}; }
        static std::suspend_always initial_suspend() noexcept { return {}; }
        struct BackToCaller {
            static bool await_ready() noexcept { return false; }
            static std::coroutine_handle<>
            await_suspend(std::coroutine_handle<promise_type> done) noexcept {
                return done.promise().caller;
            }
            static void await_resume() noexcept {}
        };
        static BackToCaller final_suspend() noexcept { return {}; }
        void return_value(bool value) { result = value; }
        void unhandled_exception() { error = std::current_exception(); }
    };

    Task(Task&& other) noexcept : handle_{std::exchange(other.handle_, nullptr)} {}
    Task& operator=(Task&&) = delete;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() {
        if (handle_) handle_.destroy();
    }

    [[nodiscard]] static bool await_ready() { return false; }
    std::coroutine_handle<> await_suspend(std::coroutine_handle<> caller) {
        handle_.promise().caller = caller;
        return handle_;
    }
    bool await_resume() const {
        if (handle_.promise().error) std::rethrow_exception(handle_.promise().error);
        return handle_.promise().result;
    }

private:
    using Handle = std::coroutine_handle<promise_type>;
    explicit Task(Handle handle) : handle_{handle} {}
    Handle handle_;
};

/// The outermost coroutine: runs at once and destroys itself at its end. It must not let an
/// exception out.
struct Detached {
    // NOLINTNEXTLINE(readability-identifier-naming): the language asks for this name
    struct promise_type {
        static Detached get_return_object() { return {}; }
        static std::suspend_never initial_suspend() noexcept { return {}; }
        static std::suspend_never final_suspend() noexcept { return {}; }
        static void return_void() {}
        [[noreturn]] static void unhandled_exception() { std::terminate(); }
    };
};

}  // namespace kalends::http
