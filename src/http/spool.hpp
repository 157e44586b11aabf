#pragma once
// Bodies that are too large for memory: they lie in anonymous files, of which nothing remains when
// they are closed, however that happens.

#include "http/message.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace kalends::http {

/// A body that may be spooled stays in memory up to this size.
constexpr std::size_t max_unspooled_bytes = 256UL << 10U;

/// How many bytes may be spooled at the same time, and are.
class SpoolBudget {
public:
    explicit SpoolBudget(std::uint64_t max_bytes) : max_bytes_{max_bytes} {}

    /// False if that would be too many; then nothing is taken.
    bool take(std::uint64_t bytes);
    void give_back(std::uint64_t bytes) { used_ -= bytes; }
    /// Whether that many could be taken now. Takes nothing: a length is only a promise.
    [[nodiscard]] bool has(std::uint64_t bytes) const { return bytes <= max_bytes_ - used_; }
    [[nodiscard]] std::uint64_t used() const { return used_; }

private:
    std::uint64_t max_bytes_;
    std::atomic<std::uint64_t> used_{0};  // never above max_bytes_
};

/// One body. It is written by the server; once a Handler has it, it does not change, and may be
/// read by any thread. Who keeps it keeps a file descriptor and its share of the budget.
class SpooledBody {
public:
    /// Takes `file`, which is open for reading and writing, and empty.
    SpooledBody(int file, std::shared_ptr<SpoolBudget> budget);
    ~SpooledBody();
    SpooledBody(const SpooledBody&) = delete;
    SpooledBody& operator=(const SpooledBody&) = delete;

    [[nodiscard]] std::uint64_t size() const { return size_; }

    /// Fills `to` with the bytes from `offset` on; how many there were: fewer only at the end.
    /// Throws std::system_error if the disk can't.
    std::size_t read(std::uint64_t offset, std::span<char> to) const;

    /// False if the budget is used up, then nothing is written. Throws std::system_error if the
    /// disk can't take it.
    bool append(std::string_view bytes);

private:
    int file_;
    std::uint64_t size_ = 0;
    std::shared_ptr<SpoolBudget> budget_;
};

/// Where one server spools.
class Spool {
public:
    Spool(std::string directory, std::uint64_t max_bytes)
        : directory_{std::move(directory)}, budget_{std::make_shared<SpoolBudget>(max_bytes)} {}

    /// An empty one. Throws std::system_error if there can be no file in the directory.
    [[nodiscard]] std::unique_ptr<SpooledBody> make() const;
    [[nodiscard]] const SpoolBudget& budget() const { return *budget_; }
    [[nodiscard]] const std::string& directory() const { return directory_; }

private:
    std::string directory_;
    std::shared_ptr<SpoolBudget> budget_;
};

/// The answer where a body can't be spooled: 507 if the disk is full (RFC 4918 11.5), 503 if there
/// are too many files, else 500.
Status status_of(const std::system_error& error);

/// The size of a request's body, wherever it is.
std::uint64_t body_size(const Request& request);

/// Fills `to` with the bytes of the body from `offset` on, wherever it is; as SpooledBody::read().
std::size_t read_body(const Request& request, std::uint64_t offset, std::span<char> to);

}  // namespace kalends::http
