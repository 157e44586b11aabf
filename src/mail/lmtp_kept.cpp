// A message in memory, within the limits of all connections.
#include "mail/lmtp_onward_private.hpp"

#include <new>

namespace kalends::mail {

bool MemoryBudget::take(std::size_t bytes, std::size_t held) {
    const auto untouched = held + bytes > small ? reserved_ : 0;
    auto left = left_.load();
    while (left >= bytes && left - bytes >= untouched)
        if (left_.compare_exchange_weak(left, left - bytes)) return true;
    return false;
}

void KeptMessage::append(std::string_view piece) {
    if (state_ != State::whole) return;
    if (piece.size() > max_ - text_.size()) return drop(State::too_large);
    if (!budget_.take(piece.size(), text_.size())) return drop(State::no_memory);
    try {
        text_.append(piece);
    } catch (const std::bad_alloc&) {
        budget_.give_back(piece.size());
        drop(State::no_memory);
    }
}

void KeptMessage::clear() {
    budget_.give_back(text_.size());
    std::string().swap(text_);
}

void KeptMessage::drop(State why) {
    clear();
    state_ = why;
}

}  // namespace kalends::mail
