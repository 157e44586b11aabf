#include "auth/keys.hpp"

#include "auth/discovery.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"

namespace kalends::auth {

Keys::Keys(KeySettings settings, fetch::Fetch fetch)
    : settings_(std::move(settings)), fetch_(std::move(fetch)),
      keys_(std::make_shared<const std::vector<VerifyingKey>>()) {}

Keys::~Keys() {
    if (fetching_.valid()) fetching_.wait();
}

KeySet Keys::with_key_of(const UnverifiedToken& token) {
    if (auto keys = known(); key_for(token, *keys) != nullptr) {
        if (are_old()) fetch_again();
        return keys;
    }
    fetch_again().wait();
    auto keys = known();
    const std::lock_guard lock(mutex_);
    if (key_for(token, *keys) == nullptr && !failure_.empty()) throw fetch::Unreachable(failure_);
    return keys;
}

KeySet Keys::known() const {
    const std::lock_guard lock(mutex_);
    if (clock::steady() < fetched_ + settings_.keep) return keys_;
    return std::make_shared<const std::vector<VerifyingKey>>();
}

bool Keys::are_old() const {
    const std::lock_guard lock(mutex_);
    return clock::steady() >= fetched_ + settings_.refresh;
}

/// Begins a fetch, unless one is under way or has only just been.
std::shared_future<void> Keys::fetch_again() {
    const std::lock_guard lock(mutex_);
    const auto now = clock::steady();
    const bool is_running = fetching_.valid() && fetching_.wait_for(std::chrono::seconds{0}) !=
                                                     std::future_status::ready;
    if (is_running || (asked_ && now < *asked_ + settings_.pause)) return fetching_;
    fetching_ = std::async(std::launch::async, [this] { fetch_now(); }).share();
    asked_ = now;
    return fetching_;
}

void Keys::fetch_now() {
    try {
        auto keys = std::make_shared<const std::vector<VerifyingKey>>(load());
        const std::lock_guard lock(mutex_);
        keys_ = std::move(keys);
        fetched_ = clock::steady();
        failure_.clear();
    } catch (const std::exception& error) {
        log(Level::warning, "auth.keys.failed", {{"why", error.what()}});
        const std::lock_guard lock(mutex_);
        failure_ = error.what();
    }
}

std::vector<VerifyingKey> Keys::load() const {
    const auto url =
        settings_.url.empty() ? discover(settings_.issuer, fetch_).key_set_url : settings_.url;
    if (url.empty())
        throw fetch::Unreachable("the issuer does not say where its keys are (jwks_uri)");
    const auto reply = fetch_({.url = url});
    auto keys = parse_key_set(reply.body);
    if (reply.status != 200 || keys.empty())
        throw fetch::Unreachable(url + " answers with " + std::to_string(reply.status) +
                                 " and no key that can be used");
    return keys;
}

}  // namespace kalends::auth
