#pragma once
// What a request may cost: recurrence rules come from anybody, and a few bytes of them can describe
// 10^10 instances.

#include <cstdint>
#include <stdexcept>

namespace kalends::ical {

/// Expanding this needs more steps than allowed: what() says so to the client's user.
class TooExpensive : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Steps left, shared by everything that one request evaluates. A step is some 10 ns of work.
class Budget {
public:
    static constexpr std::uint64_t default_steps = 5'000'000;

    explicit Budget(std::uint64_t steps = default_steps) : left_(steps), all_(steps) {}

    /// Throws TooExpensive when that is more than what is left.
    void spend(std::uint64_t steps = 1) {
        if (steps > left_) exhausted();
        left_ -= steps;
    }
    [[nodiscard]] std::uint64_t left() const { return left_; }
    [[nodiscard]] std::uint64_t spent() const { return all_ - left_; }

private:
    [[noreturn]] void exhausted();

    std::uint64_t left_;
    std::uint64_t all_;
};

}  // namespace kalends::ical
