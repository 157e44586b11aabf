#pragma once
// A PostgreSQL that Kalends makes, starts and stops itself, below a directory: for those who do not
// want to know that there is one. It answers on a unix socket only, in a directory that only its
// account can enter.

#include "base/config.hpp"

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace kalends::cli {

/// It can't be made or started: what() says why, and what to do.
class EmbeddedError : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// The connection string of the embedded PostgreSQL when another Kalends runs it now; nothing if
/// none does.
std::optional<std::string> running_embedded(const Config& config);

/// Runs as long as the object lives. One at a time for a directory: a lock sees to it. A postmaster
/// that was left behind by a Kalends that was killed is stopped first; one that dies is started
/// again.
class EmbeddedPostgres {
public:
    /// Makes the cluster when there is none, starts it, and returns when it answers. Throws
    /// EmbeddedError. The calling process may change its account afterwards, to that of
    /// service_account().
    explicit EmbeddedPostgres(const Config& config);
    ~EmbeddedPostgres();
    EmbeddedPostgres(const EmbeddedPostgres&) = delete;
    EmbeddedPostgres& operator=(const EmbeddedPostgres&) = delete;

    /// For libpq. It stays the same over restarts.
    [[nodiscard]] std::string dsn() const;

    /// Where PostgreSQL keeps its process id (the first line), for those who watch it.
    [[nodiscard]] std::filesystem::path pid_file() const;

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace kalends::cli
