#include "base/hash.hpp"
#include "base/text.hpp"
#include "http/core_private.hpp"

namespace kalends::http {

bool ConnectionGate::enter(const std::string& address, bool exempt) {
    const std::lock_guard lock{mutex_};
    if (count_ >= limits_.max_connections) return false;
    if (!exempt) {
        auto& here = by_address_[address];
        if (here >= limits_.max_connections_per_address) {
            if (here == 0) by_address_.erase(address);
            return false;
        }
        ++here;
    }
    ++count_;
    return true;
}

void ConnectionGate::leave(const std::string& address, bool exempt) {
    const std::lock_guard lock{mutex_};
    if (!exempt) {
        const auto here = by_address_.find(address);
        if (here != by_address_.end() && --here->second == 0) by_address_.erase(here);
    }
    if (--count_ == 0) empty_.notify_all();
}

std::size_t ConnectionGate::count() const {
    const std::lock_guard lock{mutex_};
    return count_;
}

bool ConnectionGate::wait_until_empty(std::chrono::milliseconds timeout) {
    std::unique_lock lock{mutex_};
    return empty_.wait_for(lock, timeout, [this] { return count_ == 0; });
}

Core::Core(ServerSettings given, Handler& answers)
    : settings{std::move(given)}, handler{answers}, trusted{settings.trusted_proxies},
      spool{settings.spool_directory, settings.limits.max_spooled_bytes_in_all},
      lanes{settings.lanes}, gate{settings.limits}, id_prefix{text::to_hex(hash::random_bytes(4))} {
}

Statistics Core::statistics() const {
    Statistics now;
    now.connections = gate.count();
    now.accepted = counters.accepted;
    now.refused_connections = counters.refused_connections;
    now.handshake_failures = counters.handshake_failures;
    now.timeouts = counters.timeouts;
    now.requests = counters.requests;
    now.from_memory = counters.from_memory;
    for (std::size_t i = 0; i < now.by_class.size(); ++i)
        now.by_class.at(i) = counters.by_class.at(i);
    now.bytes_in = counters.bytes_in;
    now.bytes_out = counters.bytes_out;
    now.body_bytes = counters.body_bytes;
    now.spooled_bodies = counters.spooled_bodies;
    now.spooled_bytes = spool.budget().used();
    now.lanes = lanes.statistics();
    return now;
}

}  // namespace kalends::http
