#pragma once
// Credentials that have been verified: whose they are, and until when that is believed without
// checking again.

#include "auth/fingerprint.hpp"
#include "store/ids.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace kalends::auth {

class Remembered {
public:
    struct Entry {
        store::PrincipalId principal;
        std::int64_t credential_seq = 0;  ///< of the principal, when it was verified
        std::chrono::steady_clock::time_point until;
    };

    explicit Remembered(std::size_t max) : max_(max) {}

    /// An entry stays after its time, until the room is needed: it then only says that this
    /// credential was right once, so that whoever sends it is not guessing.
    [[nodiscard]] std::optional<Entry> find(const Fingerprint& fingerprint) const;
    void remember(const Fingerprint& fingerprint, const Entry& entry);
    void forget(const Fingerprint& fingerprint);

private:
    std::size_t max_;
    mutable std::mutex mutex_;
    std::unordered_map<Fingerprint, Entry> entries_;
    std::deque<Fingerprint> in_order_;  // of being added; may name forgotten ones
};

}  // namespace kalends::auth
