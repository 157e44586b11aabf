#include "directory/ldap/servers.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace kalends::directory::ldap {
namespace {

using namespace std::chrono_literals;

/// A server that has failed is asked after the others for so long, then in its place again.
constexpr auto avoided = 30s;
/// While none answers, one try in so long is enough for everybody who waits: at first, at most.
constexpr auto first_pause = 2s;
constexpr auto longest_pause = 30s;

}  // namespace

Servers::Servers(Settings settings, Telling telling)
    : settings_(std::move(settings)), telling_(telling), states_(settings_.uris.size()) {}

/// Those that have not failed lately first.
std::vector<std::size_t> Servers::in_order() {
    const std::lock_guard lock(mutex_);
    const auto now = clock::steady();
    if (now < all_down_until_) throw DirectoryUnavailable(why_all_down_);
    std::vector<std::size_t> order(settings_.uris.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_partition(order.begin(), order.end(),
                          [&](std::size_t i) { return states_[i].avoid_until <= now; });
    return order;
}

void Servers::answered(std::size_t server) {
    const std::lock_guard lock(mutex_);
    const bool was_down = std::exchange(states_[server].down, false);
    if (was_down && states_.size() > 1 && telling_ == Telling::by_log)
        log(Level::info, "ldap.server_back", {{"uri", settings_.uris[server]}});
}

std::unique_ptr<Connection> Servers::connect(Deadline deadline) {
    std::string why = "no server is named in ldap.uri";
    auto order = in_order();
    for (std::size_t tried = 0; tried < order.size(); ++tried) {
        const auto& uri = settings_.uris[order[tried]];
        const auto now = clock::steady();
        const auto share = (deadline - now) / static_cast<long>(order.size() - tried);
        try {
            auto connection = std::make_unique<Connection>(settings_, uri, now + share);
            answered(order[tried]);
            return connection;
        } catch (const DirectoryUnavailable& error) {
            why = error.what();
            failed(uri, why);
        }
    }
    gave_up(why);
    throw DirectoryUnavailable(why);
}

void Servers::gave_up(const std::string& why) {
    const std::lock_guard lock(mutex_);
    const auto now = clock::steady();
    const bool all_failed =
        std::ranges::all_of(states_, [now](const State& state) { return state.avoid_until > now; });
    if (!all_failed || now < all_down_until_) return;
    pause_ = std::clamp<std::chrono::seconds>(pause_ * 2, first_pause, longest_pause);
    all_down_until_ = now + pause_;
    why_all_down_ = why;
}

void Servers::succeeded() {
    {
        const std::lock_guard lock(mutex_);
        pause_ = {};
    }
    outage_.succeeded();
}

std::unique_ptr<Connection> Servers::connect_as_service(Deadline deadline) {
    std::string why;
    // One that takes connections, and fails then, is passed by too.
    for (std::size_t tries = 0; tries < std::max<std::size_t>(settings_.uris.size(), 1); ++tries) {
        auto connection = connect(deadline);
        const auto now = clock::steady();
        const auto left = static_cast<long>(settings_.uris.size() - tries);
        try {
            connection->bind_as_service(settings_, now + (deadline - now) / std::max(left, 1L));
            return connection;
        } catch (const DirectoryUnavailable& error) {
            why = error.what();
            failed(connection->uri(), why);
        }
    }
    throw DirectoryUnavailable(why);
}

void Servers::failed(const std::string& uri, const std::string& why) {
    bool new_failure = false;
    bool others = false;
    {
        const std::lock_guard lock(mutex_);
        const auto now = clock::steady();
        for (std::size_t i = 0; i < states_.size(); ++i) {
            auto& state = states_[i];
            if (settings_.uris[i] == uri) {
                state.avoid_until = now + avoided;
                new_failure = !std::exchange(state.down, true);
            }
            others = others || !state.down;
        }
    }
    if (telling_ == Telling::by_caller) return;
    if (!others)
        outage_.failed(why);
    else if (new_failure)
        log(Level::warning, "ldap.server_failed", {{"uri", uri}, {"why", why}});
}

}  // namespace kalends::directory::ldap
