#include "auth/checkpassword.hpp"

#include "base/clock.hpp"

#include <sys/syscall.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <system_error>
#include <unistd.h>

namespace kalends::auth {
namespace {

using Kind = CommandAnswer::Kind;

constexpr std::size_t max_input = 512;  // what such programs read
constexpr int input_descriptor = 3;

class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() {
        if (number_ >= 0) ::close(number_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    [[nodiscard]] int get() const { return number_; }

private:
    int number_;
};

/// The reading end of a pipe that has all of the input in it already, and no writing end: there is
/// nobody to wait for. -1 if there is none.
int pipe_with(const std::string& input) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return -1;
    const auto written = ::write(ends[1], input.data(), input.size());
    ::close(ends[1]);
    if (written == static_cast<ssize_t>(input.size())) return ends[0];
    ::close(ends[0]);
    return -1;
}

/// What the program finds when it starts.
class Surroundings {
public:
    explicit Surroundings(int input) {
        posix_spawn_file_actions_init(&files_);
        posix_spawn_file_actions_adddup2(&files_, input, input_descriptor);
        for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
            posix_spawn_file_actions_addopen(&files_, number, "/dev/null", O_RDWR, 0);
        posix_spawn_file_actions_addclosefrom_np(&files_, input_descriptor + 1);
        sigset_t signals;
        posix_spawnattr_init(&attributes_);
        sigemptyset(&signals);
        posix_spawnattr_setsigmask(&attributes_, &signals);
        sigfillset(&signals);
        posix_spawnattr_setsigdefault(&attributes_, &signals);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK |
                                                   POSIX_SPAWN_SETSIGDEF);
    }
    ~Surroundings() {
        posix_spawn_file_actions_destroy(&files_);
        posix_spawnattr_destroy(&attributes_);
    }
    Surroundings(const Surroundings&) = delete;
    Surroundings& operator=(const Surroundings&) = delete;
    [[nodiscard]] const posix_spawn_file_actions_t* files() const { return &files_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> result;
    result.reserve(words.size() + 1);
    for (const auto& word : words) result.push_back(const_cast<char*>(word.c_str()));
    result.push_back(nullptr);
    return result;
}

/// Nothing that a caller's environment could change in it.
const std::vector<std::string>& clean_environment() {
    static const std::vector<std::string> variables{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8"};
    return variables;
}

/// The process id; throws std::system_error.
pid_t start(const std::vector<std::string>& words, int input) {
    const Surroundings surroundings{input};
    const auto arguments = pointers(words);
    const auto environment = pointers(clean_environment());
    pid_t child = 0;
    const int error =
        ::posix_spawn(&child, arguments.front(), surroundings.files(), surroundings.attributes(),
                      arguments.data(), environment.data());
    if (error != 0) throw std::system_error(error, std::generic_category(), words.front());
    return child;
}

/// Whether it has ended within that time.
bool ends_within(pid_t child, std::chrono::milliseconds timeout) {
    // glibc 2.36 declares pidfd_open() for C only.
    const Descriptor handle{static_cast<int>(::syscall(SYS_pidfd_open, child, 0))};
    const auto until = clock::steady() + timeout;
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(until - clock::steady()).count();
        pollfd waiting{.fd = handle.get(), .events = POLLIN, .revents = 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<long>(left, 0)));
        if (ready >= 0 || errno != EINTR) return ready > 0;
    }
}

/// Ends what is left of its session. The process itself has not been waited for, so that its number
/// can't be another's yet.
int finish(pid_t child) {
    ::kill(-child, SIGKILL);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

CommandAnswer meaning_of(int status) {
    if (!WIFEXITED(status)) return {.why = "the program was ended by a signal"};
    if (WEXITSTATUS(status) == 0) return {.kind = Kind::right};
    if (WEXITSTATUS(status) == 1) return {.kind = Kind::wrong};
    return {.why = "the program ended with " + std::to_string(WEXITSTATUS(status))};
}

std::string input_for(const std::string& login, const std::string& password) {
    const auto now = std::chrono::system_clock::to_time_t(clock::now());
    return login + '\0' + password + '\0' + std::to_string(now) + '\0';
}

}  // namespace

CommandAnswer check_password_by(const CommandSettings& settings, const std::string& login,
                                const std::string& password) {
    const auto input = input_for(login, password);
    if (input.size() > max_input || std::ranges::count(input, '\0') != 3)
        return {.kind = Kind::wrong};
    const Descriptor pipe{pipe_with(input)};
    if (pipe.get() < 0) return {.why = "there is no pipe"};
    try {
        const auto child = start(settings.words, pipe.get());
        const bool in_time = ends_within(child, settings.timeout);
        const int status = finish(child);
        if (!in_time) return {.why = "the program took too long, and was killed"};
        return meaning_of(status);
    } catch (const std::system_error& error) {
        return {.why = error.what()};
    }
}

}  // namespace kalends::auth
