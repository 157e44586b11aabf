#include "auth/throttle.hpp"

#include "base/clock.hpp"
#include "base/text.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace kalends::auth {
namespace {

constexpr std::size_t max_counts = 50'000;
constexpr unsigned address_factor = 4;
constexpr unsigned login_factor = 10;
constexpr std::chrono::seconds max_login_delay{30};
constexpr std::chrono::minutes forgotten_after{15};

/// 1, 2, 4, … seconds.
std::chrono::seconds delay_after(unsigned failures_above, std::chrono::seconds max) {
    constexpr unsigned max_shift = 20;
    return std::min(max, std::chrono::seconds{1LL << std::min(failures_above - 1, max_shift)});
}

std::string pair_of(const std::string& login, const std::string& address) {
    return login + '\n' + address;
}

}  // namespace

std::string throttled_address(std::string_view peer) {
    std::array<unsigned char, 16> bytes{};
    std::string address(peer.substr(0, peer.find('%')));
    if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
    return text::to_hex({reinterpret_cast<const char*>(bytes.data()), 8});
}

Throttle::Throttle(unsigned free_failures, std::chrono::seconds max_delay)
    : pairs_(free_failures, max_delay), addresses_(free_failures * address_factor, max_delay),
      logins_(free_failures * login_factor, std::min(max_delay, max_login_delay)),
      known_(0, max_delay) {}

std::chrono::seconds Throttle::wait(const std::string& login, std::string_view peer, Reach reach) {
    const auto address = throttled_address(peer);
    const auto pair = pair_of(login, address);
    const std::lock_guard lock(mutex_);
    const bool is_known = known_.contains(pair);
    Time until{};
    if (reach == Reach::login || (reach == Reach::pair && !is_known))
        until = pairs_.blocked_until(pair);
    if (reach != Reach::pair && !is_known)
        until = std::max(until, addresses_.blocked_until(address));
    if (reach == Reach::login && !is_known) until = std::max(until, logins_.blocked_until(login));
    const auto left = until - clock::steady();
    return std::max(std::chrono::ceil<std::chrono::seconds>(left), std::chrono::seconds{0});
}

void Throttle::failed(const std::string& login, std::string_view peer, Reach reach) {
    const auto address = throttled_address(peer);
    const auto now = clock::steady();
    const std::lock_guard lock(mutex_);
    if (reach != Reach::address) pairs_.add(pair_of(login, address), now);
    if (reach == Reach::pair) return;
    addresses_.add(address, now);
    if (reach == Reach::login) logins_.add(login, now);
}

void Throttle::succeeded(const std::string& login, std::string_view peer) {
    const auto address = throttled_address(peer);
    const auto pair = pair_of(login, address);
    const std::lock_guard lock(mutex_);
    pairs_.reset(pair);
    known_.add(pair, clock::steady());
}

Throttle::Time Throttle::Counts::blocked_until(const std::string& key) const {
    const auto found = by_key_.find(key);
    return found == by_key_.end() ? Time{} : found->second->count.blocked_until;
}

void Throttle::Counts::add(const std::string& key, Time now) {
    auto found = by_key_.find(key);
    if (found == by_key_.end()) {
        if (by_key_.size() >= max_counts) {
            by_key_.erase(in_order_.front().key);
            in_order_.pop_front();
        }
        found = by_key_.emplace(key, in_order_.insert(in_order_.end(), {key, {}})).first;
    }
    in_order_.splice(in_order_.end(), in_order_, found->second);
    auto& count = found->second->count;
    if (now - count.last > forgotten_after) count.failures = 0;
    count.last = now;
    if (++count.failures > free_)
        count.blocked_until = now + delay_after(count.failures - free_, max_delay_);
}

void Throttle::Counts::reset(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    in_order_.erase(found->second);
    by_key_.erase(found);
}

}  // namespace kalends::auth
