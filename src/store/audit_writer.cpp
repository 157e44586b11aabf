#include "store/audit_writer.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"

#include <algorithm>
#include <chrono>

namespace kalends::store {
namespace {

constexpr std::size_t max_waiting = 20'000;
constexpr std::chrono::milliseconds interval{200};
constexpr std::size_t max_login = 255;   // bytes; what an index takes
constexpr std::size_t max_text = 2'000;  // bytes

/// Between two characters.
void cut(std::string& text, std::size_t most) {
    if (text.size() <= most) return;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
    text.resize(most);
}

}  // namespace

AuditWriter::AuditWriter(Database& db) : db_(db), thread_([this] { run(); }) {}

AuditWriter::~AuditWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    thread_.join();
}

void AuditWriter::record(AuditEntry entry) {
    if (entry.at == 0) entry.at = clock::unix_now();
    cut(entry.login, max_login);
    for (auto* text : {&entry.peer, &entry.target, &entry.detail}) cut(*text, max_text);
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.size() >= max_waiting) {
            ++dropped_;
            return;
        }
        waiting_.push_back(std::move(entry));
    }
    changed_.notify_one();
}

void AuditWriter::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        const auto entries = std::exchange(waiting_, {});
        const auto dropped = std::exchange(dropped_, 0);
        const bool last = stopping_;
        lock.unlock();
        if (dropped != 0)
            log(Level::error, "audit.dropped", {{"entries", std::to_string(dropped)}});
        const bool written = write(entries);
        lock.lock();
        if (!written && !last) {
            const auto room = max_waiting - std::min(max_waiting, waiting_.size());
            const auto kept = std::min(room, entries.size());
            waiting_.insert(waiting_.begin(), entries.end() - static_cast<std::ptrdiff_t>(kept),
                            entries.end());
        }
        // Those of a busy moment share a statement.
        changed_.wait_for(lock, written ? interval : interval * 5, [this] { return stopping_; });
    }
}

bool AuditWriter::write(const std::vector<AuditEntry>& entries) {
    try {
        write_audit(db_, entries);
        return true;
    } catch (const Unavailable& error) {
        log(Level::warning, "audit.waits", {{"why", error.what()}});
        return false;
    } catch (const std::exception& error) {
        log(Level::error, "audit.failed", {{"why", error.what()}});
    }
    // One of them can't be written: the others shall be.
    if (entries.size() > 1)
        for (const auto& entry : entries)
            if (!write({entry})) return true;
    return true;
}

}  // namespace kalends::store
