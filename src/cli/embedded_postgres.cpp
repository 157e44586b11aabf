// Starts, watches and stops the embedded PostgreSQL. A thread of its own does all three: the
// postmaster is its child, and the system tells the postmaster to stop should that thread end with
// the process.

#include "cli/embedded_postgres.hpp"

#include "base/clock.hpp"
#include "base/log.hpp"
#include "cli/embedded_cluster_private.hpp"

#include <sys/file.h>
#include <sys/wait.h>

#include <condition_variable>
#include <csignal>
#include <fcntl.h>
#include <future>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace kalends::cli {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto wait_for_lock = 5s;      // a command that is at work, or a server that is stopping
constexpr auto wait_for_other = 15s;    // a server that is starting
constexpr auto wait_for_orphan = 60s;   // a checkpoint may take long
constexpr auto wait_for_start = 10min;  // recovery may take longer
constexpr auto wait_for_fast_stop = 60s;
constexpr auto tick = 20ms;

// pg_ctl's names for how a postmaster ends: "fast" rolls back what runs, "immediate" does not even
// write a checkpoint (the next start recovers).
constexpr int fast_stop = SIGINT;
constexpr int immediate_stop = SIGQUIT;

/// Calls `condition` until it is true; false if `limit` passed first.
template <class Condition> bool wait_until(std::chrono::milliseconds limit, Condition condition) {
    const auto end = clock::steady() + limit;
    while (!condition()) {
        if (clock::steady() > end) return false;
        std::this_thread::sleep_for(tick);
    }
    return true;
}

/// Held by whoever runs the embedded PostgreSQL of a directory.
class DirectoryLock {
public:
    DirectoryLock(const fs::path& file, const Account& account)
        : file_(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)) {
        if (file_ < 0)
            throw EmbeddedError("can't open " + file.string() +
                                ": it belongs to another account than " + account.name);
        if (account.other && ::fchown(file_, account.uid, account.gid) != 0)
            throw EmbeddedError("can't give " + file.string() + " to the account " + account.name);
        if (!wait_until(wait_for_lock, [this] { return ::flock(file_, LOCK_EX | LOCK_NB) == 0; }))
            throw EmbeddedError("another Kalends runs the database in " +
                                file.parent_path().string() +
                                ": stop it first, or choose another database.directory");
    }
    ~DirectoryLock() { ::close(file_); }
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

private:
    int file_;
};

/// Stops a postmaster that a killed Kalends left behind (it is told to stop when that dies, and may
/// be at it).
void stop_orphan(const ClusterPaths& paths) {
    const auto found = read_postmaster_file(paths);
    if (!found) return;
    if (!is_postgres(found->pid)) {
        fs::remove(paths.cluster /
                   "postmaster.pid");  // else PostgreSQL takes another process for itself
        return;
    }
    log(Level::warning, "postgres.orphan", {{"pid", std::to_string(found->pid)}});
    ::kill(found->pid, fast_stop);
    if (!wait_until(wait_for_orphan, [&] { return !is_postgres(found->pid); }))
        throw EmbeddedError("a PostgreSQL (process " + std::to_string(found->pid) + ") runs in " +
                            paths.cluster.string() + " and does not stop");
}

void keep_one_old_log(const ClusterPaths& paths) {
    std::error_code nothing_there;
    fs::rename(paths.log, paths.log.string() + ".1", nothing_there);
}

}  // namespace

class EmbeddedPostgres::Impl {
public:
    explicit Impl(const Config& config)
        : account_(service_account(config.server.user)),
          paths_(cluster_paths(config.database.directory)),
          command_(server_command(paths_, config)), lock_(lock_directory(paths_, account_)) {
        prepare_cluster(paths_, config, account_);
        keep_one_old_log(paths_);
        std::promise<void> started;
        auto result = started.get_future();
        thread_ = std::thread([this, &started] { supervise(started); });
        try {
            result.get();
        } catch (...) {
            thread_.join();
            throw;
        }
    }

    ~Impl() {
        stop();
        thread_.join();
    }

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    [[nodiscard]] const ClusterPaths& paths() const { return paths_; }

private:
    static DirectoryLock lock_directory(const ClusterPaths& paths, const Account& account) {
        make_base_directory(paths, account);
        return {paths.lock, account};
    }

