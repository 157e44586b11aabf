#pragma once
// Runs the real program, `kalends`, as an administrator would: with a configuration and data of its
// own.

#include <sys/types.h>

#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace kalends::test {

struct Outcome {
    int status = -1;
    std::string out;    ///< standard output
    std::string error;  ///< standard error
};

/// A directory with a configuration whose database is the embedded one; gone at the end.
class Installation {
public:
    /// `more` is added to the configuration.
    explicit Installation(const std::string& more = {});
    ~Installation();
    Installation(const Installation&) = delete;
    Installation& operator=(const Installation&) = delete;

    /// Runs a command to its end; --config is added.
    Outcome run(const std::vector<std::string>& words, const std::string& input = {}) const;

    /// Writes a file into the directory and returns its path.
    std::string file(const std::string& name, const std::string& contents) const;
    [[nodiscard]] std::string read(const std::string& name) const;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// `kalends serve`, ready to answer; ended with SIGTERM.
class RunningServer {
public:
    explicit RunningServer(const Installation& installation);
    ~RunningServer();
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    [[nodiscard]] std::uint16_t port() const { return port_; }
    void signal(int number) const;

    /// Waits for the end; the exit status, or 128 + signal.
    int wait();

private:
    pid_t pid_ = 0;
    std::uint16_t port_ = 0;
};

}  // namespace kalends::test
