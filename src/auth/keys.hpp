#pragma once
// The keys of an issuer, fetched when they are needed, and kept. Who sends tokens with key ids that
// nobody knows can't make us ask the issuer again and again, and while it is down the keys that are
// known go on working.

#include "auth/jwt.hpp"
#include "fetch/fetch.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace kalends::auth {

struct KeySettings {
    std::string issuer;
    std::string url;                     ///< of the key set; empty: the issuer says (discovery)
    std::chrono::seconds refresh{3600};  ///< older keys are fetched again, while they go on working
    std::chrono::seconds pause{30};      ///< the issuer is not asked more often
    std::chrono::seconds keep{86'400};   ///< older keys are not used any more
};

using KeySet = std::shared_ptr<const std::vector<VerifyingKey>>;

class Keys {
public:
    Keys(KeySettings settings, fetch::Fetch fetch);
    /// Waits for a fetch that is under way.
    ~Keys();
    Keys(const Keys&) = delete;
    Keys& operator=(const Keys&) = delete;

    /// Keys, with that of the token if the issuer has it. May wait for the issuer, if the key is
    /// not known; never null. Throws fetch::Unreachable if it is not known and the issuer can't be
    /// asked.
    KeySet with_key_of(const UnverifiedToken& token);

private:
    using Time = std::chrono::steady_clock::time_point;

    [[nodiscard]] KeySet known() const;
    [[nodiscard]] bool are_old() const;
    std::shared_future<void> fetch_again();
    void fetch_now();
    [[nodiscard]] std::vector<VerifyingKey> load() const;

    KeySettings settings_;
    fetch::Fetch fetch_;
    mutable std::mutex mutex_;
    KeySet keys_;
    Time fetched_;
    std::optional<Time> asked_;
    std::string failure_;  // of the last fetch; empty: it succeeded
    std::shared_future<void> fetching_;
};

}  // namespace kalends::auth
