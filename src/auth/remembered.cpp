#include "auth/remembered.hpp"

namespace kalends::auth {

std::optional<Remembered::Entry> Remembered::find(const Fingerprint& fingerprint) const {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(fingerprint);
    if (found == entries_.end()) return std::nullopt;
    return found->second;
}

void Remembered::remember(const Fingerprint& fingerprint, const Entry& entry) {
    const std::lock_guard lock(mutex_);
    if (entries_.insert_or_assign(fingerprint, entry).second) in_order_.push_back(fingerprint);
    while (in_order_.size() > max_) {
        entries_.erase(in_order_.front());
        in_order_.pop_front();
    }
}

void Remembered::forget(const Fingerprint& fingerprint) {
    const std::lock_guard lock(mutex_);
    entries_.erase(fingerprint);
}

}  // namespace kalends::auth
