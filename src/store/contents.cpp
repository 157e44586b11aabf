#include "store/contents_private.hpp"

namespace kalends::store {
namespace {

constexpr std::size_t overhead = 160;  // of an entry beside its bytes

std::size_t cost(const std::string& bytes) { return bytes.size() + overhead; }

}  // namespace

Bytes Contents::find(const Key& key) {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->bytes;
}

void Contents::keep(const Key& key, Bytes bytes) {
    if (cost(*bytes) > max_bytes_ / 16)
        return;  // one large object must not push out all the others
    const std::lock_guard lock(mutex_);
    if (by_key_.contains(key)) return;
    bytes_ += cost(*bytes);
    entries_.push_front({key, std::move(bytes)});
    by_key_.emplace(key, entries_.begin());
    while (bytes_ > max_bytes_) {
        bytes_ -= cost(*entries_.back().bytes);
        by_key_.erase(entries_.back().key);
        entries_.pop_back();
    }
}

}  // namespace kalends::store