    /// Runs in the thread: starts the postmaster, tells how that went, and starts it again whenever
    /// it ends without being asked to.
    void supervise(std::promise<void>& started) {
        try {
            start_and_wait();
        } catch (...) {
            started.set_exception(std::current_exception());
            return;
        }
        started.set_value();
        for (;;) {
            wait_for_end();
            if (stopping()) return;
            log(Level::error, "postgres.died", {{"last", last_failure(paths_)}});
            restart();
        }
    }

    void restart() {
        for (auto pause = 100ms; !stopping();
             pause = std::min<std::chrono::milliseconds>(2 * pause, 10s)) {
            try {
                start_and_wait();
                return;
            } catch (const std::exception& error) {
                log(Level::error, "postgres.restart_failed", {{"why", error.what()}});
            }
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, pause, [this] { return stopping_; });
        }
    }

    void start_and_wait() {
        stop_orphan(paths_);
        const auto begin = clock::steady();
        start_child();
        const bool decided = wait_until(wait_for_start, [&] {
            const auto file = read_postmaster_file(paths_);
            if (stopping() || (file && file->pid == child() && file->ready)) return true;
            if (child_ended()) start_again(begin);
            return false;
        });
        if (!decided)
            throw EmbeddedError("PostgreSQL is still not ready; see " + paths_.log.string());
    }

    /// After a postmaster was killed its backends need a moment to notice; until then a new one
    /// refuses to start. Everything else that ends it will not go away by itself.
    void start_again(std::chrono::steady_clock::time_point begin) {
        const auto why = last_failure(paths_);
        const bool passes = why.find("shared memory block") != std::string::npos ||
                            why.find("lock file") != std::string::npos;
        if (!passes || clock::steady() - begin > wait_for_orphan)
            throw EmbeddedError("PostgreSQL does not start: " + why + " (" + paths_.log.string() +
                                ")");
        std::this_thread::sleep_for(200ms);
        start_child();
    }

    void start_child() {
        const std::lock_guard lock(mutex_);
        if (!stopping_) child_ = spawn(account_, command_, paths_.log, fast_stop);
    }

    [[nodiscard]] pid_t child() {
        const std::lock_guard lock(mutex_);
        return child_;
    }

    [[nodiscard]] bool stopping() {
        const std::lock_guard lock(mutex_);
        return stopping_;
    }

    /// Whether the child is gone by now; then there is none.
    bool child_ended() {
        const std::lock_guard lock(mutex_);
        if (child_ != 0 && ::waitpid(child_, nullptr, WNOHANG) != 0) child_ = 0;
        return child_ == 0;
    }

    /// Blocks until the child is gone. It is reaped under the mutex only, so that stop() never
    /// signals a process that has got its number meanwhile.
    void wait_for_end() {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(child()), &info, WEXITED | WNOWAIT) != 0 &&
               errno == EINTR) {
        }
        child_ended();
        changed_.notify_all();
    }

    void stop() {
        std::unique_lock lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
        if (child_ != 0) ::kill(child_, fast_stop);
        if (changed_.wait_for(lock, wait_for_fast_stop, [this] { return child_ == 0; })) return;
        log(Level::error, "postgres.does_not_stop", {{"pid", std::to_string(child_)}});
        ::kill(child_, immediate_stop);
    }

    Account account_;
    ClusterPaths paths_;
    std::vector<std::string> command_;
    DirectoryLock lock_;
    std::mutex mutex_;
    std::condition_variable changed_;
    pid_t child_ = 0;
    bool stopping_ = false;
    std::thread thread_;
};

std::optional<std::string> running_embedded(const Config& config) {
    const auto paths = cluster_paths(config.database.directory);
    const int file = ::open(paths.lock.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return std::nullopt;
    const bool free = ::flock(file, LOCK_SH | LOCK_NB) == 0;
    ::close(file);
    if (free) return std::nullopt;
    // The holder may be about to start it, or about to stop it.
    if (!wait_until(wait_for_other, [&] {
            const auto found = read_postmaster_file(paths);
            return found && found->ready;
        }))
        return std::nullopt;
    return cluster_dsn(paths);
}

EmbeddedPostgres::EmbeddedPostgres(const Config& config) : impl_(std::make_unique<Impl>(config)) {}
EmbeddedPostgres::~EmbeddedPostgres() = default;

std::string EmbeddedPostgres::dsn() const { return cluster_dsn(impl_->paths()); }
fs::path EmbeddedPostgres::pid_file() const { return impl_->paths().cluster / "postmaster.pid"; }

}  // namespace kalends::cli
