#include "cli/process.hpp"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace kalends::cli {
namespace {

[[noreturn]] void throw_errno(const std::string& what) {
    throw std::runtime_error(what + ": " + std::generic_category().message(errno));
}

/// A file descriptor that closes itself.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { reset(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return number_; }
    void reset() {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }

private:
    int number_;
};

/// Both ends of a pipe that programs which are started do not inherit: {to read, to write}.
std::array<int, 2> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("no pipe");
    return ends;
}

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> result;
    result.reserve(words.size() + 1);
    for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
    result.push_back(nullptr);
    return result;
}

// What follows runs between fork and exec: other threads may hold any lock, so only calls that are
// safe in a signal handler are made, and nothing is allocated.

constexpr int exit_cannot_start = 126;

void take_account(const Account& account) {
    // The parent may have become that account already, and could not do so twice.
    if (!account.other || ::geteuid() == account.uid) return;
    if (::setgroups(1, &account.gid) != 0 || ::setgid(account.gid) != 0 ||
        ::setuid(account.uid) != 0)
        ::_exit(exit_cannot_start);
}

void reset_signals() {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
}

[[noreturn]] void execute(char* const* words, char* const* environment) {
    ::execve(words[0], words, environment);
    ::_exit(exit_cannot_start);
}

/// All that initdb and postgres need, and nothing that a caller's environment could change in them.
const std::vector<std::string>& clean_environment() {
    static const std::vector<std::string> variables{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8",
                                                    "TZ=UTC"};
    return variables;
}

/// What can be read until the end; the last 64 KB of it.
std::string read_all(int from) {
    constexpr std::size_t kept = 64UL << 10U;
    std::string text;
    std::array<char, 4096> piece{};
    for (;;) {
        const auto size = ::read(from, piece.data(), piece.size());
        if (size < 0 && errno == EINTR) continue;
        if (size <= 0) return text;
        text.append(piece.data(), static_cast<std::size_t>(size));
        if (text.size() > 2 * kept) text.erase(0, text.size() - kept);
    }
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR) throw_errno("waitpid");
    return status;
}

}  // namespace

Account service_account(const std::string& wanted) {
    if (::geteuid() != 0) {
        const auto* own = ::getpwuid(::geteuid());
        return {::geteuid(), ::getegid(),
                own != nullptr ? own->pw_name : std::to_string(::geteuid()), false};
    }
    const auto candidates = wanted.empty()
                                ? std::vector<std::string>{"kalends", "postgres", "nobody"}
                                : std::vector<std::string>{wanted};
    for (const auto& name : candidates)
        if (const auto* found = ::getpwnam(name.c_str()); found != nullptr && found->pw_uid != 0)
            return {found->pw_uid, found->pw_gid, name, true};
    throw std::runtime_error("server.user: there is no unprivileged account \"" +
                             candidates.front() + "\" on this machine");
}

void become(const Account& account) {
    if (!account.other) return;
    if (::setgroups(1, &account.gid) != 0 || ::setgid(account.gid) != 0 ||
        ::setuid(account.uid) != 0)
        throw_errno("can't change to the account " + account.name);
    // A change of account makes a process undumpable, and /proc unreadable for its own account.
    ::prctl(PR_SET_DUMPABLE, 1);
}

Finished run(const Account& account, const std::vector<std::string>& command,
             const std::string& input) {
    const auto [in_read, in_write] = make_pipe();
    Descriptor in_end{in_read};
    Descriptor in{in_write};
    const auto [out_read, out_write] = make_pipe();
    const Descriptor out{out_read};
    Descriptor out_end{out_write};
    const auto words = pointers(command);
    const auto environment = pointers(clean_environment());

    const pid_t child = ::fork();
    if (child < 0) throw_errno("can't start " + command.front());
    if (child == 0) {
        reset_signals();
        take_account(account);
        ::dup2(in_end.get(), STDIN_FILENO);
        ::dup2(out_end.get(), STDOUT_FILENO);
        ::dup2(out_end.get(), STDERR_FILENO);
        execute(words.data(), environment.data());
    }
    in_end.reset();
    out_end.reset();
    if (::write(in.get(), input.data(), input.size()) < 0 && errno != EPIPE)
        throw_errno("can't write to " + command.front());
    in.reset();
    auto output = read_all(out.get());
    return {wait_for(child), std::move(output)};
}

pid_t spawn(const Account& account, const std::vector<std::string>& command,
            const std::filesystem::path& log, int death_signal) {
    const auto words = pointers(command);
    const auto environment = pointers(clean_environment());
    const pid_t parent = ::getpid();

    const pid_t child = ::fork();
    if (child < 0) throw_errno("can't start " + command.front());
    if (child == 0) {
        reset_signals();
        ::setsid();  // Ctrl-C on the terminal is for the server, which then stops this program in
                     // its own time
        take_account(account);
        ::prctl(PR_SET_PDEATHSIG, death_signal);
        if (::getppid() != parent) ::_exit(exit_cannot_start);  // it was faster
        const int nothing = ::open("/dev/null", O_RDONLY);
        const int log_file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
        if (nothing < 0 || log_file < 0) ::_exit(exit_cannot_start);
        ::dup2(nothing, STDIN_FILENO);
        ::dup2(log_file, STDOUT_FILENO);
        ::dup2(log_file, STDERR_FILENO);
        execute(words.data(), environment.data());
    }
    return child;
}

bool can_use(const Account& account, const std::filesystem::path& directory) {
    if (!account.other) return ::access(directory.c_str(), R_OK | W_OK | X_OK) == 0;
    const pid_t child = ::fork();
    if (child < 0) throw_errno("can't start a process");
    if (child == 0) {
        take_account(account);
        ::_exit(::access(directory.c_str(), R_OK | W_OK | X_OK) == 0 ? 0 : 1);
    }
    return wait_for(child) == 0;
}

}  // namespace kalends::cli
