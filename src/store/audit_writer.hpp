#pragma once
// Writes the audit in the background: whoever does something waits for nobody, and a second later
// at most it can be read. What a crash takes with it is less than that.

#include "store/audit.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>

namespace kalends::store {

class AuditWriter {
public:
    explicit AuditWriter(Database& db);
    /// Writes what is left.
    ~AuditWriter();
    AuditWriter(const AuditWriter&) = delete;
    AuditWriter& operator=(const AuditWriter&) = delete;

    /// Never blocks. `at` is set where it is 0. When the database can't be reached for so long that
    /// there are too many, new ones are only counted, and the log says how many.
    void record(AuditEntry entry);

private:
    void run();
    /// False: they could not be written.
    bool write(const std::vector<AuditEntry>& entries);

    Database& db_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<AuditEntry> waiting_;
    std::uint64_t dropped_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace kalends::store
