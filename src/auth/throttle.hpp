#pragma once
// Slows down guessing of passwords without letting a guesser lock out anybody else.
//
// Failures are counted for the pair of login and address, which is slowed soon; for the address,
// whatever the login, which takes more; and for the login, whatever the address, which takes still
// more, and never slows for long. The last two slow only who has not logged in as this user from
// that address before: guessing neighbours lock nobody out. A credential that was right before is
// not a guess: the caller does not ask then.

#include <chrono>
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace kalends::auth {

class Throttle {
public:
    /// `free_failures` of a pair before it waits; `max_delay` is the longest wait.
    Throttle(unsigned free_failures, std::chrono::seconds max_delay);

    /// What a failure counts for: the pair alone (and only where that is not known), the address
    /// alone, or all three.
    enum class Reach { pair, address, login };

    /// How long this one must wait before the next attempt is looked at; 0: not at all.
    std::chrono::seconds wait(const std::string& login, std::string_view peer,
                              Reach reach = Reach::login);
    void failed(const std::string& login, std::string_view peer, Reach reach = Reach::login);
    void succeeded(const std::string& login, std::string_view peer);

private:
    using Time = std::chrono::steady_clock::time_point;
    struct Count {
        unsigned failures = 0;
        Time blocked_until;
        Time last;
    };
    /// Counts of one kind, a bounded number: the one that was used longest ago goes first.
    class Counts {
    public:
        Counts(unsigned free, std::chrono::seconds max_delay)
            : free_(free), max_delay_(max_delay) {}
        [[nodiscard]] Time blocked_until(const std::string& key) const;
        void add(const std::string& key, Time now);
        void reset(const std::string& key);
        [[nodiscard]] bool contains(const std::string& key) const { return by_key_.contains(key); }

    private:
        struct Keyed {
            std::string key;
            Count count;
        };
        unsigned free_;
        std::chrono::seconds max_delay_;
        std::list<Keyed> in_order_;  // used last: at the end
        std::unordered_map<std::string, std::list<Keyed>::iterator> by_key_;
    };

    std::mutex mutex_;
    Counts pairs_;
    Counts addresses_;
    Counts logins_;
    Counts known_;  // pairs that have logged in
};

/// An IPv4 address as it is; of IPv6 the network of 64 bits, since a guesser has all addresses of
/// it.
std::string throttled_address(std::string_view peer);

}  // namespace kalends::auth
