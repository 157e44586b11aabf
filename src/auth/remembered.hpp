#pragma once
// Credentials that have been looked at, by their fingerprints: those that were right with whose
// they are and until when that is believed without checking again, and those that were wrong.

#include "access/privilege.hpp"
#include "auth/fingerprint.hpp"
#include "auth/verifier.hpp"
#include "store/ids.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace kalends::auth {

/// A bounded number of entries; the one that was made first goes first.
template <class Entry> class ByFingerprint {
public:
    explicit ByFingerprint(std::size_t max) : max_(max) {}

    [[nodiscard]] std::optional<Entry> find(const Fingerprint& fingerprint) const {
        const std::lock_guard lock(mutex_);
        const auto found = entries_.find(fingerprint);
        if (found == entries_.end()) return std::nullopt;
        return found->second;
    }
    void set(const Fingerprint& fingerprint, const Entry& entry) {
        const std::lock_guard lock(mutex_);
        if (entries_.insert_or_assign(fingerprint, entry).second) in_order_.push_back(fingerprint);
        while (in_order_.size() > max_) {
            entries_.erase(in_order_.front());
            in_order_.pop_front();
        }
    }
    void forget(const Fingerprint& fingerprint) {
        const std::lock_guard lock(mutex_);
        entries_.erase(fingerprint);
    }

private:
    std::size_t max_;
    mutable std::mutex mutex_;
    std::unordered_map<Fingerprint, Entry> entries_;
    std::deque<Fingerprint> in_order_;  // of being added; may name forgotten ones
};

/// Of a credential that was right. It stays after its time, until the room is needed: then it says
/// that whoever sends it is not guessing, and serves while who knows can't be asked.
struct RememberedRight {
    store::PrincipalId principal;
    std::int64_t credential_seq = 0;  ///< of the principal, when it was verified
    std::chrono::steady_clock::time_point until;
    std::chrono::steady_clock::time_point until_in_outage;
    Proof proof = Proof::password;
    access::Privileges scope = access::all;
};

/// Of a credential that was wrong: a device that sends an old password again and again is not
/// guessing either, and nobody has to be asked about it each time.
struct RememberedWrong {
    store::PrincipalId principal;
    std::int64_t credential_seq = 0;
    std::chrono::steady_clock::time_point until;
    std::chrono::seconds lasts{0};  ///< doubled each time that it is found wrong again
};

}  // namespace kalends::auth
